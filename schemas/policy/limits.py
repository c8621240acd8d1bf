"""Hold a policy to what no file may change: direct identifiers, forms that admit too much, the published days."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

from schemas.policy.document import Value, read_document
from schemas.policy.field_names import normalise
from schemas.policy.policy import Policy, Treatment, form_matcher
from schemas.policy.sample_identifiers import KINDS, LONG_NAMES, user_names

_FILE = "published.yaml"
_KEYS = (
    "retention_days",
    "erase_within_days",
    "direct_identifiers",
    "words_for_people",
    "query_keys_never_kept",
)
_GROUP = re.compile(r"\(\?[A-Za-z:]*")
_ESCAPED = re.compile(r"\\(\W)")
_LITERALS = (re.compile(r"[^\\^$.|?*+()\[\]{}]+"), re.compile(r"[^\\^$|?*+()\[\]{}]+"))
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERS = (
    "a UIN",
    "a telephone number",
    "a resident id",
    "a bank card",
    "a number of a patient or a passport",
)
_MARKS = ("", "-", "_", ":", "=", " ", ": ", "#", "/")
_REPLACING = ("pseudonymise", "drop")
_FEW = 10  # literals of which each pair is tried around a name


@dataclass(frozen=True, slots=True)
class Published:
    """What the published policy fixes.

    `direct` holds the normalised spellings of its direct identifiers, `cues` other words for people and their numbers,
    case-folded, and `never_clear` the normalised query keys whose values no URL keeps.
    """

    retention_days: int
    erase_within_days: int
    direct: frozenset[str]
    cues: frozenset[str]
    never_clear: frozenset[str]

    def is_direct(self, spelling: str) -> bool:
        """Tell whether a spelling, or the last part of a dotted one, is that of a direct identifier.

        Example:
            >>> published().is_direct("X.User_Name"), published().is_direct("user_agent")
            (True, False)
        """
        return normalise(spelling) in self.direct or normalise(spelling.rpartition(".")[2]) in self.direct


@cache
def published() -> Published:
    """Return what the published policy fixes."""
    text = files("schemas.policy").joinpath(_FILE).read_text(encoding="utf-8")
    root = read_document(text, _FILE).record(_KEYS)
    return Published(
        root["retention_days"].days(),
        root["erase_within_days"].days(),
        frozenset(map(normalise, root["direct_identifiers"].texts())),
        frozenset(map(str.casefold, root["words_for_people"].texts())),
        frozenset(map(normalise, root["query_keys_never_kept"].texts())),
    )


def admitted(forms: Sequence[str]) -> str | None:
    """Return what kind of identifier a form lets through, None if it is narrow enough; its spelling does not matter.

    `forms` are its alternatives.

    Example:
        >>> admitted([".*"]), admitted(["[a-z]{1,3}"]), admitted(["ON", "1[0-9]{10}"]), admitted(["[^x]+@.+"])
        ('a user name', 'a user name', 'a telephone number', 'an e-mail address')
        >>> admitted(["ins-[0-9a-z]{8}"]), admitted(["res-[0-9a-z]{8,20}"]), admitted(["(?i:ON|OFF)"])
        (None, 'a user name behind or before fixed letters', None)
    """
    matches = form_matcher("|".join(f"(?:{form})" for form in forms))
    if any(map(matches, user_names())):
        return "a user name"
    for kind, samples in KINDS.items():
        if any(map(matches, samples)):
            return kind
    if any(matches(text) for form in forms for name in LONG_NAMES for text in _decorated(form, name)):
        return "a user name behind or before fixed letters"
    if any(matches(text) for form in forms for text in _called(form)):
        return "a number of a person behind letters that say so"
    return None


def _decorated(form: str, name: str) -> Iterator[str]:
    """Yield a name behind, before and between the runs of letters that stand in a form."""
    literals = _literals(form)
    if len(literals) > _FEW:
        for literal in literals:
            yield from (literal + name, name + literal)
        return
    for one, other in product(["", *literals], repeat=2):
        yield from (one + name + other, name + one + other, one + other + name, name + one + name + other)


def _called(form: str) -> Iterator[str]:
    """Yield numbers of people behind those runs of letters in a form that are words for people."""
    for literal in _literals(form):
        words = _WORD.findall(literal.casefold())
        if any(word in published().cues or normalise(word) in published().direct for word in words):
            numbers = [number for kind in _NUMBERS for number in KINDS[kind]]
            yield from (literal + mark + number for mark in _MARKS for number in numbers)


def _literals(form: str) -> list[str]:
    """Return the runs of letters that stand in a form, whatever its operators."""
    plain = _ESCAPED.sub(r"\1", _GROUP.sub("(", form))
    return sorted({literal for found in _LITERALS for literal in found.findall(plain)})


def check_forms(fields: Value) -> None:
    """Refuse a form of a kept field whose alternatives let identifiers through.

    Raises:
        PolicySyntaxError: One does; the message names its line.
    """
    rules = (value.entries() for value in fields.entries().values())
    kept = [rule["form"] for rule in rules if rule["treatment"].text() == Treatment.KEEP]
    if (
        _admitted(tuple(form for value in kept for form in value.texts())) is None
    ):  # all at once takes a fifth
        return
    for item in (item for value in kept for item in value.items()):
        kind = admitted([item.text()])
        if kind is not None:
            raise item.fault(f"the form admits too much: {kind} has it, and would be kept in the clear")


_admitted = lru_cache(maxsize=64)(admitted)


def check_direct(fields: Value, prefixes: Sequence[str]) -> None:
    """Refuse a field that identifies a person directly and neither replaces nor drops its values.

    A field that claims a spelling of the published direct identifiers is one, whatever it says of itself.

    Raises:
        PolicySyntaxError: There is such a field.
    """
    for name, value in fields.entries().items():
        rule = value.entries()
        if rule["treatment"].text() in _REPLACING and rule["personal"].text() == "direct":
            continue
        if rule["personal"].text() == "direct":
            raise rule["treatment"].fault(
                "a field that identifies a person directly cannot be kept, nor read as text, URL or address: a bare"
                " name is none; allowed: pseudonymise, drop"
            )
        spellings = [(value, name), *((item, item.text()) for item in rule["aliases"].items())]
        for place, spelling in spellings:
            if any(published().is_direct(prefix + spelling) for prefix in ("", *prefixes)):
                raise place.fault(
                    f"{spelling!r} is a direct identifier of the published policy: its field has personal: direct, and"
                    " pseudonymises or drops its values"
                )


def days_change(category: str, limit: str, before: int, after: int) -> str:
    """Return how a change of a category's days is stated where somebody answers for it.

    Example:
        >>> days_change("events", "retention_days", 180, 365)
        'categories.events.retention_days: 180 -> 365'
    """
    return f"categories.{category}.{limit}: {before} -> {after}"


def check_days(categories: Value, policy: Policy) -> None:
    """Refuse a category that keeps data longer than the published policy says, unless somebody answers for it.

    Raises:
        PolicySyntaxError: There is such a category.
    """
    answered = {stated.change for stated in policy.acknowledged}
    for category in policy.categories.values():
        for limit in ("retention_days", "erase_within_days"):
            days, most = getattr(category, limit), getattr(published(), limit)
            if days is None or days <= most:
                continue
            change = days_change(category.name, limit, most, days)
            if change not in answered:
                raise (
                    categories.entries()[category.name]
                    .entries()[limit]
                    .fault(
                        f"{days} days is above the {most} of the published policy; acknowledged_weakenings must name"
                        f" {change!r} with a reason and a person"
                    )
                )


def check_clear_keys(root: Mapping[str, Value], policy: Policy) -> None:
    """Refuse a key of URLs or of times, whose values stay in the clear or unread, that names a person.

    Raises:
        PolicySyntaxError: There is such a key.
    """
    people = (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP, Treatment.DROP)
    for place in ("url_query_keys", "time_fields"):
        for item in root[place].items() if place in root else ():
            field = policy.field_of(item.text())
            never = place == "url_query_keys" and normalise(item.text()) in published().never_clear
            if never or published().is_direct(item.text()) or (field and policy[field].treatment in people):
                raise item.fault(
                    f"{item.text()!r} names a person or a secret: its values may not stay as they are"
                )

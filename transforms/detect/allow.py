"""Let be what an allow list names: applied last, to whole values, never to the event's own people or known accounts."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from schemas.errors import PolicySyntaxError
from schemas.policy.allow import PUBLIC_SAMPLES
from schemas.policy.allow_list import AllowList
from schemas.policy.limits import published
from schemas.policy.policy import form_matcher
from schemas.policy.sample_identifiers import KINDS, LONG_NAMES, user_names
from transforms.detect.catalog import CATALOG
from transforms.detect.keyed import KEYED, KEYED_ELEMENT, KEYED_MEMBER
from transforms.detect.own import Known, literal_of
from transforms.detect.spans import OWN, Span
from transforms.detect.words import GIVEN_NAMES, SURNAMES, is_chinese_name, is_ordinary
from transforms.values import SURROGATE

PUBLIC = frozenset(("IP_ADDRESS", "MAC_ADDRESS", "LOCATION", "SAMPLE_ID", "SECRET"))
"""Kinds of which a word that a detector takes whole may be allowed all the same: it may be the platform's own, or a chance."""

_CACHED_VALUES = 16_384
_PART = re.compile(r"[^\W\d_]+")
_REST = re.compile(r"(?:[^\W\d_]+|\d|[-_.:/+])*")
_METHOD = re.compile(r"[A-Z][a-z]+(?:-[A-Z][a-z]+)+")
_MOST_DIGITS = 6
_VERSIONED = frozenset("vpr")
_KEYS = frozenset((KEYED, KEYED_ELEMENT, KEYED_MEMBER))


class Left(NamedTuple):
    """The spans that are still replaced, and those that are let be, each with the entry that says so."""

    spans: Sequence[Span]
    allowed: list[tuple[Span, str]]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how often which entry let a value of which kind be: nothing of the value."""
        return tuple(sorted(Counter(f"{span.kind}/{entry}" for span, entry in self.allowed).items()))


class Allowed:
    """Allow lists, compiled; `is_known` tells whether a value names an account that the platform knows.

    Example:
        >>> allowed = Allowed([AllowList(("Smith-Waterman",), ("nf-core-",), ("dbsnp_[0-9]{3}",))])
        >>> [allowed.entry(value) for value in ("Smith-Waterman", "dbsnp_146", "smith", "nf-core-tools.2")]
        ['policy.words.1', 'policy.patterns.1', None, 'policy.prefixes.1']
        >>> allowed.entry("nf-core-zhangwei"), allowed.entry("nf-core-13800138000")
        (None, None)
    """

    def __init__(self, lists: Sequence[AllowList], is_known: Callable[[str], bool] = lambda _: False) -> None:
        self._words = {word: entry for one in reversed(lists) for word, entry in _named(one, "words")}
        self._prefixes = [entry for one in lists for entry in _named(one, "prefixes")]
        self._patterns = [(form_matcher(p), entry) for one in lists for p, entry in _named(one, "patterns")]
        self._is_known = is_known
        self.entry = lru_cache(maxsize=_CACHED_VALUES)(self._entry)

    def _entry(self, value: str) -> str | None:
        """Return the name of the entry that a whole value has, if any."""
        if value in self._words:
            return self._words[value]
        for prefix, entry in self._prefixes:
            if value.startswith(prefix) and _goes_on_plainly(value[len(prefix) :]):
                return entry
        if SURROGATE.search(value):  # RE2 reads UTF-8
            return None
        return next((entry for matches, entry in self._patterns if matches(value)), None)

    def left(self, text: str, spans: Sequence[Span], people: Sequence[Known] = ()) -> Left:
        """Part the spans of a text, merged, into those that are replaced and those that are let be."""
        kept: list[Span] = []
        allowed: list[tuple[Span, str]] = []
        for span in spans:
            value = text[span.start : span.end]
            entry = self.entry(value)
            if entry is None or _is_fixed(span) or _names_one_of(people, value) or self._is_known(value):
                kept.append(span)
            else:
                allowed.append((span, entry))
        return Left(kept, allowed)


def _named(one: AllowList, key: str) -> Iterator[tuple[str, str]]:
    entries: tuple[str, ...] = getattr(one, key)
    return ((entry, f"{one.source}.{key}.{number}") for number, entry in enumerate(entries, 1))


def _is_fixed(span: Span) -> bool:
    """Tell whether a span goes whatever is allowed: the event's own people, and secrets whose key says so."""
    return span.recognizer == OWN or (span.recognizer in _KEYS and span.kind.startswith("SECRET"))


def _names_one_of(people: Sequence[Known], value: str) -> bool:
    lower = literal_of(value)
    return any(
        person.literal == lower or (person.distinct and person.literal in lower)
        for person in people
        if person.literal
    )


def _goes_on_plainly(rest: str) -> bool:
    """Tell whether what follows a prefix is made of ordinary words, short numbers and joints, and of nobody's name."""
    if _REST.fullmatch(rest) is None or sum(map(str.isdigit, rest)) > _MOST_DIGITS:
        return False
    return all(
        part in _VERSIONED or (is_ordinary(part) and not _is_name(part)) for part in _PART.findall(rest)
    )


def _is_name(part: str) -> bool:
    return part.capitalize() in GIVEN_NAMES or part.capitalize() in SURNAMES


def check_allow(lists: Sequence[AllowList]) -> None:
    """Refuse entries that would let identifiers of persons through, as the detectors and the lists of names know them.

    Raises:
        PolicySyntaxError: There is one; the message names its file and entry.
    """
    for one in lists:
        for number, word in enumerate(one.words):
            if (kind := _direct_kind(word)) is not None:
                raise PolicySyntaxError(f"{one.name}: allow.words[{number}]: {kind} cannot be allowed")
        for number, prefix in enumerate(one.prefixes):
            kind = _direct_kind(prefix) or _prefixed_kind(prefix)
            if kind is not None:
                raise PolicySyntaxError(
                    f"{one.name}: allow.prefixes[{number}]: it would let {kind} through; state the words themselves"
                )


def _direct_kind(word: str) -> str | None:
    """Return what a word is that identifies somebody: what a detector takes whole, or what looks like a name."""
    for detector in CATALOG:
        if detector.kind in PUBLIC:
            continue
        if any(span.end - span.start == len(word) for span in detector.find(word)):
            return f"a value of kind {detector.kind}"
    return "a person's name" if is_chinese_name(word) or _is_western_name(word) else None


def _is_western_name(word: str) -> bool:
    """Tell whether a word has somebody's given name; methods are called after surnames joined by a hyphen."""
    parts = _PART.findall(word)
    given = [part for part in parts if part.capitalize() in GIVEN_NAMES]
    if _METHOD.fullmatch(word):
        return len(given) == len(parts) and parts[-1] not in SURNAMES
    return any(not is_ordinary(part) for part in given) or (
        len(parts) > 1 and bool(given) and all(map(_is_name, parts))
    )


def _prefixed_kind(prefix: str) -> str | None:
    """Return what kind of identifier begins with a prefix and would be let be."""
    lets_be = Allowed([AllowList(prefixes=(prefix,))]).entry
    names = [name for name in (*user_names(), *LONG_NAMES) if not all(map(is_ordinary, _PART.findall(name)))]
    if any(lets_be(name) or lets_be(prefix + name) for name in names):
        return "a user name"
    for kind, samples in KINDS.items():
        if kind not in PUBLIC_SAMPLES and any(map(lets_be, [*samples, *(prefix + one for one in samples)])):
            return kind
    words = _PART.findall(prefix.casefold())
    if any(_is_name(word) and not is_ordinary(word) for word in words):
        return "a user name"
    if words and (words[-1] in published().cues or published().is_direct(words[-1])):
        return "a name or number behind a word that says whose it is"
    return None

"""Compare the rules of two policies' fields: treatment, form, days, and how a field relates to a person."""

from collections.abc import Iterator, Sequence

from schemas.policy.differences import (
    ABSENT,
    Difference,
    compare_days,
    compare_rest,
    compare_text,
    neutral,
    stronger,
    weaker,
)
from schemas.policy.policy import FieldPolicy, Personal, Policy, Treatment

PEOPLE = (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP)
"""Treatments whose values are looked for, and replaced alike, in the event's texts."""

_NAMES = ("label", "category", "purpose", "legal_basis", "prefix", "entity")
_COMPARED = ("name", "aliases", "personal", "treatment", "retention_days", "form", "forms", "identity")
GONE = "its values are no longer replaced alike in the event's texts, nor found when their person is erased"
"""Why a field or a spelling of people may not just go."""

_SPELLINGS = (
    "other spellings share a pseudonym: accounts fall apart or become one,"
    " and an erasure no longer finds what is stored of them"
)
"""Why no change of the spellings that are one account makes a policy stronger."""

_STRICTNESS = {
    Treatment.KEEP: 0,
    Treatment.REDACT_TEXT: 1,
    Treatment.REDACT_URL: 1,
    Treatment.TRUNCATE_IP: 2,
    Treatment.PSEUDONYMISE: 3,
    Treatment.DROP: 4,
}
_CLOSENESS = {Personal.NO: 0, Personal.INDIRECT: 1, Personal.DIRECT: 2}


def is_stricter(one: Treatment, other: Treatment) -> bool:
    """Tell whether one treatment lets less through than another; text and URL are not comparable.

    Example:
        >>> is_stricter(Treatment.DROP, Treatment.KEEP), is_stricter(Treatment.REDACT_URL, Treatment.REDACT_TEXT)
        (True, False)
    """
    return _STRICTNESS[one] > _STRICTNESS[other]


def compare_fields(old: Policy, new: Policy) -> Iterator[Difference]:
    """Yield the differences between the fields of two policies."""
    before = {rule.name: rule for rule in old.fields}
    after = {rule.name: rule for rule in new.fields}
    for name in {**before, **after}:
        if name not in after:
            yield from _removed(before[name], new)
        elif name not in before:
            yield from _added(after[name], old)
        else:
            yield from _compare_rules(before[name], after[name], _are_of_category(name, old, new))
    shared = [name for name in before if name in after]
    order = [name for name in after if name in before]
    yield from compare_text("fields", " ".join(shared), " ".join(order), "the order of the output")


def _are_of_category(name: str, old: Policy, new: Policy) -> bool:
    """Tell whether a field has its category's days in both policies: then the category's difference says it all."""
    rules = ((policy[name], policy.categories[policy[name].category]) for policy in (old, new))
    one, other = ((rule.category, rule.retention_days == category.retention_days) for rule, category in rules)
    return one == other and one[1]


def _removed(rule: FieldPolicy, new: Policy) -> Iterator[Difference]:
    place, shown = f"fields.{rule.name}", (rule.treatment, ABSENT)
    if all(map(new.field_of, rule.aliases)):
        yield neutral(place, *shown, "all its spellings name other fields")
    elif rule.treatment in PEOPLE:
        yield weaker(place, *shown, GONE)
    elif rule.treatment is Treatment.DROP:
        yield weaker(place, *shown, "unknown fields may be kept as text by --unknown-fields=redact")
    else:
        yield stronger(place, *shown, "its values are no longer stored")


def _added(rule: FieldPolicy, old: Policy) -> Iterator[Difference]:
    place, shown = f"fields.{rule.name}", (ABSENT, rule.treatment)
    if all(map(old.field_of, rule.aliases)):
        yield neutral(place, *shown, "all its spellings named other fields")
    elif rule.treatment is Treatment.DROP:
        yield stronger(place, *shown, "its values are dropped whatever becomes of unknown fields")
    else:
        yield weaker(place, *shown, "values that had no purpose, and were dropped, are stored")


def _compare_rules(before: FieldPolicy, after: FieldPolicy, days_of_category: bool) -> Iterator[Difference]:
    place = f"fields.{before.name}"
    yield from _compare_treatments(f"{place}.treatment", before.treatment, after.treatment)
    if before.treatment is after.treatment is Treatment.KEEP:
        yield from _compare_forms(f"{place}.form", before.forms, after.forms)
    if not days_of_category:
        yield from compare_days(
            f"{place}.retention_days", before.retention_days, after.retention_days, "its values may stay"
        )
    if before.personal is not after.personal:
        shown = f"{place}.personal", before.personal, after.personal
        if _CLOSENESS[after.personal] < _CLOSENESS[before.personal]:
            yield weaker(*shown, "less care is asked for, and it may no longer bound how long an event stays")
        else:
            yield stronger(*shown, "more care is asked for")
    for name in _NAMES:
        said = getattr(before, name), getattr(after, name)
        yield from compare_text(f"{place}.{name}", *said, "tags, pseudonyms and records name it otherwise")
    yield from compare_rest(f"{place}.", before, after, (*_NAMES, *_COMPARED))
    if (
        before.treatment is after.treatment is Treatment.PSEUDONYMISE
        and before.identity is not after.identity
    ):
        said = before.identity or ABSENT, after.identity or ABSENT
        yield weaker(f"{place}.identity", *said, _SPELLINGS)


def _compare_treatments(place: str, before: Treatment, after: Treatment) -> Iterator[Difference]:
    if before is after:
        return
    if is_stricter(after, before):
        yield stronger(place, before, after, "less of each value is stored")
    elif is_stricter(before, after):
        yield weaker(place, before, after, "more of each value is stored")
    else:
        yield weaker(place, before, after, "neither lets less through in every case")


def _compare_forms(place: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    for form in after:
        if form not in before:
            yield weaker(place, ABSENT, form, "values of this form are kept as they are")
    for form in before:
        if form not in after:
            yield stronger(place, form, ABSENT, "values of this form are read as text")

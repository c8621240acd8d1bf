"""Compare two policies: each difference as weaker, stronger or neutral, with why.

What cannot be compared counts as weaker: a person decides, and answers for it in the policy file.
"""

from collections.abc import Iterator, Sequence

from schemas.policy.allow_list import ALLOW_KEYS
from schemas.policy.differences import (
    ABSENT,
    Difference,
    Direction,
    compare_days,
    compare_members,
    compare_rest,
    compare_text,
    neutral,
    stronger,
    weaker,
)
from schemas.policy.field_comparison import compare_fields
from schemas.policy.policy import Category, Policy
from schemas.policy.spelling_comparison import compare_spellings
from schemas.policy.tokens import Tokens

_COMPARED = (
    *("version", "title", "source", "updated", "digest", "event_category", "account_category", "categories"),
    *(
        "purposes",
        "legal_bases",
        "systems",
        "fields",
        "time_fields",
        "url_query_keys",
        "aliases",
        "acknowledged",
        "tokens",
        "allow",
    ),
)
_ORDER = tuple(Direction)


def compare(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Return the differences from one policy to another, the weaker first; none if both say the same."""
    found = [
        *_compare_heads(old, new),
        *_compare_categories(old, new),
        *compare_fields(old, new),
        *compare_spellings(old, new),
        *compare_members(
            "url_query_keys",
            old.url_query_keys,
            new.url_query_keys,
            "URLs keep the values of this key",
            "URLs no longer keep the values of this key",
        ),
        *_compare_time_fields(old, new),
        *_compare_tokens(old, new),
        *_compare_allowed(old, new),
        *compare_rest("", old, new, _COMPARED),
    ]
    return tuple(sorted(found, key=lambda difference: _ORDER.index(difference.direction)))


def unacknowledged(differences: Sequence[Difference], new: Policy) -> tuple[Difference, ...]:
    """Return the weakenings that the new policy does not acknowledge."""
    answered = {stated.change for stated in new.acknowledged}
    return tuple(
        difference
        for difference in differences
        if difference.direction is Direction.WEAKER and difference.change not in answered
    )


def _compare_heads(old: Policy, new: Policy) -> Iterator[Difference]:
    for place in ("version", "title", "source", "updated"):
        yield from compare_text(place, getattr(old, place), getattr(new, place), "a name of the policy")
    for place in ("purposes", "legal_bases", "systems"):
        before, after = getattr(old, place), getattr(new, place)
        for name in {**before, **after}:
            one, other = (said.text if (said := side.get(name)) else ABSENT for side in (before, after))
            yield from compare_text(f"{place}.{name}", one, other, "a definition; what refers to it counts")
            if name in before and name in after and place != "systems":
                dpv = before[name].dpv, after[name].dpv
                yield from compare_text(f"{place}.{name}.dpv", *dpv, "tags name it otherwise")
    yield from _compare_event_category(old, new)
    yield from _compare_account_category(old, new)


def _compare_account_category(old: Policy, new: Policy) -> Iterator[Difference]:
    if old.account_category != new.account_category:
        names = old.account_category or ABSENT, new.account_category or ABSENT
        if new.account_category is None:
            yield weaker("account_category", *names, "ended accounts are no longer erased")
        elif old.account_category is None:
            yield stronger("account_category", *names, "ended accounts are erased")
        elif _erasure_days(new) > _erasure_days(old):
            yield weaker("account_category", *names, "ended accounts may stay longer")
        else:
            yield neutral("account_category", *names, "ended accounts stay no longer")


def _compare_event_category(old: Policy, new: Policy) -> Iterator[Difference]:
    if old.event_category == new.event_category:
        return
    before, after = _event_days(old), _event_days(new)
    names = "event_category", old.event_category, new.event_category
    if after > before:
        yield weaker(*names, f"events and rejections may stay {after} days in place of {before}")
    else:
        yield neutral(*names, f"events and rejections may stay {after} days, before {before}")


def _erasure_days(policy: Policy) -> int:
    return policy.categories[policy.account_category or ""].erase_within_days or 0


def _event_days(policy: Policy) -> int:
    return policy.categories[policy.event_category].retention_days or 0


def _compare_categories(old: Policy, new: Policy) -> Iterator[Difference]:
    for name in {**old.categories, **new.categories}:
        before, after = old.categories.get(name), new.categories.get(name)
        place = f"categories.{name}"
        if before is None or after is None:
            one, other = (ABSENT if side is None else side.text for side in (before, after))
            yield neutral(place, one, other, "a category; what refers to it counts")
        else:
            yield from _compare_category(place, before, after)


def _compare_category(place: str, before: Category, after: Category) -> Iterator[Difference]:
    yield from compare_days(
        f"{place}.retention_days", before.retention_days, after.retention_days, "events may stay"
    )
    yield from compare_days(
        f"{place}.erase_within_days",
        before.erase_within_days,
        after.erase_within_days,
        "ended accounts may stay",
    )
    yield from compare_members(
        f"{place}.systems",
        before.systems,
        after.systems,
        "one more system holds the data",
        "one system fewer holds the data",
    )
    if before.retention_days is None:
        for field in sorted(set(before.fields) - set(after.fields)):
            yield weaker(f"{place}.fields", field, ABSENT, "the field is no longer erased with its account")
        for field in sorted(set(after.fields) - set(before.fields)):
            yield stronger(f"{place}.fields", ABSENT, field, "the field is erased with its account")
    for name in ("purpose", "legal_basis", "text", "clause"):
        yield from compare_text(
            f"{place}.{name}",
            getattr(before, name),
            getattr(after, name),
            "tags and records say it otherwise",
        )


def _compare_time_fields(old: Policy, new: Policy) -> Iterator[Difference]:
    for item in sorted(set(new.time_fields) ^ set(old.time_fields)):
        shown = (item, ABSENT) if item in old.time_fields else (ABSENT, item)
        yield weaker("time_fields", *shown, "events may be dated later than before, and then stay longer")


def _compare_allowed(old: Policy, new: Policy) -> Iterator[Difference]:
    for key in ALLOW_KEYS:
        yield from compare_members(
            f"allow.{key}",
            getattr(old.allow, key),
            getattr(new.allow, key),
            "values of this form stay in texts whatever takes them",
            "values of this form are replaced in texts where they are taken",
        )


def _compare_tokens(old: Policy, new: Policy) -> Iterator[Difference]:
    if old.tokens is new.tokens:
        return
    who = "mail addresses, telephone numbers and persons in texts"
    if new.tokens is Tokens.KEYED:
        yield weaker("tokens", old.tokens, new.tokens, f"{who} can be followed from event to event")
    else:
        yield stronger("tokens", old.tokens, new.tokens, f"{who} can no longer be told apart")

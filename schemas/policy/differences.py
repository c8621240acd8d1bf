"""One difference between two policies: what changed, which way, and why that is so."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

ABSENT = "absent"


class Direction(StrEnum):
    """Which way a difference goes: weaker lets more be stored, for longer, or in the clear."""

    WEAKER = "weaker"
    STRONGER = "stronger"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its place in the policy file, both values as one text, which way it goes and why."""

    place: str
    before: str
    after: str
    direction: Direction
    why: str

    @property
    def change(self) -> str:
        """Return the difference as an acknowledgement states it.

        Example:
            >>> Difference("fields.uin.retention_days", "90", "180", Direction.WEAKER, "").change
            'fields.uin.retention_days: 90 -> 180'
        """
        return f"{self.place}: {self.before} -> {self.after}"


def weaker(place: str, before: object, after: object, why: str) -> Difference:
    """Return a difference that weakens the policy."""
    return Difference(place, str(before), str(after), Direction.WEAKER, why)


def stronger(place: str, before: object, after: object, why: str) -> Difference:
    """Return a difference that strengthens the policy."""
    return Difference(place, str(before), str(after), Direction.STRONGER, why)


def neutral(place: str, before: object, after: object, why: str) -> Difference:
    """Return a difference that does neither."""
    return Difference(place, str(before), str(after), Direction.NEUTRAL, why)


def compare_days(place: str, before: int | None, after: int | None, why: str) -> Iterator[Difference]:
    """Yield the difference of two limits in days; without a limit, data stays."""
    if before == after:
        return
    longer = after is None or (before is not None and after > before)
    direction = Direction.WEAKER if longer else Direction.STRONGER
    adverb = "longer" if longer else "shorter"
    old, new = (ABSENT if days is None else str(days) for days in (before, after))
    yield Difference(place, old, new, direction, f"{why} {adverb}")


def compare_members(
    place: str, before: Collection[str], after: Collection[str], added: str, removed: str
) -> Iterator[Difference]:
    """Yield what a list gained, which weakens the policy, and what it lost, which strengthens it."""
    for item in sorted(set(after) - set(before)):
        yield weaker(place, ABSENT, item, added)
    for item in sorted(set(before) - set(after)):
        yield stronger(place, item, ABSENT, removed)


def compare_rest(place: str, before: object, after: object, known: Collection[str]) -> Iterator[Difference]:
    """Yield what differs of two rules of one type beyond what is `known`: nobody said which way it goes, so weaker."""
    for part in fields(before):  # type: ignore[arg-type]  # both are of one dataclass
        one, other = getattr(before, part.name), getattr(after, part.name)
        if part.name not in known and one != other:
            was, is_ = (ABSENT if said is None else said for said in (one, other))
            yield weaker(f"{place}{part.name}", was, is_, "which way this goes cannot be told")


def compare_text(place: str, before: object, after: object, why: str) -> Iterator[Difference]:
    """Yield the difference of two values that say nothing of what is stored."""
    if before != after:
        yield neutral(place, ABSENT if before is None else before, ABSENT if after is None else after, why)

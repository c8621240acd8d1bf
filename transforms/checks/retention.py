"""Decide which partitions may go on a date, and whether what stands on the disk is still what was planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schemas.errors import RetentionError
from schemas.retention_plan import PlannedFile, PlannedPartition


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """What expires on one date: days from now (0 and less: due), partitions, files, records, bytes."""

    expires_on: date
    days: int
    partitions: int
    files: int
    records: int
    bytes: int


def is_due(expires_on: date, as_of: date) -> bool:
    """Tell whether a partition may be dropped on a date: from 00:00 UTC of its own date on.

    Example:
        >>> is_due(date(2027, 5, 23), date(2027, 5, 22)), is_due(date(2027, 5, 23), date(2027, 5, 23))
        (False, True)
    """
    return expires_on <= as_of


def due_partitions(partitions: Iterable[PlannedPartition], as_of: date) -> tuple[PlannedPartition, ...]:
    """Return the partitions that may be dropped on a date, with the reason, the oldest first."""
    due = [partition for partition in partitions if is_due(partition.expires_on, as_of)]
    return tuple(
        replace(partition, why=why_due(partition.expires_on, as_of))
        for partition in sorted(due, key=lambda partition: (partition.expires_on, partition.path))
    )


def why_due(expires_on: date, as_of: date) -> str:
    """Return why something may go on a date.

    Example:
        >>> why_due(date(2027, 5, 23), date(2027, 5, 24))
        'expired on 2027-05-23, 1 day ago'
    """
    days = (as_of - expires_on).days
    return f"expired on {expires_on}, " + ("today" if days == 0 else f"{days} day{'s' * (days > 1)} ago")


def check_unchanged(
    planned: PlannedPartition, found: Sequence[PlannedFile] | None, resumed: bool
) -> tuple[PlannedFile, ...]:
    """Return the files that are to be deleted.

    `found` is what stands in the partition now, None if there is no such folder. A plan that is taken up
    again after a crash may find fewer files, never others.

    Raises:
        RetentionError: The partition isn't what it was when the plan was made.
    """
    if resumed:
        changed = not set(found or ()) <= set(planned.files)
    else:
        changed = found is None or set(found) != set(planned.files)
    if changed:
        raise RetentionError(f"the plan is stale: {planned.path} changed since; make a new plan")
    return tuple(sorted(found or (), key=lambda file: file.name))


def calendar(partitions: Iterable[PlannedPartition], today: date) -> list[CalendarRow]:
    """Return what expires when, by date."""
    by_date: dict[date, list[PlannedPartition]] = {}
    for partition in partitions:
        by_date.setdefault(partition.expires_on, []).append(partition)
    return [
        CalendarRow(
            expires_on,
            (expires_on - today).days,
            len(group),
            sum(len(partition.files) for partition in group),
            sum(partition.records for partition in group),
            sum(partition.bytes for partition in group),
        )
        for expires_on, group in sorted(by_date.items())
    ]

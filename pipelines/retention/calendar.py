"""What will expire when, from what stands on the disk."""

from datetime import UTC, datetime
from pathlib import Path

from pipelines.root.layout import real_root
from pipelines.root.partition_folders import list_partitions
from transforms.checks.retention import CalendarRow, calendar


def calendar_rows(root: Path, now: datetime) -> list[CalendarRow]:
    """Return a row for each date on which something of a root expires, in order.

    Raises:
        RetentionError: There is no such root.
    """
    return calendar(list_partitions(real_root(root)).partitions, now.astimezone(UTC).date())

"""Expire the event table in MySQL with the partitions: in the same plan, and under the same receipt."""

from collections.abc import Sequence
from datetime import date

from pipelines.mysql_retention import ExpiredPartition, drop_expired, expired_partitions
from pipelines.vault.database import safe_url
from schemas.errors import RetentionError
from schemas.retention_plan import PlannedTable


def plan_tables(url: str, table: str, as_of: date) -> tuple[PlannedTable, ...]:
    """Return the partitions of the event table that may be dropped on a date (UTC).

    Raises:
        VaultError: The database refused.
    """
    return tuple(
        PlannedTable(_store(url, table), part.name, part.expires_on, part.records, part.bytes)
        for part in expired_partitions(url, table, as_of)
    )


def drop_tables(url: str, table: str, as_of: date, planned: Sequence[PlannedTable]) -> None:
    """Drop planned partitions of the event table; those that are gone already are passed over.

    Raises:
        RetentionError: The plan was made for another database or table, or a partition's day has not come.
        VaultError: The database refused.
    """
    if {part.store for part in planned} - {_store(url, table)}:
        raise RetentionError("the plan was made for another database or event table")
    wanted = [ExpiredPartition(part.name, part.expires_on, part.records, part.bytes) for part in planned]
    drop_expired(url, table, as_of, wanted)


def _store(url: str, table: str) -> str:
    return f"{safe_url(url)}/{table}"

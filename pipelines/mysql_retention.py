"""Drop the partitions of the event table whose day has come, and look events up by way of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Select, or_, select, text

from pipelines.mysql_table import (
    account_fields,
    event_table,
    mentions_table,
    partition_dates,
    partition_name,
    request_fields,
)
from pipelines.vault.database import Database
from schemas.accounts import DAY_MS
from schemas.errors import RetentionError
from schemas.policy import Policy


@dataclass(frozen=True, slots=True)
class ExpiredPartition:
    """A partition of the event table that may be dropped: name, ISO date, records, size in bytes."""

    name: str
    expires_on: str
    records: int
    bytes: int


def expired_partitions(url: str, table: str, as_of: date) -> list[ExpiredPartition]:
    """Return the partitions that may be dropped on a date (UTC): that date's and all before it.

    Raises:
        VaultError: The database refused.
    """

    def find(connection: Connection) -> list[ExpiredPartition]:
        days = [day for day in partition_dates(connection, table) if day <= as_of]
        return [_described(connection, table, day) for day in days]

    return Database(url).run(find)


def drop_expired(
    url: str, table: str, as_of: date, planned: Sequence[ExpiredPartition] | None = None
) -> list[ExpiredPartition]:
    """Drop the partitions whose day has come, or just the planned ones, and return those that went.

    A planned partition that is gone already is passed over, so a drop that was cut short can be repeated.

    Raises:
        RetentionError: A planned partition's day has not come.
        VaultError: The database refused.
    """
    wanted = None if planned is None else {partition.expires_on for partition in planned}
    early = [day for day in wanted or () if date.fromisoformat(day) > as_of]
    if early:
        raise RetentionError(f"the partition of {min(early)} may not be dropped before that day")
    expired = expired_partitions(url, table, as_of)
    chosen = [partition for partition in expired if wanted is None or partition.expires_on in wanted]
    Database(url).run(lambda connection: _drop(connection, table, chosen, as_of))
    return chosen


def _drop(connection: Connection, table: str, chosen: Sequence[ExpiredPartition], as_of: date) -> None:
    """Drop partitions, those of them that are still there, and what mentions their events."""
    there = partition_dates(connection, table)
    going = [day for day in there if day.isoformat() in {partition.expires_on for partition in chosen}]
    if not going:
        return
    mentions = mentions_table(table)
    connection.execute(mentions.delete().where(mentions.c.expires_on.in_(going)))
    if going == there:
        # A partitioned table cannot be without partitions: the next day that can come takes their place.
        following = as_of + timedelta(1)
        connection.exec_driver_sql(
            f"ALTER TABLE `{table}` ADD PARTITION (PARTITION {partition_name(following)} "
            f"VALUES LESS THAN ('{following + timedelta(1)}'))"
        )
    names = ", ".join(partition_name(day) for day in going)
    connection.exec_driver_sql(f"ALTER TABLE `{table}` DROP PARTITION {names}")


def _described(connection: Connection, table: str, day: date) -> ExpiredPartition:
    """Return a partition with its exact records; the size is the server's estimate."""
    name = partition_name(day)
    records = connection.exec_driver_sql(f"SELECT COUNT(*) FROM `{table}` PARTITION ({name})").scalar()
    size = connection.scalar(
        text(
            "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.PARTITIONS "
            "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :table AND PARTITION_NAME = :name"
        ),
        {"table": table, "name": name},
    )
    return ExpiredPartition(name, day.isoformat(), int(records or 0), int(size or 0))


def select_account_events(
    name: str, policy: Policy, pseudonym: str, since: datetime, until: datetime
) -> Select[tuple[object, ...]]:
    """Return the query for an account's events from one time until before another.

    The bounds on `expires_on` follow from the policy's days: the server opens just those partitions.
    """
    table = event_table(name, policy)
    first, last = _ms(since), _ms(until)
    owners = [rule.name for rule in account_fields(policy) if pseudonym.startswith(f"{rule.prefix}_")]
    days = [rule.retention_days for rule in policy.fields]
    return select(table).where(
        or_(*(table.c[owner] == pseudonym for owner in owners)),
        table.c.event_time >= first,
        table.c.event_time < last,
        table.c.expires_on >= _day(first + min(days) * DAY_MS),
        table.c.expires_on <= _day(last + max(days) * DAY_MS),
    )


def select_request_events(
    name: str, policy: Policy, request_id: str, since: datetime, until: datetime
) -> Select[tuple[object, ...]]:
    """Return the query for a request's events from one time until before another."""
    table = event_table(name, policy)
    first, last = _ms(since), _ms(until)
    days = [rule.retention_days for rule in policy.fields]
    return select(table).where(
        or_(*(table.c[rule.name] == request_id for rule in request_fields(policy))),
        table.c.event_time >= first,
        table.c.event_time < last,
        table.c.expires_on >= _day(first + min(days) * DAY_MS),
        table.c.expires_on <= _day(last + max(days) * DAY_MS),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _day(time_ms: int) -> date:
    return datetime.fromtimestamp(time_ms / 1000, UTC).date()

"""Drop the partitions of the event table whose day has come, and look events up by way of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Select, false, or_, select, text

from pipelines.database.database import Database
from pipelines.database.urls import safe_url
from pipelines.mysql.table import (
    DEFAULT_TABLE,
    account_fields,
    changing,
    check_name,
    event_table,
    mentions_table,
    partition_dates,
    partition_name,
    request_fields,
)
from schemas.accounts import DAY_MS
from schemas.policy.policy import FieldPolicy, Policy
from schemas.retention_plan import PlannedTable


@dataclass(frozen=True)
class EventTable:
    """The table of redacted events in a MySQL database, whose URL never shows with a password."""

    url: str
    table: str = DEFAULT_TABLE

    def __post_init__(self) -> None:
        """Refuse what is no name of a table.

        Raises:
            OptionsError: It is none.
        """
        check_name(self.table)

    @property
    def name(self) -> str:
        """Return the name by which plans and receipts call it."""
        return f"{safe_url(self.url)}/{self.table}"

    def due(self, as_of: date) -> list[PlannedTable]:
        """Return the partitions that may be dropped on a date (UTC): that date's and all before it.

        Raises:
            VaultError: The database refused.
        """

        def find(connection: Connection) -> list[PlannedTable]:
            days = [day for day in partition_dates(connection, self.table) if day <= as_of]
            return [self._described(connection, day) for day in days]

        return Database(self.url).run(find)

    def drop(self, days: Iterable[date], as_of: date) -> None:
        """Drop the partitions of the given dates on a date (UTC); one that is gone already is passed over.

        Raises:
            VaultError: The database refused.
        """
        wanted = set(days)
        if wanted:
            Database(self.url).run(lambda connection: _drop(connection, self.table, wanted, as_of))

    def days_of_epoch(self, epoch: str) -> list[date]:
        """Return the dates whose partitions hold pseudonyms of a key epoch; one without a row of it is read whole.

        Raises:
            VaultError: The database refused.
        """

        def find(connection: Connection) -> list[date]:
            return [day for day in partition_dates(connection, self.table) if holds(connection, day)]

        def holds(connection: Connection, day: date) -> bool:
            part = f"`{self.table}` PARTITION ({partition_name(day)})"
            query = f"SELECT 1 FROM {part} WHERE key_epoch = %s LIMIT 1"
            return connection.exec_driver_sql(query, (epoch,)).first() is not None

        return Database(self.url).run(find)

    def _described(self, connection: Connection, day: date) -> PlannedTable:
        """Return a partition with its exact records; the size is the server's estimate."""
        part = partition_name(day)
        records = connection.exec_driver_sql(
            f"SELECT COUNT(*) FROM `{self.table}` PARTITION ({part})"
        ).scalar()
        size = connection.scalar(
            text(
                "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.PARTITIONS "
                "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :table AND PARTITION_NAME = :part"
            ),
            {"table": self.table, "part": part},
        )
        return PlannedTable(self.name, part, day.isoformat(), int(records or 0), int(size or 0))


def _drop(connection: Connection, table: str, wanted: Collection[date], as_of: date) -> None:
    """Drop partitions, those of them that are still there, and what mentions their events."""
    with changing(connection, table):
        there = partition_dates(connection, table)
        going = [day for day in there if day in wanted]
        if not going:
            return
        mentions = mentions_table(table)
        connection.execute(mentions.delete().where(mentions.c.expires_on.in_(going)))
        if going == there:
            # A partitioned table cannot be without partitions: the next day that can come takes their place.
            following = max(as_of, going[-1]) + timedelta(1)
            connection.exec_driver_sql(
                f"ALTER TABLE `{table}` ADD PARTITION (PARTITION {partition_name(following)} "
                f"VALUES LESS THAN ('{following + timedelta(1)}'))"
            )
        names = ", ".join(partition_name(day) for day in going)
        connection.exec_driver_sql(f"ALTER TABLE `{table}` DROP PARTITION {names}")


def select_account_events(
    name: str, policy: Policy, pseudonym: str, since: datetime, until: datetime
) -> Select[tuple[object, ...]]:
    """Return the query for the events of an account from one time until before another.

    The bounds on `expires_on` follow from the policy's days: the server opens just those partitions.
    """
    owners = [rule for rule in account_fields(policy.fields) if pseudonym.startswith(f"{rule.prefix}_")]
    return _select_events(name, policy, owners, pseudonym, since, until)


def select_request_events(
    name: str, policy: Policy, request_id: str, since: datetime, until: datetime
) -> Select[tuple[object, ...]]:
    """Return the query for the events of a request from one time until before another."""
    return _select_events(name, policy, request_fields(policy.fields), request_id, since, until)


def _select_events(
    name: str, policy: Policy, fields: Iterable[FieldPolicy], value: str, since: datetime, until: datetime
) -> Select[tuple[object, ...]]:
    table = event_table(name, policy)
    first, last = _ms(since), _ms(until)
    days = [rule.retention_days for rule in policy.fields]
    return select(table).where(
        or_(false(), *(table.c[rule.name] == value for rule in fields)),
        table.c.event_time >= first,
        table.c.event_time < last,
        table.c.expires_on >= _day(first + min(days) * DAY_MS),
        table.c.expires_on <= _day(last + max(days) * DAY_MS),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _day(time_ms: int) -> date:
    return datetime.fromtimestamp(time_ms / 1000, UTC).date()

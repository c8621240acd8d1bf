"""The table of redacted events in MySQL: one partition a day of expiry, so that a day goes by dropping it."""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Connection, Date, Index, MetaData, Table, inspect, text
from sqlalchemy.dialects import mysql

from pipelines.database.database import Database
from schemas.errors import OptionsError, VaultError
from schemas.policy.policy import FieldPolicy, Policy, Treatment

DEFAULT_TABLE = "logveil_events"
AHEAD_DAYS = 7
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,47}")
_PARTITION = re.compile(r"p(\d{4})(\d{2})(\d{2})")
_LOCK_SECONDS = 60
_INDEXED_CHARACTERS = 64


def check_name(name: str) -> None:
    """Refuse what is no name of an event table, as it stands in statements.

    Raises:
        OptionsError: It is none.
    """
    if _NAME.fullmatch(name) is None:
        raise OptionsError("a table's name is made of letters, digits and _, at most 48")


def event_table(name: str, policy: Policy) -> Table:
    """Return the table of redacted events; each field's comment repeats purpose, legal basis and days.

    Raises:
        OptionsError: The name is none of a table.
    """
    check_name(name)
    table = Table(
        name,
        MetaData(),
        Column("expires_on", Date, primary_key=True),
        Column("event_id", _ascii(32), primary_key=True),
        Column("event_time", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("policy_version", _ascii(32), nullable=False),
        Column("key_epoch", _ascii(8), nullable=False),
        Column("source", _text()),
        *(_field(rule, policy) for rule in policy.fields),
        Column("others", JSON, nullable=False),
        Column("tags", JSON, nullable=False),
        comment=f"{policy.title}, policy {policy.version}",
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_row_format="DYNAMIC",
    )
    for rule in account_fields(policy.fields):
        Index(f"{name}_{rule.name}", table.c[rule.name], table.c.event_time)
    for rule in request_fields(policy.fields):
        length = {} if _is_pseudonym(rule) else {rule.name: _INDEXED_CHARACTERS}
        Index(f"{name}_{rule.name}", table.c[rule.name], mysql_length=length)
    return table


def check_columns(database: Database, name: str, policy: Policy) -> None:
    """Refuse a table that was made for another policy; one that is not there yet is in order.

    Raises:
        VaultError: The database refused, or the table lacks a column.
    """

    def columns(connection: Connection) -> set[str]:
        inspector = inspect(connection)
        return {one["name"] for one in inspector.get_columns(name)} if inspector.has_table(name) else set()

    there = database.run(columns)
    lacking = sorted({column.name for column in event_table(name, policy).columns} - there)
    if there and lacking:
        raise VaultError(f"{database.name}: the table {name} is of another version: it lacks {lacking[0]}")


def mentions_table(name: str) -> Table:
    """Return the table of pseudonyms that stand in an event's texts and are not its own account's."""
    return Table(
        f"{name}_mentions",
        MetaData(),
        Column("pseudonym", _ascii(40), primary_key=True),
        Column("expires_on", Date, primary_key=True),
        Column("event_id", _ascii(32), primary_key=True),
        Index(f"{name}_mentions_expires_on", "expires_on"),
        mysql_engine="InnoDB",
    )


def account_fields(fields: Iterable[FieldPolicy]) -> list[FieldPolicy]:
    """Return the fields that hold an account's pseudonym."""
    return [rule for rule in fields if _is_pseudonym(rule) and rule.prefix in ("uin", "usr")]


def request_fields(fields: Iterable[FieldPolicy]) -> list[FieldPolicy]:
    """Return the fields that an operator looks a request up by."""
    return [rule for rule in fields if rule.prefix == "req"]


def ensure_partitions(database: Database, name: str, policy: Policy, dates: Collection[date]) -> set[date]:
    """Make the tables and a partition for each date, and some ahead; return all dates that have one.

    Raises:
        VaultError: The database refused, or another process holds the change up.
    """
    return database.run(lambda connection: _ensure(connection, name, policy, sorted(set(dates))))


@contextmanager
def changing(connection: Connection, name: str) -> Iterator[None]:
    """Let nobody else change the partitions of a table meanwhile.

    Raises:
        VaultError: Another process is changing them and does not come to an end.
    """
    lock = {"name": f"logveil:{name}"[:64]}
    if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {**lock, "seconds": _LOCK_SECONDS}) != 1:
        raise VaultError("another process is changing the event table and does not come to an end")
    try:
        yield
    finally:
        connection.execute(text("DO RELEASE_LOCK(:name)"), lock)


def partition_dates(connection: Connection, name: str) -> list[date]:
    """Return the dates that have a partition, in order; none where there is no table."""
    query = text(
        "SELECT PARTITION_NAME FROM information_schema.PARTITIONS "
        "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :name AND PARTITION_NAME IS NOT NULL"
    )
    found = (_PARTITION.fullmatch(row[0]) for row in connection.execute(query, {"name": name}))
    return sorted(date(*map(int, match.groups())) for match in found if match)


def partition_name(day: date) -> str:
    """Return the name of the partition of a date of expiry.

    Example:
        >>> partition_name(date(2027, 5, 23))
        'p20270523'
    """
    return f"p{day:%Y%m%d}"


def days_between(first: date, last: date) -> list[date]:
    """Return every date from the first to the last, both included.

    Example:
        >>> len(days_between(date(2027, 2, 27), date(2027, 3, 1)))
        3
    """
    return [first + timedelta(days) for days in range((last - first).days + 1)]


def _ensure(connection: Connection, name: str, policy: Policy, dates: list[date]) -> set[date]:
    there = partition_dates(connection, name)
    if dates and not set(dates) <= set(there):
        with changing(connection, name):
            _extend(connection, name, policy, dates)
        there = partition_dates(connection, name)
    return set(there)


def _extend(connection: Connection, name: str, policy: Policy, dates: list[date]) -> None:
    """Make what is missing; another process may have been first."""
    there = partition_dates(connection, name)
    ahead = dates[-1] + timedelta(AHEAD_DAYS)
    if not there:
        _create(connection, name, policy, days_between(dates[0], ahead))
        return
    if dates[-1] > there[-1]:
        new = days_between(there[-1] + timedelta(1), ahead)
        connection.exec_driver_sql(f"ALTER TABLE `{name}` ADD PARTITION ({_definitions(new)})")
    for upper, missing in _missing_below(there, dates):
        # Without its own partition a day would fall into the next one and stay too long.
        connection.exec_driver_sql(
            f"ALTER TABLE `{name}` REORGANIZE PARTITION {partition_name(upper)} "
            f"INTO ({_definitions([*missing, upper])})"
        )


def _missing_below(there: list[date], dates: list[date]) -> Iterable[tuple[date, list[date]]]:
    """Yield each partition that would take days which have none, with those days and what lies between."""
    known = set(there)
    below: dict[date, list[date]] = {}
    for day in dates:
        if day not in known and day < there[-1]:
            below.setdefault(min(upper for upper in there if upper > day), []).append(day)
    for upper, missing in below.items():
        yield upper, days_between(missing[0], upper - timedelta(1))


def _create(connection: Connection, name: str, policy: Policy, days: list[date]) -> None:
    table = event_table(name, policy)
    table.dialect_options["mysql"]["partition_by"] = f"RANGE COLUMNS(expires_on) ({_definitions(days)})"
    mentions_table(name).create(connection, checkfirst=True)
    table.create(connection, checkfirst=True)


def _definitions(days: Iterable[date]) -> str:
    return ", ".join(
        f"PARTITION {partition_name(day)} VALUES LESS THAN ('{day + timedelta(1)}')" for day in days
    )


def _is_pseudonym(rule: FieldPolicy) -> bool:
    return rule.treatment is Treatment.PSEUDONYMISE


def _field(rule: FieldPolicy, policy: Policy) -> Column[Any]:
    comment = (
        f"{rule.label}: {policy.purposes[rule.purpose].text}; {policy.legal_bases[rule.legal_basis].text}; "
        f"{rule.retention_days} days"
    )
    return Column(rule.name, _ascii(64) if _is_pseudonym(rule) else _text(), comment=comment)


def _ascii(length: int) -> Any:
    return mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")


def _text() -> Any:
    return mysql.MEDIUMTEXT(charset="utf8mb4", collation="utf8mb4_bin")

"""Erase accounts from the event table in MySQL: their own events go, and other events no longer name them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Table, and_, func, inspect, or_, select
from sqlalchemy.schema import MetaData

from pipelines.database.database import Database
from pipelines.database.rows import chunks, delete_in
from pipelines.mysql.table import mentions_table
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, ErasureTarget
from transforms.accounts.erasure import RecordEraser

DELETED = "deleted"
CHANGED = "changed"
_ROWS_A_STATEMENT = 2_000
_REWRITES_A_TRANSACTION = 500
_KEYS = ("expires_on", "event_id", "event_time", "expires_at", "policy_version", "key_epoch", "tags")


def count_event_rows(url: str, table: str, targets: Sequence[ErasureTarget]) -> int:
    """Return how many events of the accounts the table holds.

    Raises:
        VaultError: The database refused.
    """

    def count(connection: Connection) -> int:
        events = _reflected(connection, table)
        if events is None:
            return 0
        queries = (select(func.count()).where(condition) for condition in _conditions(events, targets))
        return sum(connection.scalar(query) or 0 for query in queries)

    return Database(url).run(count)


def erase_event_rows(url: str, table: str, targets: Sequence[ErasureTarget]) -> Counter[str]:
    """Delete the events of the accounts, and take their pseudonyms out of other events' texts.

    Raises:
        VaultError: The database refused.
    """
    database = Database(url)
    events = database.run(lambda connection: _reflected(connection, table))
    if events is None:
        return Counter()
    counts: Counter[str] = Counter({DELETED: 0, CHANGED: 0})
    for condition in _conditions(events, targets):
        counts[DELETED] += _delete(database, events, condition)
    eraser = RecordEraser(targets)
    for chunk in chunks(targets):
        counts[CHANGED] += _take_out(database, events, table, chunk, eraser)
    _forget_mentions(database, table, targets)
    database.close()
    return counts


def _reflected(connection: Connection, table: str) -> Table | None:
    """Return the table as the server has it, None where there is none."""
    if not inspect(connection).has_table(table):
        return None
    return Table(table, MetaData(), autoload_with=connection)


def _conditions(events: Table, targets: Iterable[ErasureTarget]) -> list[ColumnElement[bool]]:
    """Return the conditions under which an event is of the accounts, each of which an index answers."""
    uins = sorted({target.pseudonym for target in targets if target.field == UIN_FIELD})
    names = [target for target in targets if target.field == USERNAME_FIELD]
    uin, username = events.c[UIN_FIELD], events.c[USERNAME_FIELD]
    return [
        *(uin.in_(chunk) for chunk in chunks(uins)),
        *(
            and_(uin.is_(None), or_(*(_held(username, events.c.event_time, target) for target in chunk)))
            for chunk in chunks(names)
        ),
    ]


def _held(
    username: ColumnElement[Any], event_time: ColumnElement[Any], target: ErasureTarget
) -> ColumnElement[bool]:
    """Return the condition that an event has a user name while it was the account's."""
    held = and_(username == target.pseudonym, event_time >= target.since)
    return held if target.until is None else and_(held, event_time < target.until)


def _delete(database: Database, events: Table, condition: ColumnElement[bool]) -> int:
    """Delete in small transactions, so that writers wait for none of them long."""
    statement = events.delete().where(condition).with_dialect_options(mysql_limit=_ROWS_A_STATEMENT)
    deleted = 0
    while True:
        rows = database.run(lambda connection: connection.execute(statement).rowcount)
        deleted += rows
        if rows < _ROWS_A_STATEMENT:
            return deleted


def _take_out(
    database: Database, events: Table, table: str, targets: Sequence[ErasureTarget], eraser: RecordEraser
) -> int:
    """Rewrite the events whose texts hold the pseudonyms, in small transactions; return how many changed."""
    mentions = mentions_table(table)
    names = sorted({target.pseudonym for target in targets})
    held = or_(*(_held(mentions.c.pseudonym, events.c.event_time, target) for target in targets))
    mentioning = and_(mentions.c.event_id == events.c.event_id, mentions.c.expires_on == events.c.expires_on)
    query = select(events).join(mentions, mentioning).where(mentions.c.pseudonym.in_(names), held).distinct()
    query = query.limit(_REWRITES_A_TRANSACTION).with_for_update()

    def rewrite(connection: Connection) -> tuple[int, int]:
        rows = connection.execute(query).mappings().all()
        changed = 0
        for row in rows:
            changed += _rewrite_row(connection, events, dict(row), eraser)
            gone = [name for name in names if eraser.covers(name, row["event_time"])]
            of_row = and_(mentions.c.event_id == row["event_id"], mentions.c.pseudonym.in_(gone))
            connection.execute(mentions.delete().where(of_row))
        return len(rows), changed

    total = 0
    while True:
        found, changed = database.run(rewrite)
        total += changed
        if found < _REWRITES_A_TRANSACTION:
            return total


def _forget_mentions(database: Database, table: str, targets: Iterable[ErasureTarget]) -> None:
    """Delete the mentions of pseudonyms that go altogether, those in events that went included."""
    mentions = mentions_table(table)
    whole = {target.pseudonym for target in targets if target.since == 0 and target.until is None}
    database.run(lambda connection: delete_in(connection, mentions, mentions.c.pseudonym, whole))


def _rewrite_row(connection: Connection, events: Table, row: dict[str, Any], eraser: RecordEraser) -> bool:
    """Update one event without the pseudonyms, or delete it if it is the account's; tell whether it changed."""
    texts = {name: value for name, value in row.items() if name not in _KEYS}
    if isinstance(texts["others"], str):
        texts["others"] = orjson.loads(texts["others"])
    erased = eraser.erase({**texts, "event_time": row["event_time"]})
    same = and_(events.c.event_id == row["event_id"], events.c.expires_on == row["expires_on"])
    if erased is None:
        connection.execute(events.delete().where(same))
        return True
    del erased["event_time"]
    if erased == texts:
        return False
    erased["others"] = orjson.dumps(erased["others"]).decode()
    connection.execute(events.update().where(same).values(**erased))
    return True

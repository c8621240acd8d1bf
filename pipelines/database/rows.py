"""Rows in bulk: look-ups by many keys, and inserts that a repetition does not double, in both dialects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func
from sqlalchemy.dialects import mysql, sqlite

from transforms.batches.slices import slices

CHUNK = 500


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    newest: Iterable[str] = (),
    earliest: Iterable[str] = (),
    latest: Iterable[str] = (),
) -> None:
    """Insert rows; where one is there, take the new value, the lesser or the greater of the named columns."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    # One order of locks for every writer keeps most deadlocks away.
    ordered = sorted(rows, key=lambda row: tuple(row[key] for key in keys))
    if connection.dialect.name == "mysql":
        insert = mysql.insert(table)
        changes = _changes(table, insert.inserted, newest, earliest, latest, func.least, func.greatest)
        # An update to the same value locks the row that is there and changes nothing.
        connection.execute(
            insert.on_duplicate_key_update(changes or {keys[0]: table.c[keys[0]]}), list(ordered)
        )
        return
    statement = sqlite.insert(table)
    changes = _changes(table, statement.excluded, newest, earliest, latest, func.min, func.max)
    if changes:
        connection.execute(statement.on_conflict_do_update(keys, set_=changes), list(ordered))
    else:
        connection.execute(statement.on_conflict_do_nothing(), list(ordered))


def _changes(
    table: Table,
    new: Any,
    newest: Iterable[str],
    earliest: Iterable[str],
    latest: Iterable[str],
    least: Any,
    greatest: Any,
) -> dict[str, ColumnElement[Any]]:
    """Return the new value of each column of a row that is there."""
    return {
        **{name: new[name] for name in newest},
        **{name: least(table.c[name], new[name]) for name in earliest},
        **{name: greatest(table.c[name], new[name]) for name in latest},
    }


def select_in(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], keys: Iterable[Any]
) -> Iterator[Row[Any]]:
    """Yield the rows of a query whose column is one of many keys, in the order of the keys' chunks."""
    for chunk in chunks(sorted(set(keys))):
        yield from connection.execute(query.where(column.in_(chunk)))


def delete_in(connection: Connection, table: Table, column: ColumnElement[Any], keys: Iterable[Any]) -> int:
    """Delete the rows whose column is one of many keys and return how many there were."""
    return sum(
        connection.execute(table.delete().where(column.in_(chunk))).rowcount
        for chunk in chunks(sorted(set(keys)))
    )


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield slices of a size that every server takes in one statement.

    Example:
        >>> [len(chunk) for chunk in chunks(range(1100))]
        [500, 500, 100]
    """
    return slices(values, CHUNK)

"""One database, SQLite or of the MySQL protocol: opened, retried, its errors told without content."""

import logging
import os
import random
import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from pipelines.database.urls import NO_URL, UrlVariable, holds_secret, parse_url, safe_url, url_token
from schemas.errors import DatabaseError, OptionsError, VaultError
from transforms.at_hand import note, recall

T = TypeVar("T")

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60.0
_LOCAL_HOSTS = (None, "", "localhost", "127.0.0.1", "::1")
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0

# MariaDB and MySQL error reference: what passes by itself, at a failover, a restart or a conflict of locks.
_PASSING = {
    1020: "a row changed under the transaction",
    1053: "the server is shutting down",
    1205: "a lock was waited for too long",
    1213: "a deadlock",
    1290: "the server is read-only, as during a failover",
    1836: "the server is read-only, as during a failover",
    1927: "the connection was killed",
    2002: "the server cannot be reached",
    2003: "the server cannot be reached",
    2006: "the server has gone away",
    2013: "the connection was lost",
    2055: "the connection was lost",
}
_LASTING = {
    1021: "the server's disk is full",
    1030: "the server's storage failed",
    1040: "the server has too many connections",
    1044: "this user may not use the database",
    1045: "wrong user or password",
    1049: "there is no such database",
    1054: "a column is missing: the tables are of another version",
    1114: "the server's disk or table is full",
    1142: "this user may not do that",
    1143: "this user may not do that",
    1146: "a table is missing: run `logveil account migrate`",
    1227: "this user may not do that",
    1526: "there is no partition for a date",
    1735: "the partition of a date is gone",
}
_FILE_ERRORS = (3, 1005, 1025, 1026, 1030)
_DISK_FULL = re.compile(r"\((?:28|Errcode: 28)\b|errno: 28|No space left", re.IGNORECASE)


@dataclass(frozen=True)
class Database:
    """An engine whose transactions are retried; it pickles by its URL, one with a password by where it can be read."""

    url: str
    retry_seconds: float = RETRY_SECONDS

    def __repr__(self) -> str:
        """Show the URL without its password."""
        return f"Database({safe_url(self.url)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the URL, or where it can be read, not the open connections."""
        if not holds_secret(self.url):
            return Database, (self.url, self.retry_seconds)
        name = note(f"the URL of {self.name} ({url_token(self.url)})", self.url)
        return _open_again, (name, UrlVariable.of(self.url), self.retry_seconds)

    @property
    def name(self) -> str:
        """Return the URL as it may be shown."""
        return safe_url(self.url)

    @cached_property
    def engine(self) -> Engine:
        """Return the engine, made on first use."""
        return _make_engine(parse_url(self.url))

    @property
    def is_mysql(self) -> bool:
        """Tell whether the server speaks the MySQL protocol."""
        return parse_url(self.url).get_backend_name() == "mysql"

    def close(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what a function does in one transaction, begun again where the reason will pass.

        The work may run more than once, also after a commit whose answer was lost, so it must be idempotent.

        Raises:
            DatabaseError: The database refused, or the reason did not pass in `retry_seconds`.
        """
        deadline = time.monotonic() + self.retry_seconds
        pause = _FIRST_PAUSE
        while True:
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                code = error_code(error)
                if not _passes(error, code) or time.monotonic() + pause > deadline:
                    raise DatabaseError(f"{self.name}: {explain(error, code)}", code) from None
                logger.info("Retrying a transaction: %s", explain(error, code))
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(_LONGEST_PAUSE, pause * 2)


def _open_again(name: str, origin: UrlVariable | None, retry_seconds: float) -> Database:
    return Database(recall(name, origin), retry_seconds)


def error_code(error: DBAPIError) -> int:
    """Return the server's code of an error, 0 where it has none."""
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def explain(error: DBAPIError, code: int) -> str:
    """Return what an error means; the server's own text is not shown, as it may quote a row."""
    if isinstance(error.orig, sqlite3.Error):
        return f"SQLite refused ({error.orig.sqlite_errorname})"
    if code in _FILE_ERRORS and _DISK_FULL.search(str(error.orig)):
        return f"the server's disk is full (code {code})"
    meaning = _PASSING.get(code) or _LASTING.get(code) or f"the server refused ({type(error).__name__})"
    return f"{meaning} (code {code})"


def _passes(error: DBAPIError, code: int) -> bool:
    """Tell whether an error is worth another attempt."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return code in _PASSING or (code == 0 and error.connection_invalidated)


def _make_engine(url: URL) -> Engine:
    """Return an engine; parameters never reach an error message."""
    if url.get_backend_name() == "sqlite":
        return _make_sqlite_engine(url)
    if url.host not in _LOCAL_HOSTS and not any(name.startswith("ssl") for name in url.query):
        logger.warning("The connection to the database is not encrypted: name its CA with ?ssl_ca=FILE.")
    try:
        return create_engine(
            url.update_query_dict({"charset": "utf8mb4"}),
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,
            connect_args={"connect_timeout": 10, "read_timeout": 600, "write_timeout": 600},
        )
    except (ArgumentError, NoSuchModuleError):
        raise OptionsError(NO_URL) from None


def _make_sqlite_engine(url: URL) -> Engine:
    """Return an engine on a file of its owner's, whose freed pages are overwritten."""
    if url.database and url.database != ":memory:":
        _make_private_file(Path(url.database))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver's own transactions begin too late to keep two writers apart.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _make_private_file(path: Path) -> None:
    """Make a database file that only its owner reads, or refuse one that others can."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        mode = path.stat().st_mode & 0o777
    except OSError as error:
        raise VaultError(f"cannot open {path}: {error.strerror}") from None
    if mode & 0o077:
        raise VaultError(f"{path} has mode {mode:04o}, others could read it: run chmod 600 on it")

"""Check that nothing is kept too long in the databases beside a root."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection

from pipelines.database.database import Database
from pipelines.database.urls import safe_url
from pipelines.mysql.retention import EventTable
from pipelines.mysql.table import mentions_table, partition_dates
from pipelines.retention.expire import ExpiringTable
from pipelines.retention.verify_files import canaries_in
from pipelines.vault.erasure import overdue_accounts
from schemas.verification import Problem, ProblemKind


def verify_accounts(url: str, now: datetime) -> Iterator[Problem]:
    """Yield the accounts of a vault that should have been erased by now.

    Raises:
        VaultError: The database refused.
    """
    for account in overdue_accounts(Database(url), int(now.timestamp() * 1000)):
        yield Problem(ProblemKind.OVERDUE, safe_url(url), f"account {account.account_id} should be erased")


def verify_tables(tables: Iterable[ExpiringTable], now: datetime) -> Iterator[Problem]:
    """Yield what should have gone from tables by now.

    Raises:
        VaultError: The database refused.
    """
    for table in tables:
        for part in table.due(now.astimezone(UTC).date()):
            if part.records:
                detail = f"{part.records} records of {part.name} should be gone"
                yield Problem(ProblemKind.EXPIRED, table.name, detail)


def verify_event_canaries(events: EventTable, canaries: Sequence[str]) -> Iterator[Problem]:
    """Yield the canaries that stand in rows of the event table or among what its texts mention.

    Raises:
        VaultError: The database refused.
    """

    def find(connection: Connection) -> Counter[int]:
        found: Counter[int] = Counter()
        if partition_dates(connection, events.table):
            streaming = connection.execution_options(stream_results=True)
            for name in (events.table, mentions_table(events.table).name):
                for row in streaming.exec_driver_sql(f"SELECT * FROM `{name}`"):
                    found.update(canaries_in(orjson.dumps(tuple(row), default=str).decode(), canaries))
        return found

    for number, records in sorted(Database(events.url).run(find).items()):
        yield Problem(ProblemKind.CANARY, events.name, f"{records} records hold canary {number}")

"""Check that nothing is kept too long in the databases beside a root."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pipelines.expire import ExpiringTable
from pipelines.vault.database import Database, safe_url
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

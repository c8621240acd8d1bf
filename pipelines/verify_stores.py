"""Check that nothing overdue is left in the databases: accounts of the vault, partitions of a table."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pipelines.mysql_retention import expired_partitions
from pipelines.vault.database import Database, safe_url
from pipelines.vault.erasure import overdue_accounts
from schemas.verification import Problem, ProblemKind


def verify_vault(url: str, now: datetime) -> Iterator[Problem]:
    """Yield the accounts that should have been erased by now.

    Raises:
        VaultError: The database refused.
    """
    for account in overdue_accounts(Database(url), int(now.timestamp() * 1000)):
        yield Problem(ProblemKind.OVERDUE, safe_url(url), f"account {account.account_id} should be erased")


def verify_table(url: str, table: str, now: datetime) -> Iterator[Problem]:
    """Yield the partitions of the event table that should have been dropped by now.

    Raises:
        VaultError: The database refused.
    """
    for part in expired_partitions(url, table, now.astimezone(UTC).date()):
        place = f"{safe_url(url)}/{table}"
        yield Problem(ProblemKind.EXPIRED, place, f"{part.records} records of {part.name} should be gone")

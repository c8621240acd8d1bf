"""The databases beside the output root: opened and checked before anything is read, and imported no earlier."""

from typing import TYPE_CHECKING

from pipelines.keys.rings import KeyRing
from schemas.policy.policy import Policy
from transforms.accounts.erased import Marks

if TYPE_CHECKING:
    from pipelines.mysql.events import WriteEventsToMySql
    from pipelines.vault.sightings import UpsertAccounts


def account_store(url: str, ring: KeyRing, policy: Policy) -> "UpsertAccounts":
    """Return the transform that fills the vault, which is there; its libraries are imported where it is used.

    Raises:
        VaultError: The database refuses, or its tables are of another version.
    """
    from pipelines.vault.sightings import UpsertAccounts
    from pipelines.vault.vault import opened_vault

    with opened_vault(url, ring, policy) as vault:
        return UpsertAccounts(vault.database, ring, policy)


def erased_accounts(url: str, ring: KeyRing, policy: Policy) -> Marks:
    """Return what the vault remembers of erased accounts.

    Raises:
        VaultError: The database refuses, or its tables are of another version.
    """
    from pipelines.vault.erased_marks import erased_marks
    from pipelines.vault.vault import opened_vault

    with opened_vault(url, ring, policy) as vault:
        return erased_marks(vault)


def event_store(url: str, policy: Policy) -> "WriteEventsToMySql":
    """Return the transform that inserts events into MySQL, which is there.

    Raises:
        OptionsError: The URL names another kind of database.
        VaultError: The database refuses, or its table is of another version.
    """
    from pipelines.database.database import Database
    from pipelines.mysql.events import WriteEventsToMySql
    from pipelines.mysql.table import check_columns

    database = Database(url)
    writing = WriteEventsToMySql(database, policy)
    check_columns(database, writing.table, policy)
    database.close()
    return writing

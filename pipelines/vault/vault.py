"""An open vault: its database, and the keys that read it."""

from dataclasses import dataclass

from pipelines.database.database import Database
from pipelines.keys.rings import KeyRing
from pipelines.vault.cipher import VaultCipher
from pipelines.vault.schema_version import prepare
from schemas.accounts import AccountRules
from schemas.policy.policy import Policy


@dataclass(frozen=True)
class Vault:
    """A vault whose tables are there; it pickles by its URL and keys."""

    database: Database
    cipher: VaultCipher

    @property
    def rules(self) -> AccountRules:
        """Return what the policy says of accounts."""
        return self.cipher.rules


def open_vault(url: str, ring: KeyRing, policy: Policy) -> Vault:
    """Return the vault of a database; an empty one gets its tables.

    Raises:
        OptionsError: The URL is none of a database.
        VaultError: The database refused, or its tables are of another version.
    """
    database = Database(url)
    prepare(database)
    return Vault(database, VaultCipher(ring, AccountRules.of(policy)))

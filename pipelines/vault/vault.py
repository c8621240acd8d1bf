"""An open vault: its database, and the keys that read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipelines.database.database import Database
from pipelines.keys.rings import KeyRing
from pipelines.vault.cipher import VaultCipher
from pipelines.vault.schema_version import prepare
from pipelines.vault.tables import account_names, account_uins, sightings
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, AccountRules
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
        VaultError: The database refused, its tables are of another version, or it was filled with another key.
    """
    database = Database(url)
    prepare(database)
    cipher = VaultCipher(ring, AccountRules.of(policy))
    database.run(lambda connection: check_keys(connection, cipher))
    return Vault(database, cipher)


@contextmanager
def opened_vault(url: str, ring: KeyRing, policy: Policy) -> Iterator[Vault]:
    """Yield the vault of a database, whose connections are closed afterwards.

    Raises:
        OptionsError, VaultError: As `open_vault` does.
    """
    vault = open_vault(url, ring, policy)
    try:
        yield vault
    finally:
        vault.database.close()


def check_keys(connection: Connection, cipher: VaultCipher) -> None:
    """Refuse a ring whose key of an epoch is another than the one that the vault was filled with.

    Each column of values is a fingerprint of its key: one value of an epoch decrypts under it or under none.

    Raises:
        VaultError: A key is another.
    """
    for column, name in (
        (sightings.c.uin, UIN_FIELD),
        (sightings.c.username, USERNAME_FIELD),
        (account_uins.c.uin, UIN_FIELD),
        (account_names.c.username, USERNAME_FIELD),
    ):
        for epoch in cipher.epochs:
            held = column.table.c.epoch == epoch, column.is_not(None)
            value = connection.scalar(select(column).where(*held).limit(1))
            if value is not None:
                cipher.decrypt(epoch, name, value)

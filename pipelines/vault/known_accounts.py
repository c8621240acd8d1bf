"""Every account that a vault knows, as the table of keyed hashes by which texts are searched for it."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from pipelines.vault.tables import account_names, account_uins, sightings
from pipelines.vault.vault import Vault
from schemas.accounts import UIN_FIELD, USERNAME_FIELD
from transforms.detect.known_table import NAME, UIN, KnownTable
from transforms.pseudonyms import PseudonymKey

_AT_ONCE = 10_000


def known_table(vault: Vault, key: PseudonymKey) -> KnownTable:
    """Return the table of what the vault knows at this moment: of the identity service, and of the logs.

    Names are decrypted one by one and hashed; none is kept, and nobody is told one.

    Raises:
        VaultError: The database refused, or the keys are not those of the vault.
    """
    rules = vault.rules
    return vault.database.run(
        lambda connection: KnownTable.of(
            key, _values(connection, vault), rules.uin_identity, rules.username_identity
        )
    )


def _values(connection: Connection, vault: Vault) -> Iterator[tuple[bytes, str]]:
    for column, name, kind in (
        (account_uins.c.uin, UIN_FIELD, UIN),
        (account_names.c.username, USERNAME_FIELD, NAME),
        (sightings.c.uin, UIN_FIELD, UIN),
        (sightings.c.username, USERNAME_FIELD, NAME),
    ):
        epoch = column.table.c.epoch
        query = select(epoch, column).where(epoch.in_(vault.cipher.epochs), column.is_not(None))
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
            yield kind, vault.cipher.decrypt(row[0], name, row[1])

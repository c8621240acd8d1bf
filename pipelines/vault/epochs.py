"""Carry accounts over key epochs: into a new one, and out of one that is destroyed."""

from collections import Counter

from sqlalchemy import Connection, select

from pipelines.database.rows import upsert
from pipelines.vault.tables import account_names, account_uins, sightings
from pipelines.vault.vault import Vault
from schemas.accounts import UIN_FIELD, USERNAME_FIELD


def carry_accounts(vault: Vault) -> int:
    """Write every account's UIN and user names under each living epoch; return how many rows that made.

    Raises:
        VaultError: The database refused, or the keys are not those of the vault.
    """
    return vault.database.run(lambda connection: _carry(connection, vault))


def forget_epoch(vault: Vault, epoch: str) -> Counter[str]:
    """Delete the rows of an epoch, which link its pseudonyms to accounts; return how many, by table.

    Raises:
        VaultError: The database refused.
    """

    tables = {"account_uins": account_uins, "account_names": account_names, "sightings": sightings}

    def forget(connection: Connection) -> Counter[str]:
        counts: Counter[str] = Counter()
        for name, table in tables.items():
            counts[name] = connection.execute(table.delete().where(table.c.epoch == epoch)).rowcount
        return counts

    return vault.database.run(forget)


def _carry(connection: Connection, vault: Vault) -> int:
    cipher = vault.cipher
    uins = {}
    for row in connection.execute(select(account_uins).where(account_uins.c.epoch.in_(cipher.epochs))):
        value = cipher.decrypt(row.epoch, UIN_FIELD, row.uin)
        for epoch, pseudonym in cipher.uin_pseudonyms(value).items():
            uins[pseudonym] = {
                "pseudonym": pseudonym,
                "account_id": row.account_id,
                "epoch": epoch,
                "uin": cipher.encrypt(epoch, UIN_FIELD, value),
            }
    names = {}
    for row in connection.execute(select(account_names).where(account_names.c.epoch.in_(cipher.epochs))):
        value = cipher.decrypt(row.epoch, USERNAME_FIELD, row.username)
        for epoch, pseudonym in cipher.username_pseudonyms(value).items():
            names[pseudonym, row.account_id, row.since] = {
                "pseudonym": pseudonym,
                "account_id": row.account_id,
                "since": row.since,
                "epoch": epoch,
                "username": cipher.encrypt(epoch, USERNAME_FIELD, value),
            }
    upsert(connection, account_uins, list(uins.values()))
    upsert(connection, account_names, list(names.values()))
    return len(uins) + len(names)

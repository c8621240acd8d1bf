"""What a vault remembers of erased accounts, for whoever writes records."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from pipelines.vault.erasure import DueAccount
from pipelines.vault.tables import account_names, accounts, erased
from pipelines.vault.vault import Vault
from schemas.accounts import ErasedMark, ErasureTarget, erased_mark


def erased_marks(vault: Vault) -> dict[str, tuple[ErasedMark, ...]]:
    """Return the marks of the accounts that were erased from a vault, by keyed hash.

    Of an account that lives again only its earlier life is marked; a user name that a living account holds is not.

    Raises:
        VaultError: The database refused.
    """
    return vault.database.run(lambda connection: _marks(connection, vault))


def marks_of(
    vault: Vault, account: DueAccount, targets: Mapping[str, Sequence[ErasureTarget]], now_ms: int
) -> list[ErasedMark]:
    """Return by what the pseudonyms of an account that is erased now are known when they come back, in order."""
    marks = [
        erased_mark(
            target,
            vault.cipher.erasure_digest(target.pseudonym.split("_")[1], target.pseudonym),
            account.terminated_at,
            now_ms,
            vault.rules,
        )
        for target in targets.get(account.account_id, ())
    ]
    return sorted(marks, key=lambda mark: (mark.digest, mark.since))


def _marks(connection: Connection, vault: Vault) -> dict[str, tuple[ErasedMark, ...]]:
    rows = connection.execute(select(erased)).all()
    if not rows:
        return {}
    living = set(connection.scalars(select(accounts.c.account_id)))
    marks: dict[str, tuple[ErasedMark, ...]] = {}
    for row in rows:
        revived = row.account_id in living
        until = row.cut if revived else row.erased_at
        marks[row.digest] = (ErasedMark(row.digest, 0, until + 1, revived),)
    for digest in _held_names(connection, vault):
        marks.pop(digest, None)
    return marks


def _held_names(connection: Connection, vault: Vault) -> Iterator[str]:
    query = select(account_names.c.epoch, account_names.c.pseudonym)
    for row in connection.execute(query.where(account_names.c.epoch.in_(vault.cipher.epochs))):
        yield vault.cipher.erasure_digest(row.epoch, row.pseudonym)

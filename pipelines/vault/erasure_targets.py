"""Work out which pseudonyms an erasure must remove, where a user name passed through several hands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, select

from pipelines.database.rows import select_in
from pipelines.vault.cipher import VaultCipher
from pipelines.vault.tables import account_names, account_uins, sightings
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, ErasureTarget

Periods = dict[str, list[tuple[int, int | None]]]


def targets_of(
    connection: Connection, cipher: VaultCipher, account_ids: Collection[str]
) -> dict[str, tuple[ErasureTarget, ...]]:
    """Return, for each account that has a readable UIN, its pseudonyms in every living epoch."""
    uins = _uins(connection, cipher, account_ids)
    account_of = {
        pseudonym: account
        for account, uin in uins.items()
        for pseudonym in cipher.uin_pseudonyms(uin).values()
    }
    held = _held_names(connection, cipher, uins.keys())
    for account, name, first, last in _seen_names(connection, cipher, account_of):
        held[account].setdefault(name, [(first, last + 1)])
    others = _other_holders(connection, cipher, held, account_of)
    return {
        account: (
            *(ErasureTarget(value, UIN_FIELD) for value in cipher.uin_pseudonyms(uin).values()),
            *_name_targets(cipher, account, held[account], others),
        )
        for account, uin in uins.items()
    }


def _uins(connection: Connection, cipher: VaultCipher, account_ids: Collection[str]) -> dict[str, str]:
    """Return the UIN of each account, from whichever living epoch has it."""
    query = select(account_uins).where(account_uins.c.epoch.in_(cipher.epochs))
    return {
        row.account_id: cipher.decrypt(row.epoch, UIN_FIELD, row.uin)
        for row in select_in(connection, query, account_uins.c.account_id, account_ids)
    }


def _held_names(
    connection: Connection, cipher: VaultCipher, account_ids: Collection[str]
) -> defaultdict[str, Periods]:
    """Return when each account held which user name, as the identity service says."""
    query = select(account_names).where(account_names.c.epoch.in_(cipher.epochs))
    given: dict[str, dict[int, str]] = {}
    for row in select_in(connection, query, account_names.c.account_id, account_ids):
        name = cipher.decrypt(row.epoch, USERNAME_FIELD, row.username)
        given.setdefault(row.account_id, {})[row.since] = name
    held: defaultdict[str, Periods] = defaultdict(dict)
    for account, names in given.items():
        times = sorted(names)
        for time, following in zip(times, [*times[1:], None], strict=True):
            held[account].setdefault(names[time], []).append((time, following))
    return held


def _seen_names(
    connection: Connection, cipher: VaultCipher, account_of: Mapping[str, str]
) -> Iterable[tuple[str, str, int, int]]:
    """Yield the user names that the logs showed with an account's UIN, and when."""
    query = select(sightings).where(
        sightings.c.username_pseudonym != "", sightings.c.epoch.in_(cipher.epochs)
    )
    for row in select_in(connection, query, sightings.c.uin_pseudonym, account_of):
        name = cipher.decrypt(row.epoch, USERNAME_FIELD, row.username)
        yield account_of[row.uin_pseudonym], name, row.first_seen, row.last_seen


def _other_holders(
    connection: Connection,
    cipher: VaultCipher,
    held: Mapping[str, Periods],
    account_of: Mapping[str, str],
) -> dict[str, set[tuple[str, int]]]:
    """Return, by pseudonym of a user name, who held it (account, or else UIN pseudonym) and since when."""
    names = {name for periods in held.values() for name in periods}
    pseudonyms = {value for name in names for value in cipher.username_pseudonyms(name).values()}
    holders: dict[str, set[tuple[str, int]]] = {}
    query = select(account_names.c.pseudonym, account_names.c.account_id, account_names.c.since)
    for row in select_in(connection, query, account_names.c.pseudonym, pseudonyms):
        holders.setdefault(row.pseudonym, set()).add((row.account_id, row.since))
    seen = select(sightings).where(sightings.c.uin_pseudonym != "")
    for row in select_in(connection, seen, sightings.c.username_pseudonym, pseudonyms):
        holder = account_of.get(row.uin_pseudonym, row.uin_pseudonym)
        holders.setdefault(row.username_pseudonym, set()).add((holder, row.first_seen))
    return holders


def _name_targets(
    cipher: VaultCipher, account: str, held: Periods, holders: Mapping[str, set[tuple[str, int]]]
) -> Iterable[ErasureTarget]:
    """Yield an account's user names: whole where it alone held one, else for its own periods."""
    for name, periods in held.items():
        of_texts = cipher.mail_pseudonyms(name)
        for epoch, pseudonym in cipher.username_pseudonyms(name).items():
            tokens = [pseudonym, *([of_texts[epoch]] if epoch in of_texts else [])]
            others = [since for holder, since in holders.get(pseudonym, ()) if holder != account]
            if not others:
                yield from (ErasureTarget(token, USERNAME_FIELD) for token in tokens)
                continue
            for since, until in periods:
                cut = own_period(since, until, others)
                yield from (ErasureTarget(token, USERNAME_FIELD, *cut) for token in tokens)


def own_period(since: int, until: int | None, others: Collection[int]) -> tuple[int, int | None]:
    """Return a period cut where the next holder begins, and open to the past for the first holder.

    Example:
        >>> own_period(10, None, [20]), own_period(20, None, [10]), own_period(10, 15, [20])
        ((0, 20), (20, None), (0, 15))
    """
    later = [time for time in others if time > since]
    ends = [*later, *([] if until is None else [until])]
    return (since if len(later) < len(others) else 0), min(ends, default=None)

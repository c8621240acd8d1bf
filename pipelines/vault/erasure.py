"""Erase terminated accounts from the vault: which are due, which were begun, and the end of their rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from pipelines.database.database import Database
from pipelines.database.rows import chunks, delete_in, select_in, upsert
from pipelines.vault.erasure_targets import targets_of
from pipelines.vault.life_cycle import add_up
from pipelines.vault.tables import (
    account_events,
    account_names,
    account_uins,
    accounts,
    disclosures,
    erased,
    sightings,
)
from pipelines.vault.vault import Vault
from schemas.accounts import DAY_MS, UIN_FIELD, AccountEventKind, AccountState, ErasureTarget
from transforms.accounts.erasure import ERASED
from transforms.accounts.events import may_be_erased_from, revives

_TABLES = {
    "account_names": account_names,
    "account_uins": account_uins,
    "accounts": accounts,
}


@dataclass(frozen=True, slots=True)
class DueAccount:
    """A terminated account whose deadline's day has come; times are milliseconds since the epoch."""

    account_id: str
    terminated_at: int
    erase_by: int


def due_accounts(vault: Vault, as_of_ms: int) -> list[DueAccount]:
    """Return the accounts that may be erased at a moment: from 00:00 UTC of their deadline's day.

    An account whose erasure has begun is due until it is done.

    Raises:
        VaultError: The database refused.
    """
    end_of_day = may_be_erased_from(as_of_ms) + DAY_MS
    within = vault.rules.erase_within_days * DAY_MS
    query = select(accounts).where(or_(accounts.c.erasing_cut.is_not(None), accounts.c.erase_by < end_of_day))
    rows = vault.database.run(lambda connection: connection.execute(query).all())
    due = []
    for row in rows:
        cut = row.terminated_at if row.erasing_cut is None else row.erasing_cut
        due.append(DueAccount(row.account_id, cut, cut + within))
    return sorted(due, key=lambda account: (account.erase_by, account.account_id))


def overdue_accounts(database: Database, now_ms: int) -> list[DueAccount]:
    """Return the accounts that should be gone and are not; it takes no key.

    Raises:
        VaultError: The database refused.
    """
    query = select(accounts).where(accounts.c.erase_by < now_ms).order_by(accounts.c.erase_by)
    rows = database.run(lambda connection: connection.execute(query).all())
    return [DueAccount(row.account_id, row.terminated_at, row.erase_by) for row in rows]


def claim(vault: Vault, due: Sequence[DueAccount]) -> set[str]:
    """Begin the erasure of accounts and return those that are still terminated as planned.

    From here on a restoration comes too late: it gives the account a new life without its past.

    Raises:
        VaultError: The database refused.
    """
    cuts = {account.account_id: account.terminated_at for account in due}
    return vault.database.run(lambda connection: _claim(connection, cuts))


def _claim(connection: Connection, cuts: Mapping[str, int]) -> set[str]:
    rows = select_in(connection, select(accounts).with_for_update(), accounts.c.account_id, cuts)
    claimed = {row.account_id for row in rows if cuts[row.account_id] in (row.erasing_cut, _ended(row))}
    for chunk in chunks(sorted(claimed)):
        connection.execute(
            update(accounts)
            .where(accounts.c.account_id.in_(chunk), accounts.c.erasing_cut.is_(None))
            .values(erasing_cut=accounts.c.terminated_at)
        )
    return claimed


def _ended(row: object) -> int | None:
    """Return when an account ended, None while it lives."""
    terminated = getattr(row, "state", None) == AccountState.TERMINATED
    return getattr(row, "terminated_at", None) if terminated else None


def find_targets(vault: Vault, account_ids: Collection[str]) -> dict[str, tuple[ErasureTarget, ...]]:
    """Return the pseudonyms of accounts, in every living epoch, that must go.

    Raises:
        VaultError: The database refused, or the keys are not those of the vault.
    """
    return vault.database.run(lambda connection: targets_of(connection, vault.cipher, account_ids))


def complete(vault: Vault, account_ids: Collection[str], now_ms: int) -> Counter[str]:
    """Delete the rows of accounts whose erasure was begun; return how many rows went, by table.

    What stays is a keyed hash of each pseudonym, by which late log lines and events are known and refused.

    Raises:
        VaultError: The database refused.
    """
    return vault.database.run(lambda connection: _complete(connection, vault, account_ids, now_ms))


def _complete(
    connection: Connection, vault: Vault, account_ids: Collection[str], now_ms: int
) -> Counter[str]:
    query = select(accounts).where(accounts.c.erasing_cut.is_not(None)).with_for_update()
    rows = select_in(connection, query, accounts.c.account_id, account_ids)
    cuts = {row.account_id: row.erasing_cut for row in rows}
    targets = targets_of(connection, vault.cipher, cuts.keys())
    past, reborn = _past_and_reborn(connection, cuts)
    counts = Counter({"sightings": _delete_sightings(connection, targets.values())})
    counts["account_events"] = delete_in(connection, account_events, account_events.c.event_key, past)
    for name, table in _TABLES.items():
        counts[name] = delete_in(connection, table, table.c.account_id, cuts.keys() - reborn)
    for account in sorted(reborn):
        _delete_past(connection, account, cuts[account])
    add_up(connection, vault.cipher, reborn)
    _take_out_of_disclosures(connection, targets.values())
    _remember(connection, vault, targets, cuts, now_ms)
    _forget_long_gone(connection, vault, now_ms)
    return counts


def _past_and_reborn(connection: Connection, cuts: Mapping[str, int]) -> tuple[set[str], set[str]]:
    """Return the keys of the events of the life that is erased, and the accounts that came back after it."""
    past: set[str] = set()
    reborn: set[str] = set()
    for row in select_in(connection, select(account_events), account_events.c.account_id, cuts):
        if row.time <= cuts[row.account_id]:
            past.add(row.event_key)
        elif revives(AccountEventKind(row.kind)):
            reborn.add(row.account_id)
    return past, reborn


def _delete_past(connection: Connection, account: str, cut: int) -> None:
    """Delete the user names that a reborn account had in its earlier life, and end the erasure."""
    connection.execute(
        account_names.delete().where(account_names.c.account_id == account, account_names.c.since <= cut)
    )
    connection.execute(update(accounts).where(accounts.c.account_id == account).values(erasing_cut=None))


def _delete_sightings(connection: Connection, targets: Iterable[Sequence[ErasureTarget]]) -> int:
    """Delete the sightings of accounts: all with the UIN, and those with their user name alone."""
    uins: list[str] = []
    names: dict[str, list[ErasureTarget]] = {}
    for target in (target for of_account in targets for target in of_account):
        if target.field == UIN_FIELD:
            uins.append(target.pseudonym)
        else:
            names.setdefault(target.pseudonym, []).append(target)
    deleted = delete_in(connection, sightings, sightings.c.uin_pseudonym, uins)
    unowned = select(sightings).where(sightings.c.uin_pseudonym == "")
    theirs = [
        row.username_pseudonym
        for row in select_in(connection, unowned, sightings.c.username_pseudonym, names)
        if any(
            target.covers(row.first_seen) and target.covers(row.last_seen)
            for target in names[row.username_pseudonym]
        )
    ]
    for chunk in chunks(sorted(theirs)):
        connection.execute(
            sightings.delete().where(
                sightings.c.uin_pseudonym == "", sightings.c.username_pseudonym.in_(chunk)
            )
        )
    return deleted + len(theirs)


def _take_out_of_disclosures(connection: Connection, targets: Iterable[Sequence[ErasureTarget]]) -> None:
    """Keep who asked, when and why, but not for whom; a user name that others held stays."""
    whole = {
        target.pseudonym
        for of_account in targets
        for target in of_account
        if target.since == 0 and target.until is None
    }
    for chunk in chunks(sorted(whole)):
        asked = update(disclosures).where(disclosures.c.pseudonym.in_(chunk))
        connection.execute(asked.values(pseudonym=ERASED))


def _remember(
    connection: Connection,
    vault: Vault,
    targets: Mapping[str, Sequence[ErasureTarget]],
    cuts: Mapping[str, int],
    now_ms: int,
) -> None:
    """Remember what was erased by keyed hash, so that late log lines and events of it are refused."""
    rows = {
        target.pseudonym: {
            "digest": vault.cipher.erasure_digest(target.pseudonym.split("_")[1], target.pseudonym),
            "account_id": account,
            "cut": cuts[account],
            "erased_at": now_ms,
        }
        for account, of_account in targets.items()
        for target in of_account
    }
    upsert(connection, erased, list(rows.values()), newest=("account_id", "erased_at"), latest=("cut",))


def _forget_long_gone(connection: Connection, vault: Vault, now_ms: int) -> None:
    """Forget the erased accounts that no log line can name any more, and what still came of their events."""
    days = vault.rules.erase_within_days + vault.rules.log_retention_days
    long_gone = erased.c.cut < now_ms - days * DAY_MS
    forgotten = set(connection.scalars(select(erased.c.account_id).where(long_gone)))
    living = select_in(connection, select(accounts.c.account_id), accounts.c.account_id, forgotten)
    forgotten -= {row.account_id for row in living}
    delete_in(connection, account_events, account_events.c.account_id, forgotten)
    connection.execute(erased.delete().where(long_gone))

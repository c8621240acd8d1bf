"""Apply account life-cycle events exactly once, whatever their order."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipelines.database.rows import select_in, upsert
from pipelines.vault.cipher import VaultCipher
from pipelines.vault.tables import account_events, account_names, account_uins, accounts, erased
from pipelines.vault.vault import Vault
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, AccountEvent, AccountEventKind, AccountState
from transforms.accounts.events import life_of, revives

APPLIED = "applied"
REPEATED = "repeated"
LATE = "late"


@dataclass(frozen=True, slots=True)
class ErasedLife:
    """What is remembered of an erased account; events up to `cut` (ms since the epoch) were its own."""

    account_id: str
    cut: int


def apply_events(vault: Vault, events: Sequence[AccountEvent]) -> Counter[str]:
    """Apply a batch of events in one transaction and return how many were applied, repeated or late.

    An event is late if it is of a life that was erased: nothing of it is stored. Of an erased account's
    events after that, kind and time are kept without the account, in case a revival is still to arrive.

    Raises:
        VaultError: The database refused.
    """
    canonical = [vault.rules.of_event(event) for event in events]
    return vault.database.run(lambda connection: _apply(connection, vault.cipher, canonical))


def _apply(connection: Connection, cipher: VaultCipher, events: Sequence[AccountEvent]) -> Counter[str]:
    """Lock the accounts, store what is new, and add each account's events up again."""
    batch = {event_key(event.id): event for event in reversed(events)}
    counts = Counter({REPEATED: len(events) - len(batch)})
    uins = {event.uin for event in batch.values()}
    known = accounts_of(connection, cipher, uins)
    ended = erased_lives(connection, cipher, uins, lock=True)
    usable = {key: event for key, event in batch.items() if not _is_past(event, ended)}
    counts[LATE] = len(batch) - len(usable)
    ids = {event.uin: _account_id(cipher, event.uin, known, ended) for event in usable.values()}
    revived = {event.uin for event in usable.values() if revives(event.kind)}
    living = {
        uin: account for uin, account in ids.items() if uin in known or uin not in ended or uin in revived
    }
    _insert_accounts(connection, cipher, living)
    stored = select_in(connection, select(account_events.c.event_key), account_events.c.event_key, usable)
    repeated = {row.event_key for row in stored}
    counts[REPEATED] += len(repeated)
    new = {key: event for key, event in usable.items() if key not in repeated}
    counts[APPLIED] = len(new)
    _insert_events(connection, ids, new)
    _insert_names(connection, cipher, living, new.values())
    add_up(connection, cipher, living.values())
    return counts


def _is_past(event: AccountEvent, ended: Mapping[str, ErasedLife]) -> bool:
    """Tell whether an event is of a life that was erased."""
    life = ended.get(event.uin)
    return life is not None and event.time <= life.cut


def _account_id(
    cipher: VaultCipher, uin: str, known: Mapping[str, str], ended: Mapping[str, ErasedLife]
) -> str:
    """Return the identifier of a UIN's account, that of its erased life where there was one."""
    if uin in known:
        return known[uin]
    return ended[uin].account_id if uin in ended else cipher.account_id(uin)


def event_key(identifier: str) -> str:
    """Return the fixed-length key of an event's identifier, which may be anything.

    Example:
        >>> event_key("e1")[:8]
        '8b5cc4df'
    """
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()


def accounts_of(connection: Connection, cipher: VaultCipher, uins: Collection[str]) -> dict[str, str]:
    """Return the account of each UIN that has one."""
    uin_of = {pseudonym: uin for uin in uins for pseudonym in cipher.uin_pseudonyms(uin).values()}
    query = select(account_uins.c.pseudonym, account_uins.c.account_id)
    found = select_in(connection, query, account_uins.c.pseudonym, uin_of)
    return {uin_of[row.pseudonym]: row.account_id for row in found}


def erased_lives(
    connection: Connection, cipher: VaultCipher, uins: Collection[str], lock: bool = False
) -> dict[str, ErasedLife]:
    """Return what is remembered of each UIN that was erased."""
    uin_of = {
        cipher.erasure_digest(epoch, pseudonym): uin
        for uin in uins
        for epoch, pseudonym in cipher.uin_pseudonyms(uin).items()
    }
    query = select(erased.c.digest, erased.c.account_id, erased.c.cut)
    lives: dict[str, ErasedLife] = {}
    for row in select_in(connection, query.with_for_update() if lock else query, erased.c.digest, uin_of):
        uin = uin_of[row.digest]
        if uin not in lives or lives[uin].cut < row.cut:
            lives[uin] = ErasedLife(row.account_id, row.cut)
    return lives


def _insert_accounts(connection: Connection, cipher: VaultCipher, ids: Mapping[str, str]) -> None:
    """Insert the accounts that are new and lock them all until the transaction ends."""
    rows = [{"account_id": account, "state": AccountState.ACTIVE.value} for account in ids.values()]
    upsert(connection, accounts, rows)
    uins = [
        {
            "pseudonym": pseudonym,
            "account_id": account,
            "epoch": epoch,
            "uin": cipher.encrypt(epoch, UIN_FIELD, uin),
        }
        for uin, account in ids.items()
        for epoch, pseudonym in cipher.uin_pseudonyms(uin).items()
    ]
    upsert(connection, account_uins, uins)


def _insert_events(
    connection: Connection, ids: Mapping[str, str], events: Mapping[str, AccountEvent]
) -> None:
    """Insert events, those too that may turn out to be of an erased account's next life."""
    rows = [
        {"event_key": key, "account_id": ids[event.uin], "kind": event.kind.value, "time": event.time}
        for key, event in events.items()
    ]
    upsert(connection, account_events, rows)


def _insert_names(
    connection: Connection, cipher: VaultCipher, ids: Mapping[str, str], events: Iterable[AccountEvent]
) -> None:
    """Insert the user names that events give to living accounts."""
    names = [
        {
            "pseudonym": pseudonym,
            "account_id": ids[event.uin],
            "since": event.time,
            "epoch": epoch,
            "username": cipher.encrypt(epoch, USERNAME_FIELD, event.username),
        }
        for event in events
        if event.username is not None and event.uin in ids
        for epoch, pseudonym in cipher.username_pseudonyms(event.username).items()
    ]
    upsert(connection, account_names, list({_name_key(row): row for row in names}.values()))


def _name_key(row: Mapping[str, object]) -> tuple[object, ...]:
    return row["pseudonym"], row["account_id"], row["since"]


def add_up(connection: Connection, cipher: VaultCipher, account_ids: Collection[str]) -> None:
    """Set the state and deadline of accounts from all of their events."""
    steps: dict[str, list[tuple[AccountEventKind, int]]] = {account: [] for account in account_ids}
    query = select(account_events.c.account_id, account_events.c.kind, account_events.c.time)
    for row in select_in(connection, query, account_events.c.account_id, account_ids):
        steps[row.account_id].append((AccountEventKind(row.kind), row.time))
    rows = []
    for account, history in steps.items():
        life = life_of(history, cipher.rules.erase_within_days)
        rows.append(
            {
                "account_id": account,
                "state": life.state.value,
                "terminated_at": life.terminated_at,
                "erase_by": life.erase_by,
            }
        )
    upsert(connection, accounts, rows, newest=("state", "terminated_at", "erase_by"))

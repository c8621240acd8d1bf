"""Answer from the vault: who a pseudonym is, under a recorded reason, and where an account stands."""

import secrets
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, func, select

from pipelines.vault.life_cycle import accounts_of
from pipelines.vault.tables import account_names, account_uins, accounts, disclosures, erased, sightings
from pipelines.vault.vault import Vault
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, AccountState
from schemas.errors import VaultError
from transforms.accounts.erasure import ERASED
from transforms.pseudonyms import PSEUDONYM

REVEALS_AN_HOUR = 20
_HOUR_MS = 3_600_000
_ASKED, _REVEALED, _FOUND, _REFUSED, _UNKNOWN = "asked", "revealed", "found", "refused", "unknown"


@dataclass(frozen=True, slots=True)
class Revealed:
    """Whom a pseudonym stands for: all UINs and user names that the vault has with it. No repr shows them."""

    uins: tuple[str, ...] = field(repr=False)
    usernames: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccountPseudonym:
    """A pseudonym of an account in one key epoch."""

    epoch: str
    field: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Where an account stands; times are milliseconds since the epoch."""

    account_id: str
    state: str
    terminated_at: int | None
    erase_by: int | None


def reveal(
    vault: Vault, pseudonym: str, reason: str, actor: str, now_ms: int, limit: int = REVEALS_AN_HOUR
) -> Revealed:
    """Return whom a pseudonym stands for, after the request was recorded.

    Raises:
        VaultError: There is no reason, too many were revealed in the last hour, or nobody is known by it.
    """
    if PSEUDONYM.fullmatch(pseudonym) is None:
        raise VaultError("that is not a pseudonym, such as usr_1_ and twenty letters and digits")
    if not reason.strip():
        raise VaultError("a pseudonym is revealed only with a reason: --reason TEXT")
    record = _ask(vault, pseudonym, reason, actor, now_ms, limit)
    found = vault.database.run(lambda connection: _look_up(connection, vault, pseudonym))
    if found.uins or found.usernames:
        _settle(vault, record, _REVEALED)
        return found
    vault.database.run(lambda connection: _take_out_erased(connection, vault, record, pseudonym))
    _settle(vault, record, _UNKNOWN)
    raise VaultError("nobody is known by this pseudonym: erased, of a destroyed epoch, or never stored")


def _ask(vault: Vault, pseudonym: str, reason: str, actor: str, now_ms: int, limit: int) -> str:
    """Record a request before anything is looked up, and return its record; refuse one too many."""
    record = secrets.token_hex(16)
    row = {"disclosure_id": record, "at": now_ms, "actor": actor[:128], "pseudonym": pseudonym}
    insert = disclosures.insert().values(**row, reason=reason.strip(), outcome=_ASKED)
    vault.database.run(lambda connection: _insert_once(connection, record, insert))
    if vault.database.run(lambda connection: _recent(connection, now_ms)) > limit:
        _settle(vault, record, _REFUSED)
        raise VaultError(
            f"{limit} accounts were revealed or found within an hour: wait, or ask who reviews them"
        )
    return record


def _insert_once(connection: Connection, record: str, insert: object) -> None:
    """Insert the audit row; a repeated attempt finds the row of the first."""
    there = select(disclosures.c.disclosure_id).where(disclosures.c.disclosure_id == record)
    if connection.execute(there).first() is None:
        connection.execute(insert)  # type: ignore[call-overload]


def _recent(connection: Connection, now_ms: int) -> int:
    """Return how many requests of the last hour were not refused.

    A time after now counts too, so that a clock that jumps back opens nothing.
    """
    query = select(func.count()).where(
        disclosures.c.at > now_ms - _HOUR_MS, disclosures.c.outcome != _REFUSED
    )
    return connection.scalar(query) or 0


def _settle(vault: Vault, record: str, outcome: str) -> None:
    """Note in the audit row what became of the request."""
    update = disclosures.update().where(disclosures.c.disclosure_id == record).values(outcome=outcome)
    vault.database.run(lambda connection: connection.execute(update))


def _take_out_erased(connection: Connection, vault: Vault, record: str, pseudonym: str) -> None:
    """Take the pseudonym of an erased account out of the audit row, as the erasure did with earlier ones."""
    digest = vault.cipher.erasure_digest(pseudonym.split("_")[1], pseudonym)
    if connection.scalar(select(erased.c.digest).where(erased.c.digest == digest)) is not None:
        row = disclosures.update().where(disclosures.c.disclosure_id == record)
        connection.execute(row.values(pseudonym=ERASED))


def _look_up(connection: Connection, vault: Vault, pseudonym: str) -> Revealed:
    """Return every UIN and user name that stands beside a pseudonym."""
    epoch = pseudonym.split("_")[1]
    if vault.cipher.ring.find(epoch) is None:
        raise VaultError(f"the key of epoch {epoch} is not here: its pseudonyms cannot be linked to anyone")
    uins: set[str] = set()
    usernames: set[str] = set()
    either = (sightings.c.uin_pseudonym == pseudonym) | (sightings.c.username_pseudonym == pseudonym)
    for row in connection.execute(select(sightings).where(either)):
        _collect(vault, row, uins, usernames)
    for row in connection.execute(select(account_uins).where(account_uins.c.pseudonym == pseudonym)):
        uins.add(vault.cipher.decrypt(row.epoch, UIN_FIELD, row.uin))
    named = select(account_names.c.account_id, account_names.c.epoch, account_names.c.username).where(
        account_names.c.pseudonym == pseudonym
    )
    for row in connection.execute(named).all():
        usernames.add(vault.cipher.decrypt(row.epoch, USERNAME_FIELD, row.username))
        owner = select(account_uins).where(
            account_uins.c.account_id == row.account_id, account_uins.c.epoch == epoch
        )
        uins |= {vault.cipher.decrypt(epoch, UIN_FIELD, uin.uin) for uin in connection.execute(owner)}
    return Revealed(tuple(sorted(uins)), tuple(sorted(usernames)))


def _collect(vault: Vault, row: Row[tuple[object, ...]], uins: set[str], usernames: set[str]) -> None:
    """Decrypt the two values of a sighting."""
    if row.uin is not None:
        uins.add(vault.cipher.decrypt(row.epoch, UIN_FIELD, row.uin))
    if row.username is not None:
        usernames.add(vault.cipher.decrypt(row.epoch, USERNAME_FIELD, row.username))


def find(vault: Vault, uin: str) -> list[AccountPseudonym]:
    """Return the pseudonyms of a UIN and of the user names known with it, by key epoch.

    Raises:
        VaultError: The database refused.
    """
    return vault.database.run(lambda connection: _find(connection, vault, vault.rules.uin(uin)))


def find_for(
    vault: Vault, uin: str, reason: str, actor: str, now_ms: int, limit: int = REVEALS_AN_HOUR
) -> list[AccountPseudonym]:
    """Return what `find` returns to somebody who asks, after the request was recorded as that to reveal is.

    The record holds the current pseudonym of the UIN. An hour's limit counts requests of both kinds.

    Raises:
        VaultError: Too many were revealed or found in the last hour, or the database refused.
    """
    pseudonym = vault.cipher.uin_pseudonyms(uin)[vault.cipher.ring.current.epoch]
    record = _ask(vault, pseudonym, reason, actor, now_ms, limit)
    found = find(vault, uin)
    vault.database.run(lambda connection: _take_out_erased(connection, vault, record, pseudonym))
    _settle(vault, record, _FOUND)
    return found


def _find(connection: Connection, vault: Vault, uin: str) -> list[AccountPseudonym]:
    pseudonyms = vault.cipher.uin_pseudonyms(uin)
    found = {AccountPseudonym(epoch, UIN_FIELD, value) for epoch, value in pseudonyms.items()}
    seen = select(sightings.c.epoch, sightings.c.username_pseudonym).where(
        sightings.c.uin_pseudonym.in_(pseudonyms.values()), sightings.c.username_pseudonym != ""
    )
    held = select(account_names.c.epoch, account_names.c.pseudonym).where(
        account_names.c.account_id.in_(accounts_of(connection, vault.cipher, [uin]).values())
    )
    for query in (seen, held):
        found |= {AccountPseudonym(row[0], USERNAME_FIELD, row[1]) for row in connection.execute(query)}
    return sorted(found, key=lambda one: (one.epoch, one.field, one.pseudonym))


def status_of(vault: Vault, uin: str) -> AccountStatus | None:
    """Return where an account stands, or None where the vault knows no event of it.

    Raises:
        VaultError: The database refused.
    """

    account_uin = vault.rules.uin(uin)

    def look_up(connection: Connection) -> AccountStatus | None:
        account = accounts_of(connection, vault.cipher, [account_uin]).get(account_uin)
        query = select(
            accounts.c.account_id, accounts.c.state, accounts.c.terminated_at, accounts.c.erase_by
        ).where(accounts.c.account_id == account)
        row = connection.execute(query).first()
        return None if row is None else AccountStatus(*row)

    return vault.database.run(look_up)


def count_states(vault: Vault, now_ms: int) -> Counter[str]:
    """Return how many accounts stand in each state, how many are overdue, and how many the logs showed.

    Raises:
        VaultError: The database refused.
    """

    def count(connection: Connection) -> Counter[str]:
        states = select(accounts.c.state, func.count()).group_by(accounts.c.state)
        counts = Counter({state.value: 0 for state in AccountState})
        counts.update({row[0]: row[1] for row in connection.execute(states)})
        overdue = select(func.count()).where(accounts.c.erase_by < now_ms)
        counts["overdue"] = connection.scalar(overdue) or 0
        counts["sightings"] = connection.scalar(select(func.count()).select_from(sightings)) or 0
        return counts

    return vault.database.run(count)

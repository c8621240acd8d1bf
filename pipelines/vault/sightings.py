"""Fill the vault with the accounts that the logs show, but for those that were erased."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from sqlalchemy import Connection, select

from pipelines.database.database import Database
from pipelines.database.rows import select_in, upsert
from pipelines.keys.rings import KeyRing
from pipelines.vault.cipher import VaultCipher
from pipelines.vault.life_cycle import accounts_of, erased_lives
from pipelines.vault.schema_version import prepare
from pipelines.vault.tables import account_names, accounts, erased, sightings
from pipelines.vault.vault import Vault
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, AccountRules, AccountSighting
from schemas.policy.policy import Policy
from transforms.accounts.events import fits
from transforms.accounts.sightings import SightingCollector
from transforms.batches.display import Shown, shown_policy
from transforms.batches.metrics import Meter
from transforms.batches.slices import slices
from transforms.batches.steps import SinkFn

STORED = "stored"
ERASED = "erased"
TOO_LONG = "too_long"
TRANSACTION_SIZE = 2_000


def record_sightings(vault: Vault, seen: Sequence[AccountSighting]) -> Counter[str]:
    """Store sightings in one transaction; one of an erased account is counted, not stored.

    Raises:
        VaultError: The database refused.
    """
    fitting = [sighting for sighting in seen if fits(sighting.uin) and fits(sighting.username)]
    counts = vault.database.run(lambda connection: _record(connection, vault.cipher, fitting))
    return counts + Counter({TOO_LONG: len(seen) - len(fitting)})


def _record(connection: Connection, cipher: VaultCipher, seen: Sequence[AccountSighting]) -> Counter[str]:
    """Lock the accounts that are known, leave out those that were erased, insert the rest."""
    uins = {sighting.uin for sighting in seen if sighting.uin}
    names = {sighting.username for sighting in seen if sighting.username and not sighting.uin}
    known = accounts_of(connection, cipher, uins)
    holders = _name_holders(connection, cipher, names)
    # An erasure waits for these locks or is seen below, so nothing is stored behind its back.
    living = _lock(connection, {*known.values(), *(account for held in holders.values() for account in held)})
    gone_uins = erased_lives(connection, cipher, uins).keys() - {
        uin for uin, account in known.items() if account in living
    }
    gone_names = _erased_names(connection, cipher, names) - {
        name for name, held in holders.items() if held & living
    }
    kept = [
        sighting
        for sighting in seen
        if sighting.uin not in gone_uins and (sighting.uin or sighting.username not in gone_names)
    ]
    rows = merge_rows(_row(cipher, sighting) for sighting in kept)
    upsert(connection, sightings, rows, earliest=("first_seen",), latest=("last_seen",))
    return Counter({STORED: len(kept), ERASED: len(seen) - len(kept)})


def _row(cipher: VaultCipher, sighting: AccountSighting) -> dict[str, Any]:
    """Return the encrypted row of a sighting."""
    epoch = sighting.epoch
    return {
        "uin_pseudonym": sighting.uin_pseudonym,
        "username_pseudonym": sighting.username_pseudonym,
        "epoch": epoch,
        "uin": cipher.encrypt(epoch, UIN_FIELD, sighting.uin) if sighting.uin else None,
        "username": cipher.encrypt(epoch, USERNAME_FIELD, sighting.username) if sighting.username else None,
        "first_seen": sighting.first_seen,
        "last_seen": sighting.last_seen,
    }


def merge_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each account of a batch, with the earliest and the latest time."""
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["uin_pseudonym"], row["username_pseudonym"])
        there = merged.setdefault(key, row)
        there["first_seen"] = min(there["first_seen"], row["first_seen"])
        there["last_seen"] = max(there["last_seen"], row["last_seen"])
    return list(merged.values())


def _name_holders(
    connection: Connection, cipher: VaultCipher, names: Collection[str]
) -> Mapping[str, set[str]]:
    """Return the accounts that hold or held each user name."""
    name_of = {pseudonym: name for name in names for pseudonym in cipher.username_pseudonyms(name).values()}
    query = select(account_names.c.pseudonym, account_names.c.account_id)
    holders: dict[str, set[str]] = {}
    for row in select_in(connection, query, account_names.c.pseudonym, name_of):
        holders.setdefault(name_of[row.pseudonym], set()).add(row.account_id)
    return holders


def _lock(connection: Connection, account_ids: Collection[str]) -> set[str]:
    """Lock accounts against erasure until the transaction ends and return those that are there."""
    query = select(accounts.c.account_id).with_for_update(read=True)
    return {row.account_id for row in select_in(connection, query, accounts.c.account_id, account_ids)}


def _erased_names(connection: Connection, cipher: VaultCipher, names: Collection[str]) -> set[str]:
    """Return those of the user names that went with an erased account."""
    name_of = {
        cipher.erasure_digest(epoch, pseudonym): name
        for name in names
        for epoch, pseudonym in cipher.username_pseudonyms(name).items()
    }
    found = select_in(connection, select(erased.c.digest), erased.c.digest, name_of)
    return {name_of[row.digest] for row in found}


class _UpsertAccountsFn(SinkFn):
    def __init__(self, database: Database, ring: KeyRing, rules: AccountRules, most_accounts: int) -> None:
        self._vault = Vault(database, VaultCipher(ring, rules))
        self._collector = SightingCollector(ring.current.epoch, most_accounts)
        self._meter = Meter("UpsertAccounts")

    def setup(self) -> None:
        prepare(self._vault.database)

    def start_bundle(self) -> None:
        self._collector.drain()

    def teardown(self) -> None:
        self._vault.database.close()

    def take(self, seen: Sequence[AccountSighting]) -> None:
        self._meter.count(taken=len(seen), given=0)
        see = self._collector.see
        for sighting in seen:
            uin = (sighting.uin_pseudonym, sighting.uin)
            username = (sighting.username_pseudonym, sighting.username)
            see(uin, username, sighting.first_seen)
            see(uin, username, sighting.last_seen)
        if self._collector.full:
            self.flush()

    def flush(self) -> None:
        for seen in slices(self._collector.drain(), TRANSACTION_SIZE):
            counts = record_sightings(self._vault, seen)
            self._meter.count(taken=0, given=counts[STORED])
            self._meter.count_rejected({name: counts[name] for name in (ERASED, TOO_LONG)})


@beam.typehints.with_input_types(AccountSighting)
@dataclass
class UpsertAccounts(beam.PTransform[Any, Any]):
    """Store the accounts that the logs show in the vault.

    *Input*: `AccountSighting`. *Output*: none. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: nothing; values over the vault's length and erased accounts are counted.
    *Guarantee*: idempotent; a bundle that is repeated changes nothing. An account costs the database one row a
    bundle, or one for every `most_accounts` distinct accounts, which are held in memory.
    """

    database: Database
    ring: KeyRing
    policy: Policy
    most_accounts: int = 20_000

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            **shown_policy(self.policy),
            "key_epoch": self.ring.current.epoch,
            "most_accounts": self.most_accounts,
        }

    def expand(self, seen: PCollection[AccountSighting]) -> PCollection[None]:
        """Apply the writing."""
        return seen | "StoreSightings" >> beam.ParDo(self.writer())

    def writer(self) -> beam.DoFn:
        """Return what writes, for a step that must know when it has written."""
        return _UpsertAccountsFn(self.database, self.ring, AccountRules.of(self.policy), self.most_accounts)

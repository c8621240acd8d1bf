"""Random account life-cycle histories: nothing stays past its deadline, and nothing is erased early."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from pipelines.keys.rings import KeyRing
from pipelines.vault.erasure import claim, complete, due_accounts, overdue_accounts
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.sightings import record_sightings
from pipelines.vault.tables import sightings
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import DAY_MS, AccountEvent, AccountEventKind, AccountSighting
from schemas.policy.file import default_policy
from tests.mariadb import MariaDb

START = 20_000
DAYS = 120
LONGEST_DELAY_DAYS = 6
REPEATED_AFTER_DAYS = 45
BATCH = 2_000
WEIGHTS = {"created": 3, "updated": 3, "suspended": 1, "terminated": 4, "deleted": 2, "restored": 2}


@dataclass
class Model:
    """One account as a person would work it out on paper, from what has arrived."""

    events: dict[str, AccountEvent] = field(default_factory=dict)
    cut: int | None = None

    def arrive(self, event: AccountEvent) -> None:
        """Take an event in, unless it is of an erased life or repeated."""
        if self.cut is None or event.time > self.cut:
            self.events.setdefault(event.id, event)

    @property
    def known(self) -> bool:
        """Tell whether there is an account: one that was erased comes back by a revival only."""
        return self.cut is None or any(
            event.kind.value in ("created", "restored") for event in self.events.values()
        )

    @property
    def terminated_at(self) -> int | None:
        """Return when the account ended, None if it lives."""
        ended = None
        order = ("created", "updated", "suspended", "restored", "terminated", "deleted")
        for event in sorted(self.events.values(), key=lambda one: (one.time, order.index(one.kind.value))):
            if event.kind.value in ("terminated", "deleted"):
                ended = event.time if ended is None else ended
            elif event.kind.value in ("created", "restored"):
                ended = None
        return ended

    def is_due(self, midnight: int) -> bool:
        """Tell whether the deadline falls into the day that begins."""
        ended = self.terminated_at
        return ended is not None and self.known and ended + 30 * DAY_MS < midnight + DAY_MS

    def erase(self) -> None:
        """End the life."""
        self.cut = self.terminated_at
        self.events = {
            key: event for key, event in self.events.items() if self.cut is None or event.time > self.cut
        }


def histories(number: int, chance: random.Random) -> dict[int, list[AccountEvent]]:
    """Return random events by the day on which they arrive: late, repeated and out of order."""
    arriving: dict[int, list[AccountEvent]] = defaultdict(list)
    kinds = [AccountEventKind(name) for name in WEIGHTS]
    for account in range(number):
        for place in range(chance.randint(1, 6)):
            (kind,) = chance.choices(kinds, WEIGHTS.values())
            time = START * DAY_MS + chance.randrange(DAYS * DAY_MS) // 3_600_000 * 3_600_000
            name = f"name{chance.randrange(number)}" if kind.value in ("created", "updated") else None
            event = AccountEvent(f"{account}/{place}", kind, time, f"1000{account}", name)
            for _ in range(chance.choice((1, 1, 1, 2))):
                arriving[time // DAY_MS + 1 + chance.randrange(LONGEST_DELAY_DAYS)].append(event)
            if chance.random() < 0.05:
                arriving[time // DAY_MS + REPEATED_AFTER_DAYS].append(event)
    for events in arriving.values():
        chance.shuffle(events)
    return arriving


def seen(vault: Vault, number: int, midnight: int, chance: random.Random) -> list[AccountSighting]:
    """Return sightings of some accounts, erased ones among them."""
    uins = [f"1000{chance.randrange(number)}" for _ in range(max(10, number // 2000))]
    return [
        AccountSighting("1", vault.cipher.uin_pseudonyms(uin)["1"], "", uin, "", midnight - 1, midnight - 1)
        for uin in uins
    ]


def batches(events: list[AccountEvent]) -> Iterator[list[AccountEvent]]:
    return (events[start : start + BATCH] for start in range(0, len(events), BATCH))


def live(vault: Vault, number: int, chance: random.Random) -> int:
    """Let all days pass, check the vault against the models each midnight; return how many were erased."""
    arriving = histories(number, chance)
    models: dict[str, Model] = defaultdict(Model)
    uin_of = {vault.cipher.account_id(f"1000{account}"): f"1000{account}" for account in range(number)}
    erased = 0
    for day in range(START, START + DAYS + REPEATED_AFTER_DAYS):
        midnight = day * DAY_MS
        for batch in batches(arriving.pop(day, [])):
            apply_events(vault, batch)
            for event in batch:
                models[event.uin].arrive(event)
        record_sightings(vault, seen(vault, number, midnight, chance))
        due = claim(vault, due_accounts(vault, midnight))
        assert {uin_of[account] for account in due} == {
            uin for uin, model in models.items() if model.is_due(midnight)
        }
        complete(vault, due, midnight)
        for account in due:
            models[uin_of[account]].erase()
        assert overdue_accounts(vault.database, midnight + DAY_MS - 1) == []
        erased += len(due)
    assert stored_uins(vault).isdisjoint(
        vault.cipher.uin_pseudonyms(uin)["1"]
        for uin, model in models.items()
        if model.cut is not None and not model.known
    )
    return erased


def stored_uins(vault: Vault) -> set[str]:
    query = select(sightings.c.uin_pseudonym)
    return vault.database.run(lambda connection: {row[0] for row in connection.execute(query)})


@pytest.mark.parametrize("seed", [pytest.param(seed, id=f"seed-{seed}") for seed in range(3)])
def test_every_account_goes_on_its_day_and_no_other(vault: Vault, seed: int) -> None:
    assert live(vault, 300, random.Random(seed)) > 100


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_accounts_go_on_their_day_and_no_other(mariadb: MariaDb, ring: KeyRing) -> None:
    vault = open_vault(mariadb.make_database("histories"), ring, default_policy())
    assert live(vault, 100_000, random.Random(7)) > 30_000
    vault.database.close()

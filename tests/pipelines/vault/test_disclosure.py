"""Revealing a pseudonym: recorded first, with a reason, and not too often."""

import pytest
from sqlalchemy import select

from pipelines.vault.disclosure import count_states, reveal
from pipelines.vault.epochs import carry_accounts, forget_epoch
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.tables import disclosures
from pipelines.vault.vault import Vault
from schemas.accounts import DAY_MS, AccountEvent, AccountEventKind
from schemas.errors import VaultError

HOUR = 3_600_000
NOW = 20_000 * DAY_MS


@pytest.fixture
def pseudonym(vault: Vault) -> str:
    """Return the pseudonym of an account that the vault knows."""
    apply_events(vault, [AccountEvent("a", AccountEventKind.CREATED, NOW, "100", "lin")])
    return vault.cipher.uin_pseudonyms("100")["1"]


def outcomes(vault: Vault) -> list[tuple[str, str, str]]:
    query = select(disclosures.c.actor, disclosures.c.reason, disclosures.c.outcome)
    return vault.database.run(
        lambda connection: [(row[0], row[1], row[2]) for row in connection.execute(query)]
    )


def test_a_reveal_is_recorded_with_who_and_why(vault: Vault, pseudonym: str) -> None:
    assert reveal(vault, pseudonym, "ticket 4711", "support-3", NOW).uins == ("100",)
    assert outcomes(vault) == [("support-3", "ticket 4711", "revealed")]


@pytest.mark.parametrize("reason", [pytest.param("", id="empty"), pytest.param("  ", id="blank")])
def test_a_reveal_without_a_reason_is_refused(vault: Vault, pseudonym: str, reason: str) -> None:
    with pytest.raises(VaultError, match="--reason"):
        reveal(vault, pseudonym, reason, "me", NOW)


def test_a_reveal_of_nobody_is_recorded_too(vault: Vault) -> None:
    with pytest.raises(VaultError, match="nobody"):
        reveal(vault, "uin_1_" + "a" * 20, "ticket 1", "me", NOW)
    assert outcomes(vault) == [("me", "ticket 1", "unknown")]


def test_the_record_is_there_before_the_answer_even_if_the_answer_fails(vault: Vault, pseudonym: str) -> None:
    other = Vault(vault.database, type(vault.cipher)(_other_ring(vault), vault.rules))
    with pytest.raises(VaultError, match="not the one"):
        reveal(other, pseudonym, "ticket 2", "me", NOW)
    assert outcomes(vault) == [("me", "ticket 2", "asked")]


def _other_ring(vault: Vault) -> object:
    ring = vault.cipher.ring
    return type(ring)((type(ring.current)(bytes(32), ring.current.epoch),))


@pytest.mark.parametrize(
    "later", [pytest.param(HOUR - 1, id="within-the-hour"), pytest.param(-HOUR, id="clock-jumped-back")]
)
def test_too_many_reveals_are_refused(vault: Vault, pseudonym: str, later: int) -> None:
    for _ in range(3):
        reveal(vault, pseudonym, "ticket 3", "me", NOW, limit=3)
    with pytest.raises(VaultError, match="within an hour"):
        reveal(vault, pseudonym, "ticket 3", "me", NOW + later, limit=3)


def test_after_an_hour_pseudonyms_are_revealed_again(vault: Vault, pseudonym: str) -> None:
    for _ in range(3):
        reveal(vault, pseudonym, "ticket 3", "me", NOW, limit=3)
    assert reveal(vault, pseudonym, "ticket 3", "me", NOW + HOUR, limit=3).usernames == ()


def test_the_pseudonyms_of_a_destroyed_epoch_are_linked_to_nobody(vault: Vault, pseudonym: str) -> None:
    ring = vault.cipher.ring.new_epoch()
    both = Vault(vault.database, type(vault.cipher)(ring, vault.rules))
    carry_accounts(both)
    forget_epoch(both, "1")
    left = Vault(vault.database, type(vault.cipher)(type(ring)(ring.keys[1:], ("1",)), vault.rules))
    with pytest.raises(VaultError, match="epoch 1 is not here"):
        reveal(left, pseudonym, "ticket 5", "me", NOW)
    assert reveal(left, left.cipher.uin_pseudonyms("100")["2"], "ticket 6", "me", NOW).uins == ("100",)
    assert count_states(left, NOW)["active"] == 1

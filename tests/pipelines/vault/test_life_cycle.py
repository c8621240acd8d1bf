"""Account events: each applied once, whatever their order."""

import itertools

import pytest
from sqlalchemy import select

from pipelines.vault.disclosure import count_states, find, status_of
from pipelines.vault.erasure import claim, complete, due_accounts
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.tables import account_names, account_uins
from pipelines.vault.vault import Vault
from schemas.accounts import DAY_MS, AccountEvent, AccountEventKind

CREATED, UPDATED, SUSPENDED, RESTORED, TERMINATED, DELETED = AccountEventKind
UIN = "100012345678"
START = 20_000 * DAY_MS


def history(*kinds: AccountEventKind) -> list[AccountEvent]:
    return [
        AccountEvent(f"event-{place}", kind, START + place * DAY_MS, UIN) for place, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "state", "terminated_on_day"),
    [
        pytest.param((CREATED, UPDATED, SUSPENDED), "suspended", None, id="suspended"),
        pytest.param((CREATED, SUSPENDED, RESTORED), "active", None, id="restored-from-suspension"),
        pytest.param((CREATED, TERMINATED, DELETED), "terminated", 1, id="the-first-termination-counts"),
        pytest.param((CREATED, TERMINATED, RESTORED), "active", None, id="restored-before-the-deadline"),
        pytest.param((TERMINATED, RESTORED, TERMINATED), "terminated", 2, id="terminated-again"),
        pytest.param((CREATED, TERMINATED, UPDATED), "terminated", 1, id="an-update-revives-nobody"),
    ],
)
def test_every_order_of_arrival_ends_in_the_same_state(
    vault: Vault, kinds: tuple[AccountEventKind, ...], state: str, terminated_on_day: int | None
) -> None:
    for number, order in enumerate(itertools.permutations(history(*kinds))):
        uin = f"{UIN}{number}"
        for event in order:
            apply_events(vault, [AccountEvent(f"{event.id}/{number}", event.kind, event.time, uin)])
        status = status_of(vault, uin)
        assert status is not None
        expected = None if terminated_on_day is None else START + terminated_on_day * DAY_MS
        assert (status.state, status.terminated_at) == (state, expected)
        assert status.erase_by == (None if expected is None else expected + 30 * DAY_MS)


def test_a_repeated_event_changes_nothing(vault: Vault) -> None:
    events = history(CREATED, TERMINATED)
    assert apply_events(vault, events)["applied"] == 2
    assert apply_events(vault, [*events, events[0]]) == {"repeated": 3, "applied": 0, "late": 0}
    assert count_states(vault, START)["terminated"] == 1


def test_at_equal_times_a_termination_holds(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("b", TERMINATED, START, UIN), AccountEvent("a", RESTORED, START, UIN)])
    status = status_of(vault, UIN)
    assert status is not None
    assert status.state == "terminated"


def test_a_renamed_account_is_found_by_both_names(vault: Vault) -> None:
    apply_events(
        vault,
        [
            AccountEvent("a", CREATED, START, UIN, "lin.chen"),
            AccountEvent("b", UPDATED, START + 1, UIN, "chen.lin"),
        ],
    )
    expected = {
        *vault.cipher.uin_pseudonyms(UIN).values(),
        *vault.cipher.username_pseudonyms("lin.chen").values(),
        *vault.cipher.username_pseudonyms("chen.lin").values(),
    }
    assert {one.pseudonym for one in find(vault, UIN)} == expected


def test_neither_uin_nor_user_name_is_stored_in_the_clear(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("a", CREATED, START, UIN, "lin.chen")])
    stored = vault.database.run(
        lambda connection: [
            value
            for table in (account_uins, account_names)
            for row in connection.execute(select(table))
            for value in row
        ]
    )
    text = " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in stored)
    for secret in (UIN, "lin.chen"):
        assert secret not in text
        assert secret.encode().hex() not in text


def erase_all(vault: Vault, as_of: int) -> None:
    due = due_accounts(vault, as_of)
    complete(vault, claim(vault, due), as_of)


def test_events_of_an_erased_life_are_late_and_store_nothing(vault: Vault) -> None:
    events = history(CREATED, UPDATED, TERMINATED)
    apply_events(vault, [events[0], events[2]])
    erase_all(vault, START + 40 * DAY_MS)
    assert apply_events(vault, events) == {"late": 3, "repeated": 0, "applied": 0}
    assert status_of(vault, UIN) is None


def test_an_erased_account_that_is_restored_begins_without_its_past(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("a", CREATED, START, UIN, "lin.chen")])
    apply_events(vault, [AccountEvent("b", TERMINATED, START + 1, UIN)])
    erase_all(vault, START + 40 * DAY_MS)
    apply_events(vault, [AccountEvent("c", RESTORED, START + 41 * DAY_MS, UIN)])
    status = status_of(vault, UIN)
    assert status is not None
    assert status.state == "active"
    assert [one.field for one in find(vault, UIN)] == ["uin"]


def test_a_termination_that_came_before_its_own_revival_is_not_forgotten(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("a", TERMINATED, START, UIN)])
    apply_events(vault, [AccountEvent("c", TERMINATED, START + 29 * DAY_MS, UIN)])
    erase_all(vault, START + 30 * DAY_MS)
    apply_events(vault, [AccountEvent("d", DELETED, START + 33 * DAY_MS, UIN)])
    assert status_of(vault, UIN) is None
    apply_events(vault, [AccountEvent("b", CREATED, START + 28 * DAY_MS, UIN)])
    status = status_of(vault, UIN)
    assert status is not None
    assert (status.state, status.terminated_at) == ("terminated", START + 29 * DAY_MS)


def test_a_restoration_during_the_erasure_starts_a_new_life(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("a", CREATED, START, UIN, "lin.chen")])
    apply_events(vault, [AccountEvent("b", TERMINATED, START + 1, UIN)])
    claimed = claim(vault, due_accounts(vault, START + 30 * DAY_MS))
    apply_events(vault, [AccountEvent("c", RESTORED, START + 30 * DAY_MS, UIN, "lin.again")])
    complete(vault, claimed, START + 30 * DAY_MS)
    status = status_of(vault, UIN)
    assert status is not None
    assert status.state == "active"
    assert {one.pseudonym for one in find(vault, UIN) if one.field == "username"} == set(
        vault.cipher.username_pseudonyms("lin.again").values()
    )
    assert due_accounts(vault, START + 100 * DAY_MS) == []

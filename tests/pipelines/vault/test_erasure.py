"""Erasure in the vault: on the day, neither before nor after, and completely."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from pipelines.keys.rings import KeyRing
from pipelines.vault.disclosure import reveal
from pipelines.vault.erased_marks import erased_marks
from pipelines.vault.erasure import claim, complete, due_accounts, find_targets, overdue_accounts
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.sightings import record_sightings
from pipelines.vault.tables import disclosures, erased, metadata
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import DAY_MS, AccountEvent, AccountEventKind, AccountSighting, ErasureTarget
from schemas.errors import VaultError
from schemas.policy.file import default_policy
from schemas.policy.tokens import Tokens
from transforms import pseudonyms

CREATED, UPDATED, SUSPENDED, RESTORED, TERMINATED, DELETED = AccountEventKind
START = 20_000 * DAY_MS
NOON = DAY_MS // 2


def sighting(vault: Vault, uin: str, username: str, first: int = START, last: int = START) -> AccountSighting:
    key = vault.cipher.ring.current
    return AccountSighting(
        key.epoch,
        vault.cipher.uin_pseudonyms(uin)[key.epoch] if uin else "",
        vault.cipher.username_pseudonyms(username)[key.epoch] if username else "",
        uin,
        username,
        first,
        last,
    )


def rows(vault: Vault) -> dict[str, int]:
    return vault.database.run(
        lambda connection: {
            table.name.removeprefix("logveil_"): connection.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
        }
    )


def erase(vault: Vault, as_of: int) -> set[str]:
    claimed = claim(vault, due_accounts(vault, as_of))
    complete(vault, claimed, as_of)
    return claimed


@pytest.mark.parametrize(
    ("day", "due"),
    [
        pytest.param(29, 0, id="day-29"),
        pytest.param(30, 1, id="day-30"),
        pytest.param(31, 1, id="day-31"),
    ],
)
def test_an_account_is_due_from_midnight_of_its_thirtieth_day(vault: Vault, day: int, due: int) -> None:
    apply_events(vault, [AccountEvent("a", TERMINATED, START + NOON, "100")])
    assert len(due_accounts(vault, START + day * DAY_MS)) == due
    assert len(due_accounts(vault, START + day * DAY_MS + DAY_MS - 1)) == due


def test_an_account_is_overdue_after_its_deadline_and_not_at_it(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("a", TERMINATED, START + NOON, "100")])
    deadline = START + NOON + 30 * DAY_MS
    assert overdue_accounts(vault.database, deadline) == []
    assert len(overdue_accounts(vault.database, deadline + 1)) == 1


def test_an_account_restored_after_the_plan_is_left_alone(vault: Vault) -> None:
    apply_events(vault, [AccountEvent("a", TERMINATED, START, "100")])
    due = due_accounts(vault, START + 30 * DAY_MS)
    apply_events(vault, [AccountEvent("b", RESTORED, START + 29 * DAY_MS, "100")])
    assert claim(vault, due) == set()


def test_every_row_of_an_erased_account_goes_and_no_other(vault: Vault) -> None:
    for uin, name in (("100", "lin"), ("200", "wang")):
        apply_events(vault, [AccountEvent(f"c{uin}", CREATED, START, uin, name)])
        record_sightings(vault, [sighting(vault, uin, name), sighting(vault, "", name)])
    before = rows(vault)
    apply_events(vault, [AccountEvent("t", TERMINATED, START, "100")])
    erase(vault, START + 30 * DAY_MS)
    after = rows(vault)
    assert {name: before[name] - after[name] for name in before if name not in ("erased", "disclosures")} == {
        "accounts": 1,
        "account_uins": 1,
        "account_names": 1,
        "account_events": 1,
        "sightings": 2,
    }
    assert after["erased"] == 2


def test_an_erased_account_can_no_longer_be_revealed(vault: Vault) -> None:
    seen = sighting(vault, "100", "lin")
    record_sightings(vault, [seen])
    apply_events(vault, [AccountEvent("t", TERMINATED, START, "100")])
    assert reveal(vault, seen.username_pseudonym, "ticket 7", "me", START).uins == ("100",)
    erase(vault, START + 30 * DAY_MS)
    for pseudonym in (seen.uin_pseudonym, seen.username_pseudonym):
        with pytest.raises(VaultError, match="nobody is known"):
            reveal(vault, pseudonym, "ticket 7", "me", START + 30 * DAY_MS)


def test_the_audit_rows_stay_and_no_longer_say_for_whom(vault: Vault) -> None:
    mine, other = (vault.cipher.uin_pseudonyms(uin)["1"] for uin in ("100", "200"))
    for uin in ("100", "200"):
        apply_events(vault, [AccountEvent(f"c{uin}", CREATED, START, uin)])
    for pseudonym in (mine, other):
        reveal(vault, pseudonym, "ticket 7", "me", START)
    apply_events(vault, [AccountEvent("t", TERMINATED, START, "100")])
    erase(vault, START + 30 * DAY_MS)
    with pytest.raises(VaultError, match="nobody is known"):
        reveal(vault, mine, "ticket 8", "me", START + 30 * DAY_MS)
    query = select(disclosures.c.reason, disclosures.c.pseudonym, disclosures.c.outcome)
    stored = vault.database.run(lambda connection: {tuple(row) for row in connection.execute(query)})
    assert stored == {
        ("ticket 7", "<ERASED>", "revealed"),
        ("ticket 7", other, "revealed"),
        ("ticket 8", "<ERASED>", "unknown"),
    }


@pytest.mark.parametrize("uin", [pytest.param("100", id="with-uin"), pytest.param("", id="name-alone")])
def test_a_late_sighting_of_an_erased_account_is_not_stored(vault: Vault, uin: str) -> None:
    apply_events(vault, [AccountEvent("c", CREATED, START, "100", "lin")])
    apply_events(vault, [AccountEvent("t", TERMINATED, START, "100")])
    erase(vault, START + 30 * DAY_MS)
    assert record_sightings(vault, [sighting(vault, uin, "lin")]) == {"erased": 1}
    assert rows(vault)["sightings"] == 0


def test_what_is_remembered_of_an_erased_account_goes_when_no_log_line_can_name_it(vault: Vault) -> None:
    for uin, day in (("100", 0), ("200", 211)):
        apply_events(vault, [AccountEvent(uin, TERMINATED, START + day * DAY_MS, uin)])
        erase(vault, START + (day + 30) * DAY_MS)
    stored = vault.database.run(lambda connection: connection.execute(select(erased.c.cut)).all())
    assert [row.cut for row in stored] == [START + 211 * DAY_MS]


def test_a_user_name_that_passed_on_goes_only_for_the_time_it_was_held(vault: Vault) -> None:
    apply_events(
        vault,
        [
            AccountEvent("a", CREATED, START, "100", "lin"),
            AccountEvent("b", UPDATED, START + DAY_MS, "100", "lin.old"),
            AccountEvent("c", CREATED, START + 2 * DAY_MS, "200", "lin"),
        ],
    )
    record_sightings(
        vault,
        [
            sighting(vault, "", "lin", START, START),
            sighting(vault, "", "lin.old"),
            sighting(vault, "200", "lin", START + 3 * DAY_MS, START + 3 * DAY_MS),
        ],
    )
    apply_events(vault, [AccountEvent("t", TERMINATED, START + 4 * DAY_MS, "100")])
    claimed = claim(vault, due_accounts(vault, START + 34 * DAY_MS))
    (targets,) = find_targets(vault, claimed).values()
    (name,) = vault.cipher.username_pseudonyms("lin").values()
    assert [target for target in targets if target.pseudonym == name] == [
        ErasureTarget(name, "username", 0, START + DAY_MS)
    ]
    complete(vault, claimed, START + 34 * DAY_MS)
    assert reveal(vault, name, "ticket 7", "me", START).uins == ("200",)


def test_a_name_seen_alone_in_its_next_holders_time_stays(vault: Vault) -> None:
    apply_events(
        vault,
        [
            AccountEvent("a", CREATED, START, "100", "lin"),
            AccountEvent("b", CREATED, START + 2 * DAY_MS, "200", "lin"),
            AccountEvent("t", TERMINATED, START + 4 * DAY_MS, "100"),
        ],
    )
    record_sightings(vault, [sighting(vault, "", "lin", START + 3 * DAY_MS, START + 3 * DAY_MS)])
    erase(vault, START + 34 * DAY_MS)
    assert rows(vault)["sightings"] == 1


def test_pseudonyms_of_every_living_epoch_are_targets(vault: Vault) -> None:
    rotated = Vault(vault.database, type(vault.cipher)(vault.cipher.ring.new_epoch(), vault.rules))
    apply_events(vault, [AccountEvent("t", TERMINATED, START, "100", "lin")])
    claimed = claim(rotated, due_accounts(rotated, START + 30 * DAY_MS))
    (targets,) = find_targets(rotated, claimed).values()
    assert sorted(target.pseudonym[:6] for target in targets) == ["uin_1_", "uin_2_", "usr_1_", "usr_2_"]


def test_a_mail_address_that_texts_may_be_followed_by_goes_with_the_account(
    vault_url: str, ring: KeyRing
) -> None:
    vault = open_vault(vault_url, ring, replace(default_policy(), tokens=Tokens.KEYED))
    apply_events(vault, [AccountEvent("a", CREATED, START, "100", "Anna.Smith@Example.com")])
    apply_events(vault, [AccountEvent("b", TERMINATED, START, "100")])
    due = due_accounts(vault, START + 30 * DAY_MS)
    (targets,) = find_targets(vault, [one.account_id for one in due]).values()
    token = pseudonyms.pseudonym(ring.current, "eml", "text.mail", "anna.smith@example.com")
    assert ErasureTarget(token, "username") in targets
    assert erase(vault, START + 30 * DAY_MS) == {due[0].account_id}
    marks = erased_marks(vault)
    vault.database.close()
    assert vault.cipher.erasure_digest(ring.current.epoch, token) in marks

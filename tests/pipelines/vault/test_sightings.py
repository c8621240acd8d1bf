"""Sightings: one row an account however often it is seen, and the pipeline that writes them."""

import pickle

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from sqlalchemy import select

from pipelines.keys.rings import KeyRing
from pipelines.vault.disclosure import reveal
from pipelines.vault.sightings import UpsertAccounts, record_sightings
from pipelines.vault.tables import sightings
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import AccountSighting
from schemas.errors import VaultError
from schemas.policy.file import default_policy


def seen(vault: Vault, uin: str, username: str, first: int, last: int) -> AccountSighting:
    return AccountSighting(
        "1",
        vault.cipher.uin_pseudonyms(uin)["1"] if uin else "",
        vault.cipher.username_pseudonyms(username)["1"] if username else "",
        uin,
        username,
        first,
        last,
    )


def times(vault: Vault) -> list[tuple[int, int]]:
    query = select(sightings.c.first_seen, sightings.c.last_seen)
    return vault.database.run(lambda connection: [(row[0], row[1]) for row in connection.execute(query)])


def test_one_account_is_one_row_from_its_first_to_its_last_time(vault: Vault) -> None:
    record_sightings(vault, [seen(vault, "100", "lin", 50, 60), seen(vault, "100", "lin", 40, 45)])
    record_sightings(vault, [seen(vault, "100", "lin", 55, 70)])
    assert times(vault) == [(40, 70)]


def test_a_repeated_batch_changes_nothing(vault: Vault) -> None:
    batch = [seen(vault, str(number), "", 1, 2) for number in range(100)]
    for _ in range(2):
        assert record_sightings(vault, batch) == {"stored": 100}
    assert times(vault) == [(1, 2)] * 100


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("林晓", id="chinese"),
        pytest.param("a\udc80b", id="lone-surrogate"),
        pytest.param("'; --", id="sql"),
    ],
)
def test_any_user_name_comes_back_as_it_was(vault: Vault, name: str) -> None:
    sighting = seen(vault, "", name, 1, 1)
    record_sightings(vault, [sighting])
    assert reveal(vault, sighting.username_pseudonym, "ticket 1", "me", 1).usernames == (name,)


def test_a_value_too_long_to_be_an_account_is_counted_and_not_stored(vault: Vault) -> None:
    assert record_sightings(vault, [seen(vault, "", "x" * 513, 1, 1)]) == {"too_long": 1}
    assert times(vault) == []


def test_no_key_but_the_vaults_own_reveals_anyone(vault: Vault, vault_url: str) -> None:
    sighting = seen(vault, "100", "", 1, 1)
    record_sightings(vault, [sighting])
    ring = vault.cipher.ring
    stranger = KeyRing((type(ring.current)(b"x" * 32, "1"),))
    with pytest.raises(VaultError, match="not the one"):
        reveal(open_vault(vault_url, stranger, default_policy()), sighting.uin_pseudonym, "why", "me", 1)


def test_the_pipeline_stores_every_account_once(vault: Vault, vault_url: str) -> None:
    batch = [seen(vault, str(number % 50), "", number, number) for number in range(500)]
    policy = default_policy()
    with beam.Pipeline("FnApiRunner", options=PipelineOptions([])) as pipeline:
        made = pipeline | "MakeSightings" >> beam.Create(batch)
        made | "StoreAccounts" >> UpsertAccounts(vault.database, vault.cipher.ring, policy, 64)  # type: ignore[operator]
    assert sorted(times(vault)) == [(number, number + 450) for number in range(50)]


def test_a_sighting_shows_no_value_in_its_repr(vault: Vault) -> None:
    shown = repr(seen(vault, "100012345678", "lin.chen", 1, 1))
    assert "100012345678" not in shown
    assert "lin.chen" not in shown


def test_a_vault_travels_to_workers(vault: Vault) -> None:
    travelled: Vault = pickle.loads(pickle.dumps(vault))
    assert record_sightings(travelled, [seen(vault, "100", "", 1, 1)]) == {"stored": 1}
    travelled.database.close()

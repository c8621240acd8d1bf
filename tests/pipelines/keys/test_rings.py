"""Keys: where they come from, what is refused, and what becomes of an epoch."""

import base64
import logging
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.keys.files import KEY_VARIABLE
from pipelines.keys.rings import KeyRing, development_keys, load_keys, make_ring
from schemas.errors import KeyFileError
from transforms.pseudonyms import pseudonym

NOW = "2026-11-24T00:00:00+00:00"
SECRET = bytes(range(32))


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """Return the folder of a key ring with one epoch."""
    make_ring(tmp_path / "ring")
    return tmp_path / "ring"


def key_file(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SECRET, id="raw"),
        pytest.param(SECRET.hex().encode() + b"\n", id="hex"),
        pytest.param(base64.b64encode(SECRET), id="base64"),
    ],
)
def test_a_key_file_holds_32_bytes_in_one_of_three_forms(tmp_path: Path, data: bytes) -> None:
    assert load_keys(key_file(tmp_path / "key", data), {}).current.secret == SECRET


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(SECRET[:31], id="one-byte-short"),
        pytest.param(SECRET + b"x", id="one-byte-long"),
        pytest.param(SECRET.hex().encode()[:-2], id="short-hex"),
        pytest.param(b"\xff" * 40, id="binary"),
    ],
)
def test_a_file_of_another_size_is_refused_without_showing_it(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(KeyFileError, match="does not hold 32 bytes") as caught:
        load_keys(key_file(tmp_path / "key", data), {})
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "mode", [pytest.param(0o640, id="group"), pytest.param(0o604, id="others"), pytest.param(0o666, id="all")]
)
def test_a_key_that_others_could_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keys(key_file(tmp_path / "key", SECRET, mode), {})


@pytest.mark.parametrize(
    "text",
    [pytest.param(SECRET.hex(), id="hex"), pytest.param(base64.b64encode(SECRET).decode(), id="base64")],
)
def test_the_environment_holds_a_key(text: str) -> None:
    assert load_keys(None, {KEY_VARIABLE: text}).current.secret == SECRET


def test_a_wrong_key_in_the_environment_is_refused_without_showing_it() -> None:
    with pytest.raises(KeyFileError, match="32 bytes") as caught:
        load_keys(None, {KEY_VARIABLE: "not-a-key-at-all"})
    assert "not-a-key-at-all" not in str(caught.value)


def test_without_any_key_the_message_says_where_one_is_looked_for() -> None:
    with pytest.raises(KeyFileError, match=KEY_VARIABLE):
        load_keys(None, {})


def test_a_named_epoch_goes_with_a_single_key() -> None:
    environment = {KEY_VARIABLE: SECRET.hex(), "LOGVEIL_KEY_EPOCH": "2026q4"}
    assert load_keys(None, environment).current.epoch == "2026q4"


@pytest.mark.parametrize(
    "epoch",
    [pytest.param("A", id="capital"), pytest.param("123456789", id="long"), pytest.param("", id="none")],
)
def test_an_epoch_that_a_pseudonym_could_not_carry_is_refused(epoch: str) -> None:
    with pytest.raises(KeyFileError, match="LOGVEIL_KEY_EPOCH"):
        load_keys(None, {KEY_VARIABLE: SECRET.hex(), "LOGVEIL_KEY_EPOCH": epoch})


def test_a_development_key_is_made_once_beside_the_root_and_announced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        first = development_keys(tmp_path / "out")
        again = development_keys(tmp_path / "out")
    assert first == again
    assert len(caplog.records) == 1
    assert str(tmp_path / "out.keys") in caplog.text
    assert (tmp_path / "out.keys" / "1.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out.keys").stat().st_mode & 0o777 == 0o700


def test_processes_that_start_at_once_share_one_development_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(development_keys, [tmp_path / "out"] * 8))
    assert len({ring.current.secret for ring in rings}) == 1
    assert os.listdir(tmp_path) == ["out.keys"]


def test_a_new_epoch_is_current_and_the_old_one_lives(ring: Path) -> None:
    old = load_keys(ring, {})
    new = old.new_epoch()
    assert [key.epoch for key in new.keys] == ["1", "2"]
    assert new.current.secret != old.current.secret
    assert load_keys(ring, {}) == new


def test_the_tenth_epoch_follows_the_ninth(ring: Path) -> None:
    keys = load_keys(ring, {})
    for _ in range(9):
        keys = keys.new_epoch()
    assert load_keys(ring, {}).current.epoch == "10"


def test_a_destroyed_epoch_is_gone_from_disk_and_its_number_stays_taken(ring: Path) -> None:
    keys = load_keys(ring, {}).new_epoch()
    secret = keys.keys[0].secret
    left = keys.destroy("1", NOW)
    assert left == load_keys(ring, {})
    assert (left.find("1"), left.destroyed) == (None, ("1",))
    assert all(secret not in path.read_bytes() for path in ring.iterdir())
    assert load_keys(ring, {}).destroy("2", NOW).new_epoch().current.epoch == "3"


def test_a_destruction_cut_short_still_counts(ring: Path) -> None:
    load_keys(ring, {}).new_epoch()
    (ring / "1.destroyed").write_text("")
    assert [key.epoch for key in load_keys(ring, {}).keys] == ["2"]


def test_a_pseudonym_of_a_destroyed_epoch_cannot_be_made_again(ring: Path) -> None:
    keys = load_keys(ring, {})
    before = pseudonym(keys.current, "uin", "uin", "100")
    after = keys.destroy("1", NOW).new_epoch()
    assert before not in {pseudonym(key, "uin", "uin", "100") for key in after.keys}


def test_with_every_epoch_destroyed_there_is_no_current_key(ring: Path) -> None:
    with pytest.raises(KeyFileError, match="every key epoch was destroyed"):
        _ = load_keys(ring, {}).destroy("1", NOW).current


@pytest.mark.parametrize(
    "epoch", [pytest.param("7", id="unknown"), pytest.param("../1", id="path"), pytest.param("", id="empty")]
)
def test_an_epoch_that_is_not_there_cannot_be_destroyed(ring: Path, epoch: str) -> None:
    with pytest.raises(KeyFileError, match="no key of that epoch"):
        load_keys(ring, {}).destroy(epoch, NOW)


def test_an_epoch_that_another_process_is_making_is_not_made_twice(ring: Path) -> None:
    (ring / "2.new").touch()
    with pytest.raises(KeyFileError, match="another process"):
        load_keys(ring, {}).new_epoch()


def test_an_epoch_made_meanwhile_is_not_overwritten(ring: Path) -> None:
    stale = load_keys(ring, {})
    secret = stale.new_epoch().current.secret
    with pytest.raises(KeyFileError, match="meanwhile"):
        stale.new_epoch()
    assert load_keys(ring, {}).current.secret == secret


def test_a_single_key_has_no_epochs_to_change(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="directory"):
        load_keys(key_file(tmp_path / "key", SECRET), {}).new_epoch()


def test_no_repr_shows_a_secret(ring: Path) -> None:
    keys = load_keys(ring, {})
    shown = f"{keys!r} {keys} {keys.current!r} {[keys.current]}"
    assert repr(keys.current.secret) not in shown
    assert keys.current.secret.hex() not in shown


def test_a_ring_travels_to_workers(ring: Path) -> None:
    keys = load_keys(ring, {})
    restored: KeyRing = pickle.loads(pickle.dumps(keys))
    assert restored.current.secret == keys.current.secret

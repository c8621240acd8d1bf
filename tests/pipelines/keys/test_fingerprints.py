"""Another key under a number that is taken is refused: by the ring, by a root, by a vault."""

import json
from pathlib import Path

import fastavro
import pytest

from pipelines.keys.rings import load_keys, make_ring
from pipelines.retention.erase import plan_erasure
from pipelines.retention.verify import verify_root
from pipelines.root.key_marks import check_keys
from pipelines.root.ledger_files import read_ledgers
from pipelines.root.segment_files import read_segments
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import KeyFileError, VaultError
from tests.conftest import NOW_MS
from tests.made_output import POLICY, event_ids
from tests.pipelines.conftest import NOW
from tests.pipelines.lanes.made_lanes import commit, dealt
from transforms.pseudonyms import PseudonymKey

KEY, OTHER = PseudonymKey(bytes(range(32)), "1"), PseudonymKey(bytes(32), "1")


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    make_ring(tmp_path / "ring")
    return tmp_path / "ring"


def test_a_key_file_that_was_replaced_is_refused(ring: Path) -> None:
    (ring / "1.key").write_bytes(bytes(32))
    for path in (ring, ring / "1.key"):
        with pytest.raises(KeyFileError, match="not the key that was made for epoch 1"):
            load_keys(path, {})


def test_a_ring_without_fingerprints_is_used(ring: Path) -> None:
    (ring / "1.fingerprint").unlink()
    assert load_keys(ring, {}).current.epoch == "1"


def test_a_fingerprint_says_nothing_of_the_key(ring: Path) -> None:
    key = load_keys(ring, {}).current
    note = (ring / "1.fingerprint").read_text().strip()
    assert (note, len(note)) == (key.fingerprint, 16)
    assert note not in key.secret.hex()


def lines(number: int) -> list[bytes]:
    return [json.dumps({"__TIMESTAMP__": NOW_MS - 1, "uin": "100012345678", "n": number}).encode()]


def test_a_root_takes_no_events_under_another_key_of_an_epoch(redact, write_lines, tmp_path) -> None:
    redact(write_lines(lines(1), "a.jsonl"), key=KEY)
    assert read_ledgers(tmp_path / "out")[0].key_fingerprint == KEY.fingerprint
    with pytest.raises(KeyFileError, match=r"is not the one that .* was written with"):
        redact(write_lines(lines(2), "b.jsonl"), key=OTHER)
    assert len(event_ids(tmp_path / "out")) == 1
    redact(write_lines(lines(2), "b.jsonl"), key=PseudonymKey(bytes(32), "2"))
    assert len(event_ids(tmp_path / "out")) == 2


def test_an_erasure_by_another_key_finds_nothing_and_so_is_refused(
    redact, write_lines, tmp_path, ring
) -> None:
    redact(write_lines(lines(1)), key=KEY)
    vault = open_vault(f"sqlite:///{tmp_path}/vault.db", load_keys(ring, {}), POLICY)
    with pytest.raises(KeyFileError, match="is not the one that"):
        plan_erasure(vault, tmp_path / "out", NOW, NOW)
    vault.database.close()


def test_a_vault_that_was_filled_with_another_key_is_not_opened(tmp_path: Path, ring: Path) -> None:
    url = f"sqlite:///{tmp_path}/vault.db"
    vault = open_vault(url, load_keys(ring, {}), POLICY)
    apply_events(vault, [AccountEvent("e1", AccountEventKind.CREATED, NOW_MS, "100012345678", "lin.qiao")])
    vault.database.close()
    make_ring(tmp_path / "other")
    with pytest.raises(VaultError, match="is not the one that this vault was filled with"):
        open_vault(url, load_keys(tmp_path / "other", {}), POLICY)


def test_a_root_that_a_stream_wrote_takes_no_other_key(tmp_path: Path) -> None:
    (lane,) = dealt(tmp_path)
    commit(lane, {0: 2})
    (segment,) = read_segments(tmp_path)
    check_keys(tmp_path, [PseudonymKey(bytes(32), "2")])
    with pytest.raises(KeyFileError, match=f"that of its records is {segment.key_fingerprint}"):
        check_keys(tmp_path, [PseudonymKey(bytes(32), segment.key_epoch)])


def test_the_header_of_a_file_names_the_key_of_its_pseudonyms(redact, write_lines, tmp_path) -> None:
    redact(write_lines(lines(1)), key=KEY)
    (path,) = (tmp_path / "out").glob("category=troubleshooting_data/*/*.avro")
    with path.open("rb") as file:
        assert fastavro.reader(file).metadata["logveil.key"] == f"1 {KEY.fingerprint}"
    assert verify_root(tmp_path / "out", NOW, POLICY) == []
    path.write_bytes(path.read_bytes().replace(KEY.fingerprint.encode(), OTHER.fingerprint.encode()))
    details = [problem.detail for problem in verify_root(tmp_path / "out", NOW, POLICY)]
    assert "its pseudonyms are of a key that no run of this root had" in details

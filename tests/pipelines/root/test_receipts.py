"""Receipts are numbered and chained: one that was removed or changed shows."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.root.receipts import append_receipt, chain_faults, find_receipt, read_receipts
from schemas.errors import OutputError
from tests.made_output import STARTED, tree


@pytest.fixture
def root(tmp_path):
    for number in range(3):
        append_receipt(tmp_path, "expire", {"plan": f"digest{number}"}, STARTED)
    return tmp_path


def path_of(root, number):
    return root / "_receipts" / f"{number:06d}" / "expire.json"


def test_a_receipt_says_what_when_and_which_one_came_before(root):
    first, second, _ = read_receipts(root)
    assert (second.number, second.kind, second.body) == (2, "expire", {"plan": "digest1"})
    assert second.at == "2026-11-24T04:00:00+00:00"
    assert second.previous == first.digest


def test_a_chain_as_it_was_written_has_no_fault(root):
    assert chain_faults(root) == []


def test_a_root_without_receipts_has_no_fault(tmp_path):
    assert chain_faults(tmp_path) == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_receipt_shows(root, number):
    shutil.rmtree(path_of(root, number).parent)
    assert f"receipt {number} is missing" in chain_faults(root)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_receipt_shows(root, number):
    path = path_of(root, number)
    path.write_bytes(path.read_bytes().replace(b"digest", b"other"))
    (fault,) = chain_faults(root)
    assert fault.startswith(f"receipt {number} was changed")


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        pytest.param(lambda path: path.write_text("{"), "_receipts/000002 is no receipt", id="not-json"),
        pytest.param(
            lambda path: path.unlink(),
            "_receipts/000002 should hold one receipt and holds 0 files",
            id="emptied",
        ),
    ],
)
def test_a_damaged_receipt_shows(root, damage, fault):
    damage(path_of(root, 2))
    assert chain_faults(root) == [fault]


def test_a_missing_note_of_the_last_receipt_shows(root):
    (root / "_receipts" / "last.json").unlink()
    assert chain_faults(root) == ["_receipts/last.json is missing"]


def test_receipts_written_at_once_each_have_a_number(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: append_receipt(tmp_path, "expire", {"plan": str(n)}, STARTED), range(16)))
    assert sorted(receipt.body["plan"] for receipt in read_receipts(tmp_path)) == sorted(map(str, range(16)))
    assert chain_faults(tmp_path) == []


def test_a_plan_gets_one_receipt_even_if_it_is_asked_for_by_many_at_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        paths = set(
            pool.map(
                lambda _: append_receipt(tmp_path, "expire", {"plan": "same"}, STARTED, once=True), range(16)
            )
        )
    assert len(read_receipts(tmp_path)) == len(paths) == 1


def test_a_receipt_is_found_by_its_plan(root):
    found = find_receipt(root, "expire", "digest1")
    assert found is not None
    assert found.number == 2
    assert find_receipt(root, "erase", "digest1") is None


def test_a_root_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "_receipts").write_text("")
    with pytest.raises(OutputError, match="cannot write to the output root"):
        append_receipt(tmp_path, "expire", {}, STARTED)
    assert tree(tmp_path) == ["_receipts"]

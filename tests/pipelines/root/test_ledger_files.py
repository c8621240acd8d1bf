"""Of the runs that committed an input, one stands for it."""

from itertools import permutations

import pytest

from pipelines.root.ledger_files import (
    ledger_paths,
    pending_paths,
    read_before,
    read_ledgers,
    standing_runs,
)
from schemas.errors import LedgerError
from schemas.events import Counts
from schemas.ledger import Ledger, LedgerInput


def ledger(run_id, checksums, replaces=None):
    inputs = tuple(LedgerInput("x", 1, checksum, "json") for checksum in checksums)
    return Ledger(
        run_id, inputs, Counts(), "v", "d", "1", "n", "s", "e", 1.0, "test", replaces=replaces or {}
    )


CHAIN = [
    ledger("r1", ["a", "b"]),
    ledger("r2", ["a"], {"a": "r1"}),
    ledger("r3", ["a", "c"], {"a": "r2"}),
]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_run_that_none_has_replaced_stands_whatever_the_order(order):
    assert standing_runs([CHAIN[number] for number in order]) == {"a": "r3", "b": "r1", "c": "r3"}


def test_a_root_without_runs_has_committed_nothing(tmp_path):
    assert read_before(tmp_path) == []


def test_finished_and_pending_runs_are_told_apart(tmp_path):
    folder = tmp_path / "_runs"
    folder.mkdir()
    for name in ("r1.json", "r2.pending.json", ".half.tmp", ".x.json"):
        (folder / name).write_text("{}")
    assert [path.name for path in ledger_paths(tmp_path)] == ["r1.json"]
    assert [path.name for path in pending_paths(tmp_path)] == ["r2.pending.json"]


@pytest.mark.parametrize("content", [pytest.param("{", id="not-json"), pytest.param("{}", id="no-ledger")])
def test_a_file_that_is_no_ledger_is_named(tmp_path, content):
    (tmp_path / "_runs").mkdir()
    (tmp_path / "_runs" / "r1.json").write_text(content)
    with pytest.raises(LedgerError, match=r"_runs/r1\.json: "):
        read_ledgers(tmp_path)

"""Ledgers and claims that were taken away, copied or edited, and a chain that was cut or written anew."""

import shutil
from dataclasses import replace

import orjson
import pytest

from pipelines.retention.verify import verify_root
from pipelines.retention.verify_chain import verify_head
from pipelines.root.chain import head
from pipelines.root.commit import commit_steps
from pipelines.root.receipts import NO_RECEIPT, chain_faults
from tests.made_output import POLICY, SECOND, STARTED, commit_run, make_event, staged_run

DAY = "2027-05-23"


@pytest.fixture
def runs(tmp_path):
    """Return the ids of two runs of `tmp_path / "out"`."""
    root = tmp_path / "out"
    return [
        commit_run(root, [make_event(number, DAY, source)]).run_id
        for number, source in ((1, make_event(1).event.record.source), (2, SECOND))
    ]


def problems(root):
    return [f"{problem.kind}: {problem.path}" for problem in verify_root(root, STARTED, POLICY)]


def test_runs_and_deletions_are_one_chain(tmp_path, runs):
    assert problems(tmp_path / "out") == []
    assert head(tmp_path / "out")[0] == 2
    assert chain_faults(tmp_path / "out") == []


def test_a_run_that_was_taken_away_whole_is_missed(tmp_path, runs):
    root = tmp_path / "out"
    (root / "_runs" / f"{runs[1]}.json").unlink()
    for path in root.glob(f"category=*/*/part-{SECOND.checksum[:16]}*"):
        path.unlink()
    assert problems(root) == [f"ledger: _runs/{runs[1]}.json"]


@pytest.mark.parametrize(
    "change",
    [
        {"now": "2026-11-25T04:00:00+00:00"},
        {"key_epoch": "2"},
        {"policy_digest": "0" * 64},
        {"counts": {"read": 1, "written": 1, "detected/EMAIL": 5}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_ledger_that_was_edited_shows(tmp_path, runs, change):
    path = tmp_path / "out" / "_runs" / f"{runs[0]}.json"
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), **change}))
    assert problems(tmp_path / "out") == [f"ledger: _runs/{runs[0]}.json"]


def test_a_ledger_that_was_copied_shows(tmp_path, runs):
    root = tmp_path / "out"
    copy = root / "_runs" / "20261124T040000Z-0123abcd.json"
    shutil.copy(root / "_runs" / f"{runs[0]}.json", copy)
    assert set(problems(root)) == {f"ledger: _runs/{copy.name}"}


def test_a_claim_that_was_taken_away_or_edited_shows(tmp_path, runs):
    root = tmp_path / "out"
    claims = sorted((root / "_runs" / "claims").iterdir())
    shutil.rmtree(claims[0])
    (claims[1] / runs[1]).rename(claims[1] / runs[0])
    assert sorted(problems(root)) == [f"ledger: _runs/claims/{claim.name}" for claim in claims]


def test_a_run_whose_commit_was_cut_short_is_not_missed(tmp_path):
    run, *rest = staged_run(tmp_path, [make_event(1, DAY)])
    for step in commit_steps(run, *rest):
        if step == "pending":
            break
    assert [line.split(":")[0] for line in problems(tmp_path)] == ["unfinished"]


def test_a_chain_goes_on_through_a_head_that_was_kept(tmp_path, runs):
    root = tmp_path / "out"
    _, kept = head(root)
    assert list(verify_head(root, kept.upper())) == []
    commit_run(root, [make_event(3, DAY, SECOND)])
    assert list(verify_head(root, kept)) == []
    assert list(verify_head(root, NO_RECEIPT)) == []


def test_a_chain_that_was_cut_and_mended_does_not_hold_the_head_that_was_kept(tmp_path, runs):
    root = tmp_path / "out"
    _, kept = head(root)
    shutil.rmtree(root / "_receipts")
    shutil.rmtree(root / "_runs")
    shutil.rmtree(root / "category=troubleshooting_data")
    commit_run(root, [make_event(1, DAY)])
    assert problems(root) == []
    (problem,) = verify_head(root, kept)
    assert str(problem) == "receipt: _receipts: the chain does not hold the head that is expected"


def test_the_runs_of_an_earlier_version_join_the_chain_with_the_next(tmp_path, runs):
    root = tmp_path / "out"
    shutil.rmtree(root / "_receipts")
    assert len(problems(root)) == 2
    commit_run(root, [make_event(3, DAY, replace(SECOND, checksum="c3" * 32))])
    assert problems(root) == []
    assert head(root)[0] == 3

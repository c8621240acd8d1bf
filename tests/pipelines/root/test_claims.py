"""An input has one holder at a time, and its claims stand in the order of its commits."""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest

from pipelines.root.claims import claim, is_gone, last_claim
from pipelines.root.commit import commit_steps, discard, open_run, roll_forward
from schemas.errors import LedgerError
from tests.made_output import FIRST, STARTED, commit_run, make_event, staged_run

EVENTS = [make_event(1)]


def refuse(pending):
    pytest.fail(f"{pending.name} needed no help")


def test_an_input_that_nobody_claimed_has_no_holder(tmp_path):
    assert last_claim(tmp_path, FIRST.checksum) == (0, "")


def test_a_run_may_claim_twice(tmp_path):
    run = open_run(tmp_path, STARTED)
    for _ in range(2):
        claim(tmp_path, run.id, FIRST.checksum, refuse)
    assert last_claim(tmp_path, FIRST.checksum) == (1, run.id)


def test_the_next_claim_follows_a_committed_run(tmp_path):
    commit_run(tmp_path, EVENTS)
    run = open_run(tmp_path, STARTED)
    claim(tmp_path, run.id, FIRST.checksum, refuse)
    assert last_claim(tmp_path, FIRST.checksum) == (2, run.id)


def test_a_holder_that_gave_up_is_passed_over(tmp_path):
    first, second = (open_run(tmp_path, STARTED) for _ in range(2))
    claim(tmp_path, first.id, FIRST.checksum, refuse)
    discard(first)
    claim(tmp_path, second.id, FIRST.checksum, refuse)
    assert last_claim(tmp_path, FIRST.checksum) == (2, second.id)


def test_a_holder_past_its_commit_point_is_finished_first(tmp_path):
    run, *rest = staged_run(tmp_path, EVENTS)
    list(islice(commit_steps(run, *rest), 3))
    later = open_run(tmp_path, STARTED)
    claim(tmp_path, later.id, FIRST.checksum, roll_forward)
    assert run.ledger.exists()
    assert last_claim(tmp_path, FIRST.checksum) == (2, later.id)


def test_of_many_at_once_each_gets_a_claim_of_its_own_number(tmp_path):
    runs = [open_run(tmp_path, STARTED) for _ in range(8)]

    def claim_and_give_up(run):
        claim(tmp_path, run.id, FIRST.checksum, refuse)
        number = last_claim(tmp_path, FIRST.checksum)
        discard(run)
        return number

    with ThreadPoolExecutor(len(runs)) as pool:
        claims = list(pool.map(claim_and_give_up, runs))
    assert sorted(number for number, _ in claims) == list(range(1, len(runs) + 1))
    assert {holder for _, holder in claims} == {run.id for run in runs}


def test_a_living_run_is_not_gone(tmp_path):
    run = open_run(tmp_path, STARTED)
    assert not is_gone(tmp_path, run.id)
    discard(run)
    assert is_gone(tmp_path, run.id)


@pytest.mark.parametrize("holders", [[], ["a", "b"]])
def test_a_claim_that_was_changed_is_not_believed(tmp_path, holders):
    folder = tmp_path / "_runs" / "claims" / "abab.1"
    folder.mkdir(parents=True)
    for holder in holders:
        (folder / holder).touch()
    with pytest.raises(LedgerError, match=r"_runs/claims/abab\.1 is no claim"):
        last_claim(tmp_path, "abab")

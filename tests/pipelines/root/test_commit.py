"""A run is committed whole or not at all, wherever it ends, and no input is there twice."""

from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice
from threading import Thread

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.root.commit import (
    commit,
    commit_steps,
    discard,
    final_files,
    open_run,
    recover,
    roll_forward_steps,
)
from pipelines.root.layout import STAGING
from pipelines.root.ledger_files import read_ledgers
from pipelines.root.liveness import OWNER, this_process
from schemas.errors import LedgerError, OutputError
from schemas.ledger import WrittenFile
from tests.made_output import (
    EVENTS_ROOT,
    FIRST,
    SECOND,
    STARTED,
    already_committed,
    commit_run,
    event_ids,
    make_event,
    make_ledger,
    make_rejection,
    partition_files,
    read_records,
    staged_run,
    tree,
)

DAYS = ("2027-05-20", "2027-05-21", "2027-05-22")
EVENTS = [make_event(n, DAYS[n % 3]) for n in range(9)]
IDS = [event.event.event_id for event in EVENTS]
REJECTIONS = [make_rejection(n) for n in range(2)]
STEPS = 3 + 4 + 2  # staged, claimed, pending; four files; recorded, cleared
COMMIT_POINT = 3


def kill(run):
    """Make a run look as if its process had been killed."""
    if (run.staging / OWNER).exists():
        dead = replace(this_process(), started="1")
        (run.staging / OWNER).write_bytes(orjson.dumps(asdict(dead)))


def test_a_committed_run_leaves_its_partitions_and_its_ledger_and_nothing_else(tmp_path):
    ledger = commit_run(tmp_path, EVENTS, REJECTIONS)
    assert event_ids(tmp_path) == IDS
    assert len(read_records(tmp_path, "category=rejected")) == 2
    assert partition_files(tmp_path) == sorted(file.path for file in ledger.files)
    assert read_ledgers(tmp_path) == [ledger]
    assert not list((tmp_path / STAGING).iterdir())


def test_the_steps_of_a_commit_are_known(tmp_path):
    steps = list(commit_steps(*staged_run(tmp_path, EVENTS, REJECTIONS)))
    assert len(steps) == STEPS
    assert steps[:COMMIT_POINT] == ["staged", "claimed", "pending"]


@pytest.mark.parametrize("done", range(STEPS + 1))
def test_a_run_killed_after_any_step_and_run_again_leaves_each_record_once(tmp_path, done):
    run, *rest = staged_run(tmp_path, EVENTS, REJECTIONS)
    list(islice(commit_steps(run, *rest), done))
    kill(run)
    recover(tmp_path)
    if FIRST.checksum not in already_committed(tmp_path):
        assert partition_files(tmp_path) == []
        commit_run(tmp_path, EVENTS, REJECTIONS)
    assert event_ids(tmp_path) == IDS
    assert len(read_records(tmp_path, "category=rejected")) == 2
    assert len(read_ledgers(tmp_path)) == 1
    assert not list((tmp_path / STAGING).iterdir())


@pytest.mark.parametrize("done", range(COMMIT_POINT))
def test_before_the_commit_point_nothing_is_in_a_partition(tmp_path, done):
    run, *rest = staged_run(tmp_path, EVENTS)
    list(islice(commit_steps(run, *rest), done))
    assert partition_files(tmp_path) == []


@pytest.mark.parametrize("done", range(COMMIT_POINT, STEPS))
def test_past_the_commit_point_recovery_finishes_the_run(tmp_path, done):
    run, *rest = staged_run(tmp_path, EVENTS, REJECTIONS)
    list(islice(commit_steps(run, *rest), done))
    recover(tmp_path)
    assert already_committed(tmp_path) == {FIRST.checksum: run.id}
    assert event_ids(tmp_path) == IDS


@settings(max_examples=60, deadline=None)
@given(order=st.lists(st.booleans(), max_size=14))
def test_two_processes_may_finish_one_run_in_any_interleaving(tmp_path_factory, order):
    root = tmp_path_factory.mktemp("root")
    run, *rest = staged_run(root, EVENTS, REJECTIONS)
    list(islice(commit_steps(run, *rest), COMMIT_POINT))
    both = [roll_forward_steps(run.pending), roll_forward_steps(run.pending)]
    for second in order:
        next(both[second], None)
    for steps in both:
        list(steps)
    assert event_ids(root) == IDS
    assert [ledger.run_id for ledger in read_ledgers(root)] == [run.id]


def test_recovery_sweeps_what_a_dead_run_staged(tmp_path):
    run, _, _ = staged_run(tmp_path, EVENTS)
    kill(run)
    recover(tmp_path)
    assert tree(tmp_path) == []


def test_recovery_leaves_a_living_run_alone(tmp_path):
    run, ledger, files = staged_run(tmp_path, EVENTS)
    recover(tmp_path)
    commit(run, ledger, files)
    assert event_ids(tmp_path) == IDS


def test_recovery_of_a_root_that_is_not_there_does_nothing(tmp_path):
    assert recover(tmp_path / "new") == []
    assert not (tmp_path / "new").exists()


def test_a_run_that_does_not_balance_commits_nothing(tmp_path):
    run, ledger, files = staged_run(tmp_path, EVENTS)
    with pytest.raises(LedgerError, match="9 written and 0 rejected, but the files hold 6 and 0"):
        commit(run, ledger, files[1:])
    discard(run)
    assert tree(tmp_path) == []


def test_an_input_redacted_again_replaces_what_stood_for_it(tmp_path):
    first = commit_run(tmp_path, EVENTS, REJECTIONS)
    second = commit_run(tmp_path, EVENTS, REJECTIONS)
    assert event_ids(tmp_path) == IDS
    assert second.replaces == {FIRST.checksum: first.run_id}
    assert already_committed(tmp_path) == {FIRST.checksum: second.run_id}


def test_files_that_the_new_run_lacks_are_removed_in_its_commit(tmp_path):
    commit_run(tmp_path, [*EVENTS, make_event(100, source=SECOND)], REJECTIONS)
    commit_run(tmp_path, EVENTS[1::3])
    assert event_ids(tmp_path) == [*IDS[1::3], "event00000100"]
    assert read_records(tmp_path, "category=rejected") == []
    assert sorted(path.name for path in tmp_path.glob("category=*/*")) == [
        f"expires_on={DAYS[1]}",
        "expires_on=2027-05-23",
    ]


@pytest.mark.parametrize("done", range(COMMIT_POINT, COMMIT_POINT + 6))
def test_a_replacement_that_was_killed_past_its_commit_point_is_finished(tmp_path, done):
    commit_run(tmp_path, EVENTS)
    run, *rest = staged_run(tmp_path, EVENTS[1::3])
    list(islice(commit_steps(run, *rest), done))
    recover(tmp_path)
    assert event_ids(tmp_path) == IDS[1::3]


def test_a_late_finisher_removes_nothing_of_a_run_that_came_after(tmp_path):
    commit_run(tmp_path, EVENTS)
    run, *rest = staged_run(tmp_path, EVENTS[1::3])
    list(islice(commit_steps(run, *rest), COMMIT_POINT))
    late = roll_forward_steps(run.pending)
    next(late)
    recover(tmp_path)
    commit_run(tmp_path, EVENTS)
    list(late)
    assert event_ids(tmp_path) == IDS


def test_runs_of_one_input_at_once_leave_each_record_once(tmp_path):
    for round_ in range(8):
        root = tmp_path / str(round_)
        runs = [staged_run(root, events) for events in (EVENTS, EVENTS, EVENTS[::-1])]
        threads = [Thread(target=commit, args=run) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert event_ids(root) == IDS
        assert len(read_ledgers(root)) == 3
        assert len(already_committed(root)) == 1


def test_runs_of_inputs_that_overlap_end_at_once_without_waiting_for_each_other_forever(tmp_path):
    ours = [make_event(n) for n in range(3)]
    theirs = [make_event(n, source=SECOND) for n in range(10, 13)]
    for round_ in range(8):
        root = tmp_path / str(round_)
        runs = [staged_run(root, events) for events in (ours + theirs, theirs + ours, theirs)]
        threads = [Thread(target=commit, args=run) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert event_ids(root) == [event.event.event_id for event in ours + theirs]


def test_a_part_that_was_cut_into_bundles_keeps_all_its_files(tmp_path):
    run, ledger, files = staged_run(tmp_path, EVENTS[::3])
    extra = staged_run(tmp_path, [make_event(50, DAYS[0])])
    (moved,) = extra[2]
    (extra[0].staging / moved.temp).rename(run.staging / moved.temp)
    counts = ledger.counts + Counter(read=1, written=1)
    commit(run, replace(ledger, counts=counts), [*files, moved])
    assert event_ids(tmp_path) == [*IDS[::3], "event00000050"]


def test_names_don_t_depend_on_the_order_in_which_files_arrive():
    files = [WrittenFile("p", f"{n}.avro", "part-0a-00000.avro", 1, 1, f"{n % 2}{n}") for n in range(4)]
    names = {written.temp: final.name for written, final in final_files(files)}
    assert {written.temp: final.name for written, final in final_files(files[::-1])} == names
    assert sorted(names.values()) == [
        "part-0a-00000-1.avro",
        "part-0a-00000-2.avro",
        "part-0a-00000-3.avro",
        "part-0a-00000.avro",
    ]


def test_a_lost_staged_file_is_an_error_past_the_commit_point(tmp_path):
    run, *rest = staged_run(tmp_path, EVENTS)
    list(islice(commit_steps(run, *rest), COMMIT_POINT))
    for path in run.staging.glob("*.avro"):
        path.unlink()
    with pytest.raises(OutputError, match="neither staged nor in its place"):
        recover(tmp_path)


def test_a_run_whose_first_partitions_expired_before_it_was_finished_is_finished(tmp_path):
    run, *rest = staged_run(tmp_path, EVENTS)
    list(islice(commit_steps(run, *rest), COMMIT_POINT + 1))
    later = datetime(2027, 5, 20, tzinfo=UTC)
    apply_plan(tmp_path, write_plan(plan_expiry(tmp_path, later.date(), later)), later)
    recover(tmp_path)
    assert event_ids(tmp_path) == sorted(IDS[1::3] + IDS[2::3])


def test_a_run_without_records_has_a_ledger(tmp_path):
    run = open_run(tmp_path, STARTED)
    commit(run, make_ledger(run, 0, expired_on_arrival=3), [])
    assert already_committed(tmp_path) == {FIRST.checksum: run.id}
    assert not list(tmp_path.glob(EVENTS_ROOT))


def test_an_output_root_that_is_a_file_is_an_output_error(tmp_path):
    (tmp_path / "root").write_text("")
    with pytest.raises(OutputError, match=r"cannot write to the output root .*root: Not a directory"):
        open_run(tmp_path / "root", STARTED)

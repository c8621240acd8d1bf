"""A segment is committed whole or not at all, by one writer, wherever its process ends."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import islice

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lanes.log import (
    commit_segment,
    commit_steps,
    discard,
    position,
    roll_forward,
    roll_forward_steps,
    sweep_lane,
)
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.root.commit import recover
from pipelines.root.layout import STAGING
from pipelines.root.liveness import OWNER, this_process
from pipelines.root.segment_files import is_done, last_sequence, read_lane
from schemas.errors import LaneError, LedgerError, OutputError, StreamError
from schemas.segment import OffsetRange
from tests.made_output import event_ids, partition_files, read_records, tree
from tests.pipelines.lanes.made_lanes import NOW, commit, dealt, event_id, staged, steps

READ = {0: 6, 1: 3}
IDS = sorted(
    event_id(partition, offset) for partition, messages in READ.items() for offset in range(messages)
)
STEPS = (
    2 + 4 + 4
)  # staged, claimed; a file of each of three days and of rejections; synced, noted, done, cleared
COMMIT_POINT = 2


@pytest.fixture
def lane(tmp_path):
    return dealt(tmp_path)[0]


def kill(root):
    """Make every attempt look as if its process had been killed."""
    for owner in (root / STAGING).glob(f"*/{OWNER}"):
        owner.write_bytes(orjson.dumps(asdict(replace(this_process(), started="1"))))


def test_a_segment_leaves_its_partitions_and_its_log_and_nothing_else(lane, tmp_path):
    segment = commit(lane, READ, rejected=2)
    assert event_ids(tmp_path) == IDS[2:]
    assert len(read_records(tmp_path, "category=rejected")) == 2
    assert partition_files(tmp_path) == sorted(file.path for file in segment.files)
    assert list(read_lane(lane)) == [segment]
    assert is_done(lane, 1)
    assert not list((tmp_path / STAGING).iterdir())


def test_segments_follow_each_other(lane, tmp_path):
    commit(lane, {0: 2})
    commit(lane, {0: 1, 1: 4})
    stands = position(lane)
    assert (stands.sequence, stands.next, stands.closed) == (3, {0: 3, 1: 4}, False)
    assert len(set(event_ids(tmp_path))) == len(event_ids(tmp_path)) == 7


def test_a_lane_begins_where_it_was_dealt_from(tmp_path):
    even, odd = dealt(tmp_path, 2, {0: 5, 1: 7, 2: 9})
    assert (position(even).next, position(odd).next) == ({0: 5, 2: 9}, {1: 7})


def test_the_steps_of_a_commit_are_known(lane):
    done = list(steps(lane, READ, rejected=2))
    assert len(done) == STEPS
    assert done[:COMMIT_POINT] == ["staged", "claimed"]


@pytest.mark.parametrize("done", range(STEPS + 1))
def test_a_writer_killed_after_any_step_and_started_again_leaves_each_record_once(lane, tmp_path, done):
    list(islice(steps(lane, READ, rejected=2), done))
    kill(tmp_path)
    if position(lane).sequence == 1:
        assert done < COMMIT_POINT
        assert partition_files(tmp_path) == []
        commit(lane, READ, rejected=2)
    sweep_lane(lane)
    assert event_ids(tmp_path) == IDS[2:]
    assert len(read_records(tmp_path, "category=rejected")) == 2
    assert [segment.sequence for segment in read_lane(lane)] == [1]
    assert not list((tmp_path / STAGING).iterdir())


@pytest.mark.parametrize("done", range(COMMIT_POINT, STEPS))
def test_a_batch_run_sweeps_nothing_that_a_segment_awaits(lane, tmp_path, done):
    list(islice(steps(lane, READ), done))
    kill(tmp_path)
    recover(tmp_path)
    roll_forward(lane, 1)
    assert event_ids(tmp_path) == IDS


def test_a_batch_run_sweeps_what_a_dead_writer_left(lane, tmp_path):
    staged(lane, READ)
    kill(tmp_path)
    recover(tmp_path)
    assert not list((tmp_path / STAGING).iterdir())


def test_a_failed_attempt_is_discarded_but_not_a_committed_one(lane, tmp_path):
    _, first, *_ = staged(lane, READ)
    discard(first)
    assert not first.exists()
    attempt = staged(lane, READ)
    list(islice(_steps_of(attempt), COMMIT_POINT))
    discard(attempt[1])
    assert position(lane).sequence == 2
    assert event_ids(tmp_path) == IDS


def _steps_of(attempt) -> Iterator[str]:
    return commit_steps(*attempt)


@settings(max_examples=80)
@given(order=st.lists(st.booleans(), max_size=2 * STEPS), rejected=st.integers(0, 2))
def test_of_two_writers_in_any_interleaving_one_commits_and_the_other_learns_it(
    tmp_path_factory, order, rejected
):
    root = tmp_path_factory.mktemp("root")
    (lane,) = dealt(root)
    writers = [_until_lost(_steps_of(staged(lane, READ, rejected))) for _ in range(2)]
    for second in order:
        next(writers[second], None)
    lost = [outcome for writer in writers for outcome in writer if outcome == "lost"]
    assert event_ids(root) == IDS[rejected:]
    assert [segment.sequence for segment in read_lane(lane)] == [1]
    assert len(lost) <= 1
    commit(lane, {0: 1})
    assert event_ids(root) == sorted([*IDS[rejected:], event_id(0, 6)])


def _until_lost(steps_of_one: Iterator[str]) -> Iterator[str]:
    try:
        yield from steps_of_one
    except LaneError:
        yield "lost"


@settings(max_examples=60)
@given(order=st.lists(st.booleans(), max_size=2 * STEPS))
def test_two_processes_may_finish_one_segment_in_any_interleaving(tmp_path_factory, order):
    root = tmp_path_factory.mktemp("root")
    (lane,) = dealt(root)
    list(islice(steps(lane, READ), COMMIT_POINT))
    both = [roll_forward_steps(lane, 1), roll_forward_steps(lane, 1)]
    for second in order:
        next(both[second], None)
    for one in both:
        list(one)
    assert event_ids(root) == IDS
    assert is_done(lane, 1)


def test_a_writer_that_was_overtaken_commits_nothing(lane, tmp_path):
    slow = staged(lane, READ)
    commit(lane, READ)
    commit(lane, {0: 1})
    with pytest.raises(LaneError, match="another process has gone on with lane 0"):
        commit_segment(*slow)
    assert event_ids(tmp_path) == sorted([*IDS, event_id(0, 6)])


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(OffsetRange(0, 5, 8), id="overlap"),
        pytest.param(OffsetRange(0, 7, 8), id="gap"),
        pytest.param(OffsetRange(2, 1, 3), id="a new partition not from its start"),
    ],
)
def test_a_segment_that_does_not_begin_where_the_lane_stands_is_refused(lane, tmp_path, wrong):
    commit(lane, {0: 6})
    _, staging, segment, files = staged(lane, {0: 2})
    with pytest.raises(
        StreamError, match=f"segment 2 of lane 0 begins partition {wrong.partition} at offset"
    ):
        commit_segment(lane, staging, replace(segment, ranges=(wrong,)), files)
    assert last_sequence(lane) == 1


def test_a_segment_that_states_a_gap_may_go_on_behind_it(lane):
    commit(lane, {0: 6})
    _, staging, segment, files = staged(lane, {1: 2})
    gone = (OffsetRange(0, 6, 40),)
    commit_segment(lane, staging, replace(segment, gaps=gone, next={**segment.next, 0: 40}), files)
    assert position(lane).next == {0: 40, 1: 2}


def test_a_segment_that_does_not_balance_is_refused(lane, tmp_path):
    _, staging, segment, files = staged(lane, READ)
    with pytest.raises(LedgerError, match="9 written and 0 rejected, but the files hold"):
        commit_segment(lane, staging, segment, files[1:])
    assert partition_files(tmp_path) == []
    assert last_sequence(lane) == 0


def test_a_file_lost_before_it_was_moved_is_an_error(lane, tmp_path):
    _, staging, segment, files = staged(lane, READ)
    list(islice(_steps_of((lane, staging, segment, files)), COMMIT_POINT))
    (staging / files[0].temp).unlink()
    with pytest.raises(OutputError, match="segment 1 of lane 0 can't be finished"):
        position(lane)


def test_a_partition_that_expired_before_the_segment_was_finished_does_not_come_back(lane, tmp_path):
    list(islice(steps(lane, READ), COMMIT_POINT + 3))
    as_of = NOW.replace(year=2027, month=5, day=21)
    plan = write_plan(plan_expiry(tmp_path, as_of.date(), as_of))
    apply_plan(tmp_path, plan, as_of)
    position(lane)
    assert {path.split("/")[1] for path in partition_files(tmp_path)} == {"expires_on=2027-05-22"}
    assert is_done(lane, 1)


def test_a_root_that_refuses_leaves_no_half_segment(lane, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    attempt = staged(lane, READ)
    monkeypatch.setattr("pipelines.lanes.log.write_whole", refuse)
    with pytest.raises(OutputError, match="No space left on device"):
        commit_segment(*attempt)
    monkeypatch.undo()
    discard(attempt[1])
    assert tree(tmp_path / STAGING) == []
    commit(lane, READ)
    assert event_ids(tmp_path) == IDS

"""Verification, expiry and the calendar know what streams wrote, and find what is wrong with their logs."""

import shutil
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import islice

import orjson
import pytest

from pipelines.lanes.fold import fold
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.retention.verify import verify_root
from pipelines.retention.verify_chain import verify_head
from pipelines.root import lane_ends, segment_files
from pipelines.root.chain import head
from pipelines.root.lane_ends import LAST, LaneEnd, note_ends
from pipelines.root.layout import STAGING, write_whole
from pipelines.root.liveness import OWNER, this_process
from pipelines.root.newest_time import newest_time
from pipelines.root.partition_folders import list_partitions
from pipelines.root.segment_files import SEGMENT, last_sequence, read_segment
from tests.made_output import POLICY, commit_run, make_event, partition_files
from tests.pipelines.lanes.made_lanes import NOW, commit, dealt, steps


def problems(root, now=NOW):
    return [str(problem) for problem in verify_root(root, now, POLICY)]


@pytest.fixture
def lanes(tmp_path):
    lanes = dealt(tmp_path, 2)
    for lane in lanes:
        commit(lane, {lane.number: 6}, rejected=1)
        commit(lane, {lane.number: 3, lane.number + 2: 2})
    return lanes


def test_a_stream_s_root_is_as_it_should_be(lanes, tmp_path):
    assert problems(tmp_path) == []


def test_a_stream_and_batch_runs_share_a_root(lanes, tmp_path):
    commit_run(tmp_path, [make_event(n) for n in range(3)])
    assert problems(tmp_path) == []


def test_a_stream_that_was_dealt_anew_is_as_it_should_be(lanes, tmp_path):
    commit(dealt(tmp_path, 3)[1], {1: 4})
    assert problems(tmp_path) == []


def test_expiry_counts_a_stream_s_records_and_names_its_policy(lanes, tmp_path):
    as_of = NOW.replace(year=2027, month=5, day=20)
    plan = plan_expiry(tmp_path, as_of.date(), as_of)
    (partition,) = plan.partitions
    assert partition.records == sum(file.records for file in partition.files) > 0
    assert partition.policies == (f"{POLICY.version} {POLICY.digest}",)
    apply_plan(tmp_path, write_plan(plan), as_of)
    assert problems(tmp_path, as_of) == []


def test_no_folder_of_the_log_is_taken_for_a_partition(lanes, tmp_path):
    assert list_partitions(tmp_path).unparsable == ()


def take_away(root, lane, sequences):
    """Take segments of a lane away with every file that they wrote, as if they had never been."""
    for sequence in sequences:
        for file in read_segment(lane, sequence)[0].files:
            (root / file.path).unlink()
        shutil.rmtree(lane.segment(sequence))


def test_a_newest_segment_that_was_taken_away_whole_is_missed(lanes, tmp_path):
    take_away(tmp_path, lanes[0], [2])
    (problem,) = problems(tmp_path)
    assert problem.endswith("/000: segment 2 is gone, and was noted when it was committed")


def test_a_middle_segment_that_was_taken_away_whole_is_missed(lanes, tmp_path):
    commit(lanes[0], {0: 2})
    take_away(tmp_path, lanes[0], [2])
    assert any(problem.endswith("/000: segment 2 is missing") for problem in problems(tmp_path))


def test_a_lane_that_was_taken_away_whole_is_missed(lanes, tmp_path):
    take_away(tmp_path, lanes[1], [1, 2])
    shutil.rmtree(lanes[1].folder)
    (problem,) = problems(tmp_path)
    assert problem.endswith("/001: segment 1 is gone, and was noted when it was committed")


@pytest.mark.parametrize(
    ("ended", "said"), [(True, "0001/dealing.json cannot be read"), (False, "segment 1 is gone")]
)
def test_a_dealing_that_was_taken_away_whole_is_missed(lanes, tmp_path, ended, said):
    if ended:
        dealt(tmp_path, 3)
    for lane in lanes:
        take_away(tmp_path, lane, range(1, last_sequence(lane) + 1))
    shutil.rmtree(lanes[0].folder.parent)
    assert any(said in problem for problem in problems(tmp_path))


def test_a_segment_that_was_edited_and_still_balances_is_found(lanes, tmp_path):
    for sequence, said in ((1, "changed since segment 2 was written"), (2, "changed since it was noted")):
        path = lanes[0].segment(sequence) / SEGMENT
        whole = path.read_bytes()
        path.write_bytes(orjson.dumps({**orjson.loads(whole), "key_epoch": "2"}))
        assert any(problem.endswith(said) for problem in problems(tmp_path))
        path.write_bytes(whole)


def test_a_note_of_the_end_that_was_taken_away_or_cannot_be_read_is_a_problem(lanes, tmp_path):
    (lanes[0].folder / LAST).unlink()
    (lanes[1].folder / LAST).write_bytes(b"{}")
    gone, unreadable = problems(tmp_path)
    assert gone.endswith("/000: last.json is gone")
    assert unreadable.endswith("/001/last.json cannot be read")


def test_a_head_covers_what_lanes_held_when_it_was_asked_for(lanes, tmp_path):
    note_ends(tmp_path, NOW)
    _, kept = head(tmp_path)
    note_ends(tmp_path, NOW)
    assert head(tmp_path)[1] == kept
    commit(lanes[0], {0: 2})
    assert list(verify_head(tmp_path, kept)) == problems(tmp_path) == []
    take_away(tmp_path, lanes[0], [2, 3])
    mended = LaneEnd.of(read_segment(lanes[0], 1)[0])
    write_whole(lanes[0].folder / LAST, {"sequence": 1, "digest": mended.digest})
    (problem,) = problems(tmp_path)
    assert problem.endswith("segment 2 is gone, and was noted when it was committed")


def test_a_folded_segment_has_the_digest_that_it_had(tmp_path, monkeypatch):
    for module in (segment_files, lane_ends):
        monkeypatch.setattr(module, "BLOCK_SEGMENTS", 3)
    (lane,) = dealt(tmp_path)
    for _ in range(5):
        commit(lane, {0: 2})
    assert fold(lane)
    assert problems(tmp_path) == []
    folded = next(lane.folder.glob("0*.json"))
    folded.write_bytes(folded.read_bytes().replace(b'"key_epoch": "1"', b'"key_epoch": "2"'))
    assert len(problems(tmp_path)) > 1


def test_a_file_that_is_gone_and_one_that_was_changed_are_found(lanes, tmp_path):
    first, second, *_ = partition_files(tmp_path)
    (tmp_path / first).unlink()
    (tmp_path / second).write_bytes((tmp_path / second).read_bytes() + b"x")
    found = problems(tmp_path)
    assert f"missing: {first}: no receipt says why" in found
    assert any(problem.startswith(f"checksum: {second}:") for problem in found)


def test_a_segment_that_is_gone_is_found_with_its_files(lanes, tmp_path):
    shutil.rmtree(lanes[0].segment(1))
    found = problems(tmp_path)
    assert any("segment 1 is missing" in problem for problem in found)
    assert any(problem.startswith("unknown: category=") for problem in found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content["ranges"][0].update(start=7), "begins partition 0 at offset 7, after 6"),
        (lambda content: content["next"].update({"0": 99}), "does not end where its ranges do"),
        (lambda content: content["counts"].update(read=99), "doesn't balance"),
        (lambda content: content.pop("files"), "lacks a key"),
        (lambda content: content.update(version=9), "not a segment of version 1"),
    ],
    ids=["range", "next", "counts", "key", "version"],
)
def test_a_segment_that_was_changed_is_found(lanes, tmp_path, change, said):
    path = lanes[0].segment(2) / SEGMENT
    content = orjson.loads(path.read_bytes())
    change(content)
    path.write_bytes(orjson.dumps(content))
    assert any(said in problem for problem in problems(tmp_path))


def test_a_dealing_that_begins_elsewhere_is_found(lanes, tmp_path):
    new = dealt(tmp_path, 1)
    path = new[0].folder.parent / "dealing.json"
    path.write_bytes(path.read_bytes().replace(b'"0": 9', b'"0": 8'))
    assert any("dealing 2 begins elsewhere than 1 ended" in problem for problem in problems(tmp_path))


def test_a_segment_under_way_is_no_problem_and_one_whose_writer_died_is(lanes, tmp_path):
    list(islice(steps(lanes[0], {0: 6}), 3))
    assert problems(tmp_path) == []
    for owner in (tmp_path / STAGING).glob(f"*/{OWNER}"):
        owner.write_bytes(orjson.dumps(asdict(replace(this_process(), started="1"))))
    assert [problem.partition(":")[0] for problem in problems(tmp_path)] == ["unfinished"]


def test_a_canary_in_the_log_is_found(lanes, tmp_path):
    path = lanes[0].segment(2) / SEGMENT
    path.write_bytes(path.read_bytes().replace(b'"ab', b'"canary'))
    found = [str(one) for one in verify_root(tmp_path, NOW + timedelta(0), POLICY, canaries=["canary"])]
    assert any(problem.startswith("canary: _stream/") for problem in found)


def test_the_newest_time_that_a_root_has_seen_is_a_segment_s_too(lanes, tmp_path):
    assert newest_time(tmp_path) == NOW

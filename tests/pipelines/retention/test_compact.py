"""Small files of a stream become one: nothing is lost or doubled, wherever it is cut short and whatever goes on."""

from datetime import UTC, datetime

import pytest

from pipelines.retention.compact import apply_compaction, plan_compaction, read_compaction, write_compaction
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.retention.verify import verify_root
from pipelines.root import receipts
from schemas.errors import RetentionError
from tests.made_output import POLICY, commit_run, event_ids, make_event, partition_files
from tests.pipelines.lanes.made_lanes import DAYS, NOW, commit, dealt, steps

SEGMENTS = 5
OFFSETS = 6


@pytest.fixture
def root(tmp_path):
    lane = dealt(tmp_path)[0]
    for _ in range(SEGMENTS):
        commit(lane, {0: OFFSETS}, rejected=1)
    return tmp_path.resolve()


def events_of(root):
    return sorted(event_ids(root))


def compact(root, **options):
    return apply_compaction(root, plan_compaction(root, NOW, **options), NOW)


def problems(root):
    return [str(problem) for problem in verify_root(root, NOW, POLICY, None, [])]


def test_each_partition_ends_with_one_file_that_holds_every_record_once(root):
    before = events_of(root)
    partitions = {path.rpartition("/")[0] for path in partition_files(root)}
    receipt = compact(root)
    assert events_of(root) == before
    assert len(partition_files(root)) == len(partitions) == len(receipt.body["joined"])
    assert receipt.body["left_alone"] == []
    assert problems(root) == []


def test_a_plan_changes_nothing_and_is_read_back_as_it_was_written(root):
    before = partition_files(root)
    plan = plan_compaction(root, NOW)
    assert read_compaction(write_compaction(plan)) == plan
    assert partition_files(root) == before


def test_joined_files_are_joined_again_with_what_came_since(root):
    compact(root)
    commit(dealt(root)[0], {0: OFFSETS}, rejected=1)
    before = events_of(root)
    compact(root)
    assert events_of(root) == before
    assert len(partition_files(root)) == len({path.rpartition("/")[0] for path in partition_files(root)})
    assert problems(root) == []


def test_files_that_are_large_enough_are_left(root):
    assert plan_compaction(root, NOW, target_bytes=2).joins == ()


def test_a_joined_file_is_no_larger_than_wanted(root):
    sizes = [(root / path).stat().st_size for path in partition_files(root)]
    target = max(sizes) * 2 + 2
    totals = [
        sum(file.bytes for file in one.files) for one in plan_compaction(root, NOW, target_bytes=target).joins
    ]
    assert len(totals) > len({path.rpartition("/")[0] for path in partition_files(root)})
    assert max(totals) <= target


def test_files_of_a_batch_stay_as_they_are(tmp_path):
    for name in ("a", "b"):
        commit_run(tmp_path, [make_event(ord(name), DAYS[0])], [])
    assert plan_compaction(tmp_path, NOW).joins == ()


def test_files_of_a_segment_that_is_not_done_stay_as_they_are(root):
    for step in steps(dealt(root)[0], {0: OFFSETS}):
        if step.startswith("moved"):
            break
    under_way = {path for path in partition_files(root) if "000000006" in path}
    compact(root)
    assert under_way <= set(partition_files(root))


class Killed(BaseException):
    """What ends a process in the middle."""


@pytest.mark.parametrize("calls", range(1, 40))
def test_a_compaction_that_is_cut_short_anywhere_is_finished_by_the_same_plan(root, monkeypatch, calls):
    before, plan = events_of(root), plan_compaction(root, NOW)
    left = calls
    with monkeypatch.context() as patched:
        for name in ("rename", "unlink", "replace", "fsync"):
            whole = getattr(receipts.os, name)

            def dying(*args, whole=whole, **kwargs):
                nonlocal left
                left -= 1
                if left == 0:
                    raise Killed
                return whole(*args, **kwargs)

            patched.setattr(receipts.os, name, dying)
        try:
            apply_compaction(root, plan, NOW)
        except Killed:
            assert set(events_of(root)) == set(before)
    apply_compaction(root, plan, NOW)
    assert events_of(root) == before
    assert [problem for problem in problems(root) if "_staging" not in problem] == []


def test_a_plan_that_was_applied_gives_its_receipt_again(root):
    plan = plan_compaction(root, NOW)
    assert apply_compaction(root, plan, NOW) == apply_compaction(root, plan, NOW)


def test_a_file_that_changed_since_is_left_alone(root):
    plan = plan_compaction(root, NOW)
    changed = root / plan.joins[0].partition / plan.joins[0].files[0].name
    changed.write_bytes(changed.read_bytes() + b"x")
    receipt = apply_compaction(root, plan, NOW)
    assert receipt.body["left_alone"] == [plan.joins[0].path]
    assert changed.exists()


def test_a_partition_that_expired_meanwhile_does_not_come_back(root):
    plan = plan_compaction(root, NOW)
    later = datetime.fromisoformat(DAYS[0]).replace(tzinfo=UTC)
    apply_plan(root, write_plan(plan_expiry(root, later.date(), later)), later)
    gone = {one.path for one in plan.joins if DAYS[0] in one.partition}
    assert gone <= set(apply_compaction(root, plan, NOW).body["left_alone"])
    assert not any(DAYS[0] in path and "troubleshooting" in path for path in partition_files(root))


def test_a_plan_of_another_root_or_one_that_was_changed_is_refused(root, tmp_path):
    plan = plan_compaction(root, NOW)
    with pytest.raises(RetentionError, match="for another root"):
        apply_compaction(tmp_path / "other", plan, NOW)
    path = write_compaction(plan)
    path.write_text(path.read_text().replace("part-", "../part-", 1))
    with pytest.raises(RetentionError, match="was changed since"):
        read_compaction(path)


def test_a_partition_that_was_joined_expires_like_any_other(root):
    compact(root)
    later = datetime.fromisoformat(DAYS[-1]).replace(tzinfo=UTC)
    plan = plan_expiry(root, later.date(), later)
    assert all(partition.policies for partition in plan.partitions)
    apply_plan(root, write_plan(plan), later)
    assert [path for path in partition_files(root) if "troubleshooting" in path] == []

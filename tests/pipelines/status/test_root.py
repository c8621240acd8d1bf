"""What a root tells of itself adds up, however often it is asked and whatever was folded meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.root.segment_files import read_segment
from pipelines.status.root import RootWatcher
from schemas.errors import OutputError
from tests.made_output import commit_run, make_event, make_rejection
from tests.pipelines.lanes.made_lanes import NOW, TOPIC, commit, dealt, steps

DAY = "2027-05-23"
BEFORE = datetime(2027, 5, 22, 23, 59, 59, tzinfo=UTC)


def test_runs_and_segments_add_up(tmp_path):
    commit_run(tmp_path, [make_event(n, DAY) for n in range(4)], [make_rejection(1, DAY)])
    first, second = dealt(tmp_path, lanes=2)
    commit(first, {0: 6}, rejected=2)
    commit(second, {1: 3})
    status = RootWatcher(tmp_path).look(BEFORE)
    assert (status.counts["read"], status.counts["written"], status.counts["rejected/not_json"]) == (
        14,
        11,
        3,
    )
    (stream,) = status.streams
    assert (stream.topic, stream.epoch, stream.next) == (TOPIC, 1, {0: 6, 1: 3})
    assert [(lane.lane, lane.sequence, lane.done) for lane in stream.lanes] == [(0, 1, True), (1, 1, True)]


def test_what_was_counted_once_is_not_counted_again(tmp_path):
    lane = dealt(tmp_path)[0]
    watcher = RootWatcher(tmp_path)
    for read in (5, 8, 8):
        if read > watcher.look(BEFORE).counts["read"]:
            commit(lane, {0: read - watcher.look(BEFORE).counts["read"]})
        assert watcher.look(BEFORE).counts["read"] == read
    assert watcher.look(BEFORE).streams[0].next == {0: 8}


def test_earlier_dealings_count_too(tmp_path):
    commit(dealt(tmp_path)[0], {0: 4, 1: 2})
    commit(dealt(tmp_path, lanes=2)[1], {1: 5})
    status = RootWatcher(tmp_path).look(BEFORE)
    assert status.counts["read"] == 11
    assert (status.streams[0].epoch, status.streams[0].next) == (2, {0: 4, 1: 7})


@pytest.mark.parametrize(
    ("later", "due"),
    [(timedelta(0), ()), (timedelta(seconds=1), (f"category=troubleshooting_data/expires_on={DAY}",))],
)
def test_a_partition_is_due_from_the_first_second_of_its_date(tmp_path, later, due):
    commit_run(tmp_path, [make_event(1, DAY), make_event(2, "2027-05-24")], [])
    assert RootWatcher(tmp_path).look(BEFORE + later).due == due


def test_a_segment_that_was_cut_short_is_named(tmp_path):
    lane = dealt(tmp_path)[0]
    commits = steps(lane, {0: 3})
    assert [next(commits), next(commits)] == ["staged", "claimed"]
    status = RootWatcher(tmp_path).look(BEFORE)
    assert status.unfinished == (str(lane.segment(1).relative_to(tmp_path)),)
    assert not status.streams[0].lanes[0].done


def test_the_last_commit_is_the_newest_of_all(tmp_path):
    lane = dealt(tmp_path)[0]
    commit(lane, {0: 1})
    assert datetime.fromisoformat(read_segment(lane, 1)[0].ended) == NOW
    assert RootWatcher(tmp_path).look(NOW + timedelta(seconds=90)).commit_age_seconds == 90


def test_a_folder_that_is_no_root_is_refused(tmp_path):
    with pytest.raises(OutputError, match="is no output root"):
        RootWatcher(tmp_path).look(BEFORE)

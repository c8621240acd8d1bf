"""A topic's lanes can be dealt anew while old writers still run: none of them commits any more."""

from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lanes.deal import close, deal
from pipelines.lanes.log import commit_segment, position
from pipelines.root.segment_files import Lane, last_epoch, read_segments, stream_ids
from schemas.errors import LaneError, StreamError
from schemas.segment import stream_id
from tests.made_output import event_ids
from tests.pipelines.lanes.made_lanes import NOW, TOPIC, commit, dealt, event_id, staged

STREAM = stream_id(TOPIC)


def test_a_topic_is_dealt_once(tmp_path):
    assert dealt(tmp_path, 2, {0: 3}) == dealt(tmp_path, 2, {0: 9})
    assert position(dealt(tmp_path, 2)[0]).next == {0: 3}
    assert stream_ids(tmp_path) == [STREAM]


def test_no_number_of_lanes_means_as_many_as_there_are(tmp_path):
    dealt(tmp_path, 3)
    assert deal(tmp_path, TOPIC, None, dict, NOW).lanes == 3


def test_the_first_dealing_has_the_default_number_of_lanes(tmp_path):
    assert deal(tmp_path, TOPIC, None, dict, NOW, default=4).lanes == 4


def test_new_lanes_begin_where_the_old_ones_ended(tmp_path):
    for lane in dealt(tmp_path, 2):
        commit(lane, {lane.number: 3, lane.number + 2: 1})
    new = dealt(tmp_path, 3)
    assert [position(lane).next for lane in new] == [{0: 3, 3: 1}, {1: 3}, {2: 1}]
    commit(new[0], {0: 2})
    assert event_id(0, 4) in event_ids(tmp_path)


def test_a_stale_writer_commits_nothing_after_its_lane_was_dealt_anew(tmp_path):
    (old,) = dealt(tmp_path, 1)
    stale = staged(old, {0: 4})
    new = dealt(tmp_path, 2)
    commit(new[0], {0: 4})
    with pytest.raises(LaneError, match="lane 0 was closed"):
        commit_segment(*stale)
    assert event_ids(tmp_path) == [event_id(0, offset) for offset in range(4)]
    assert position(old).closed


def test_a_dealing_that_was_cut_short_is_finished_by_the_next(tmp_path):
    first, _ = dealt(tmp_path, 2)
    commit(first, {0: 4})
    close(first, NOW)
    again = dealt(tmp_path, 2)
    assert [lane.epoch for lane in again] == [2, 2]
    assert position(again[0]).next == {0: 4}


def test_fewer_lanes_take_the_partitions_of_more(tmp_path):
    for lane in dealt(tmp_path, 4):
        commit(lane, {lane.number: lane.number + 1})
    (only,) = dealt(tmp_path, 1)
    assert position(only).next == {0: 1, 1: 2, 2: 3, 3: 4}


def test_two_processes_that_deal_at_once_deal_alike_or_one_of_them_is_told(tmp_path):
    outcomes = []

    def run(lanes):
        try:
            outcomes.append(deal(tmp_path, TOPIC, lanes, dict, NOW).lanes)
        except StreamError as error:
            outcomes.append(str(error))

    threads = [Thread(target=run, args=(lanes,)) for lanes in (2, 3, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    stands = deal(tmp_path, TOPIC, None, dict, NOW)
    assert stands.epoch == last_epoch(tmp_path, STREAM)


@settings(max_examples=40)
@given(
    numbers=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    reads=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 3)), max_size=12),
)
def test_no_offset_is_left_out_or_read_twice_however_often_lanes_are_dealt(tmp_path_factory, numbers, reads):
    root = tmp_path_factory.mktemp("root")
    for turn, number in enumerate(numbers):
        lanes = dealt(root, number)
        for partition, messages in reads[turn :: len(numbers)]:
            commit(lanes[partition % number], {partition: messages})
    expected = {partition: sum(count for one, count in reads if one == partition) for partition, _ in reads}
    assert event_ids(root) == sorted(
        event_id(partition, offset) for partition, count in expected.items() for offset in range(count)
    )
    ranges = sorted(
        (part.partition, part.start, part.end) for one in read_segments(root) for part in one.ranges
    )
    at: dict[int, int] = {}
    for partition, start, end in ranges:
        assert start == at.get(partition, 0)
        at[partition] = end
    assert at == expected


def test_a_lane_that_does_not_close_is_named(tmp_path, monkeypatch):
    (lane,) = dealt(tmp_path)

    def lost(*_):
        raise LaneError("another process has gone on with lane 0")

    monkeypatch.setattr("pipelines.lanes.deal.commit_segment", lost)
    with pytest.raises(StreamError, match="lane 0 can't be closed"):
        close(lane, NOW)
    assert not list((tmp_path / "_staging").iterdir())


def test_lanes_of_other_topics_are_left_alone(tmp_path):
    deal(tmp_path, "other", 2, dict, NOW)
    dealt(tmp_path, 1)
    dealt(tmp_path, 2)
    assert not position(Lane(tmp_path, stream_id("other"), 1, 0)).closed

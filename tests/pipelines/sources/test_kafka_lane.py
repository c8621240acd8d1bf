"""A lane is read from exact offsets on: every message once, in whatever order, and no loss goes unsaid."""

import threading
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources import kafka_lane
from pipelines.sources.kafka_lane import LaneReader, ReadLimit
from schemas.errors import GapError, StreamError, UnreachableError
from schemas.segment import OffsetRange
from tests.pipelines.sources.fake_kafka import TOPIC, FakeConsumer, FakeTopic

PARTITIONS = 3


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch):
    monkeypatch.setattr(kafka_lane, "_LOOK_FOR_PARTITIONS_SECONDS", 0.0)


@pytest.fixture
def topic():
    topic = FakeTopic()
    for _ in range(PARTITIONS):
        topic.add_partition()
    return topic


def reader_of(topic, lane=0, lanes=1, record_gaps=False, **faults):
    return LaneReader(lambda: FakeConsumer(topic, **faults), TOPIC, lane, lanes, record_gaps)


def read(reader, starts=None, limit=None):
    """Return what is read from given offsets on, as (partition, offset) pairs."""
    reader.begin(starts or {})
    batches = reader.read(limit or ReadLimit())
    return [(message.partition(), message.offset()) for batch in batches for message in batch]


def test_a_lane_reads_its_own_partitions(topic):
    for partition in range(PARTITIONS):
        topic.produce(partition, b"a", b"b")
    assert read(reader_of(topic, lane=0, lanes=2)) == [(0, 0), (0, 1), (2, 0), (2, 1)]
    assert read(reader_of(topic, lane=1, lanes=2)) == [(1, 0), (1, 1)]


def test_a_lane_without_partitions_reads_nothing(topic):
    reader = reader_of(topic, lane=4, lanes=5)
    assert read(reader) == []
    assert not reader.has_news()


def test_reading_begins_where_it_is_told_to_and_says_its_ranges(topic):
    topic.produce(0, *[b"x"] * 5)
    reader = reader_of(topic)
    assert read(reader, {0: 3}) == [(0, 3), (0, 4)]
    assert reader.ranges() == (OffsetRange(0, 3, 5),)
    assert reader.at == {0: 5, 1: 0, 2: 0}


def test_what_was_not_committed_is_read_again(topic):
    topic.produce(0, b"a", b"b")
    reader = reader_of(topic)
    assert read(reader) == read(reader) == [(0, 0), (0, 1)]


def test_after_a_commit_the_consumer_goes_on_without_a_new_assignment(topic):
    topic.produce(0, b"a")
    reader = reader_of(topic)
    read(reader)
    topic.produce(0, b"b")
    reader._consumer.assign = None
    assert read(reader, reader.at) == [(0, 1)]
    assert reader.ranges() == (OffsetRange(0, 1, 2),)


def test_control_records_and_compacted_messages_are_no_loss(topic):
    topic.produce(0, b"a")
    topic.skip(0, 3)
    topic.produce(0, b"b")
    topic.skip(0, 2)
    reader = reader_of(topic)
    assert read(reader) == [(0, 0), (0, 4)]
    assert reader.ranges() == (OffsetRange(0, 0, 7),)


def test_control_records_alone_are_read_but_once(topic):
    topic.skip(0, 3)
    reader = reader_of(topic)
    assert read(reader) == []
    reader._consumer.assign = None
    assert read(reader) == []
    topic.produce(0, b"a")
    assert read(reader) == [(0, 3)]
    assert reader.ranges() == (OffsetRange(0, 0, 4),)


def test_tombstones_are_messages(topic):
    topic.produce(0, None, b"a")
    assert read(reader_of(topic)) == [(0, 0), (0, 1)]


def test_a_new_partition_is_found_and_read_from_its_start(topic):
    topic.produce(0, b"a")
    reader = reader_of(topic)
    read(reader)
    new = topic.add_partition()
    topic.produce(new, b"b")
    assert reader.has_news()
    assert read(reader, reader.at) == [(new, 0)]
    assert reader.ranges() == (OffsetRange(new, 0, 1),)


def test_messages_that_the_broker_dropped_are_an_error_that_names_them(topic):
    topic.produce(0, *[b"x"] * 9)
    topic.drop_before(0, 7)
    with pytest.raises(GapError, match=r"partition 0: 4 to 6\); --on-gap=record"):
        reader_of(topic).begin({0: 4})


def test_a_gap_is_recorded_where_that_is_wanted(topic):
    topic.produce(0, *[b"x"] * 9)
    topic.drop_before(0, 7)
    reader = reader_of(topic, record_gaps=True)
    assert reader.begin({0: 4}) == (OffsetRange(0, 4, 7),)
    assert [message.offset() for batch in reader.read(ReadLimit()) for message in batch] == [7, 8]
    assert reader.ranges() == (OffsetRange(0, 7, 9),)


def test_messages_dropped_while_they_are_waited_for_are_a_gap_of_the_next_read(topic):
    topic.produce(0, b"a", b"b")
    reader = reader_of(topic)
    read(reader)
    topic.produce(0, *[b"x"] * 5)
    topic.drop_before(0, 6)
    assert read(reader, reader.at) == []
    with pytest.raises(GapError, match="partition 0: 2 to 5"):
        reader.begin(reader.at)


def test_a_new_partition_that_lost_its_start_already_is_a_gap(topic):
    new = topic.add_partition()
    topic.produce(new, *[b"x"] * 5)
    topic.drop_before(new, 3)
    with pytest.raises(GapError, match="partition 3: 0 to 2"):
        reader_of(topic).begin({0: 0})


def test_a_topic_that_ends_before_what_was_read_was_made_anew(topic):
    topic.produce(0, b"a")
    with pytest.raises(StreamError, match="partition 0 ends at offset 1, but was read to 9 before"):
        reader_of(topic, record_gaps=True).begin({0: 9})


def test_a_topic_that_is_not_there_is_named_as_such(topic):
    reader = LaneReader(lambda: FakeConsumer(topic), "another", 0, 1)
    with pytest.raises(StreamError, match="it is not there"):
        reader.begin({})


def test_a_broker_that_does_not_answer_is_told_apart(topic):
    topic.down = True
    with pytest.raises(UnreachableError, match="the broker doesn't answer: _TRANSPORT"):
        reader_of(topic).begin({})


def test_passing_faults_are_sat_out_and_others_raised(topic):
    topic.produce(0, b"a")
    passing = reader_of(topic, faults=[KafkaError._TRANSPORT, KafkaError.NOT_LEADER_FOR_PARTITION])
    assert read(passing) == [(0, 0)]
    with pytest.raises(StreamError, match="TOPIC_AUTHORIZATION_FAILED"):
        read(reader_of(topic, faults=[KafkaError.TOPIC_AUTHORIZATION_FAILED]))


@pytest.mark.parametrize(
    ("limit", "messages"), [(ReadLimit(messages=7), 7), (ReadLimit(bytes=1), 50), (ReadLimit(seconds=0), 0)]
)
def test_a_read_ends_at_its_limit(topic, limit, messages):
    topic.produce(0, *[b"x"] * 200)
    assert len(read(reader_of(topic), limit=limit)) == messages


def test_large_messages_are_taken_a_few_at_a_time(topic):
    topic.produce(0, *[bytes(5 << 20)] * 60)
    reader = reader_of(topic)
    reader.begin({})
    assert [len(batch) for batch in reader.read(ReadLimit(bytes=1 << 40))] == [50, *[1] * 10]


def test_the_group_s_offsets_are_told_to_the_broker(topic):
    topic.produce(0, b"a")
    reader = reader_of(topic)
    read(reader)
    reader.note_commit(reader.at)
    assert reader._consumer.commits == [{0: 1, 1: 0, 2: 0}]


def test_a_closed_reader_may_begin_again(topic):
    topic.produce(0, b"a", b"b")
    reader = reader_of(topic)
    read(reader)
    reader.close()
    assert read(reader, {0: 1}) == [(0, 1)]


ACTIONS = st.one_of(
    st.tuples(st.just("produce"), st.integers(0, 3), st.integers(1, 5)),
    st.tuples(st.just("skip"), st.integers(0, 3), st.integers(1, 3)),
    st.tuples(st.just("drop"), st.integers(0, 3), st.integers(0, 12)),
    st.tuples(
        st.sampled_from(("commit", "fail", "takeover", "add_partition")), st.just(0), st.integers(1, 9)
    ),
)


class World:
    """A topic that lives, a lane's reader that now and then is replaced, and what was committed of it."""

    def __init__(self, order, faults):
        self.topic = FakeTopic()
        self.topic.add_partition()
        self.order, self.faults = order, faults
        self.produced, self.got, self.said_lost = set(), [], set()
        self.at: dict[int, int] = {}
        self.takeover(0, 0)

    def produce(self, partition, number):
        end = self.topic.high[partition]
        self.produced.update((partition, end + more) for more in range(number))
        self.topic.produce(partition, *[b"x"] * number)

    def skip(self, partition, number):
        self.topic.skip(partition, number)

    def drop(self, partition, number):
        self.topic.drop_before(partition, number)

    def add_partition(self, _, number):
        if number <= 4:
            self.topic.add_partition()

    def takeover(self, *_):
        consumer = FakeConsumer(self.topic, self.order, self.faults)
        self.reader = LaneReader(lambda: consumer, TOPIC, 0, 1, record_gaps=True)

    def fail(self, _, number):
        self.reader.begin(self.at)
        list(self.reader.read(ReadLimit(messages=number)))

    def commit(self, _, number):
        gaps = self.reader.begin(self.at)
        batches = list(self.reader.read(ReadLimit(messages=number)))
        for part in sorted((*gaps, *self.reader.ranges()), key=lambda part: (part.partition, part.start)):
            assert part.start == self.at.get(part.partition, 0)
            self.at[part.partition] = part.end
        self.got += [(message.partition(), message.offset()) for batch in batches for message in batch]
        self.said_lost.update((gap.partition, at) for gap in gaps for at in range(gap.start, gap.end))


@settings(max_examples=300)
@given(
    actions=st.lists(ACTIONS, max_size=30),
    order=st.lists(st.integers(0, 3), max_size=40),
    faults=st.lists(st.sampled_from((None, KafkaError._TRANSPORT, KafkaError._TIMED_OUT)), max_size=10),
)
def test_every_message_is_committed_once_and_every_offset_accounted_for(actions, order, faults):
    world = World(order, faults)
    for action, partition, number in [*actions, *[("commit", 0, 99)] * 12]:
        getattr(world, action)(partition % len(world.topic.messages), number)
    assert len(world.got) == len(set(world.got))
    assert set(world.got) <= world.produced <= set(world.got) | world.said_lost
    assert set(world.got).isdisjoint(world.said_lost)


def test_a_broker_that_is_gone_keeps_no_reader_from_closing(monkeypatch):
    monkeypatch.setattr(kafka_lane, "_CLOSE_SECONDS", 0.01)
    gone, made = threading.Event(), SimpleNamespace(close=lambda: gone.wait())
    reader = LaneReader(lambda: made, "topic", 0, 1)
    reader._consumer = made
    reader.close()
    gone.set()
    assert reader.at == {}

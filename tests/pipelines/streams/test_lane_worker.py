"""One call commits what is there of a lane as one segment that balances; whatever fails, the next call goes on."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.lanes.log import position
from pipelines.retention.verify import verify_root
from pipelines.root.erased_marks import runs_unaware_of
from pipelines.root.layout import STAGING
from pipelines.root.segment_files import read_segments
from pipelines.sources.kafka_lane import ReadLimit
from pipelines.streams.job import Stores, deal_topic
from pipelines.streams.lane_worker import LaneWorker
from schemas.errors import ClosedLaneError, KeyFileError, LaneError, LogveilError
from schemas.policy.file import default_policy
from schemas.segment import OffsetRange
from tests.made_output import event_ids, file_size_limit, read_records
from tests.pipelines.streams.made_streams import (
    SECRET,
    event,
    make_job,
    new_topic,
    note_erasure,
    produce,
)
from transforms.batches.steps import BatchFn
from transforms.framing.messages import MessageFormat
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents


def now():
    return datetime.now(UTC)


def numbers(root):
    """Return the numbers of the events in the partitions."""
    texts = [str(record["output"]) for record in read_records(root, "category=troubleshooting_data")]
    return sorted(int(text.split()[1]) for text in texts)


def test_a_segment_holds_what_is_there(tmp_path):
    topic = new_topic(10)
    segment = LaneWorker(make_job(tmp_path, topic, lanes=1), 0).advance(now())
    assert numbers(tmp_path) == list(range(10))
    assert segment.ranges == (OffsetRange(0, 0, 4), OffsetRange(1, 0, 3), OffsetRange(2, 0, 3))
    assert (segment.messages, segment.counts["read"], segment.counts["written"]) == (10, 10, 10)
    assert segment.oldest_ms <= segment.newest_ms
    assert verify_root(tmp_path, now(), default_policy()) == []


def test_nothing_of_the_events_stands_anywhere_but_redacted(tmp_path):
    LaneWorker(make_job(tmp_path, new_topic(10), lanes=1), 0).advance(now())
    assert [problem for problem in verify_root(tmp_path, now(), default_policy(), canaries=[SECRET])] == []
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()


def test_a_lane_reads_its_own_partitions_only(tmp_path):
    job = make_job(tmp_path, new_topic(9), lanes=2)
    assert LaneWorker(job, 1).advance(now()).messages == 3
    assert LaneWorker(job, 0).advance(now()).messages == 6
    assert numbers(tmp_path) == list(range(9))


def test_nothing_new_is_no_segment(tmp_path):
    topic = new_topic(3)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    worker.advance(now())
    assert worker.advance(now()) is None
    assert not worker.has_news()
    assert not list((tmp_path / STAGING).iterdir())
    produce(topic, range(3, 5))
    assert worker.has_news()
    assert worker.advance(now()).sequence == 2


def test_a_limit_cuts_segments(tmp_path):
    job = make_job(tmp_path, new_topic(100), lanes=1, limit=ReadLimit(messages=40))
    worker = LaneWorker(job, 0)
    assert [worker.advance(now()).messages for _ in range(3)] == [40, 40, 20]
    assert worker.advance(now()) is None
    assert numbers(tmp_path) == list(range(100))


def test_bad_messages_are_rejected_with_their_coordinates(tmp_path):
    topic = new_topic(partitions=1)
    for value in (b"poison", b"", event(1), event(2, __TIMESTAMP__=1_500_000_000_000), b"x" * 2000):
        topic.produce(value)
    job = make_job(tmp_path, topic, lanes=1, max_event_bytes=1000)
    segment = LaneWorker(job, 0).advance(now())
    rejected = {record["offset"]: record["reason"] for record in read_records(tmp_path, "category=rejected")}
    assert rejected == {0: "not_json", 1: "empty_line", 4: "too_long"}
    assert {record["source"] for record in read_records(tmp_path, "category=rejected")} == {topic.name}
    assert segment.counts["expired_on_arrival"] == 1
    assert verify_root(tmp_path, now(), default_policy()) == []


def test_original_lines_are_dated_by_the_broker(tmp_path):
    topic = new_topic(partitions=1)
    topic.produce(b"job 7 failed")
    LaneWorker(make_job(tmp_path, topic, lanes=1, format=MessageFormat.TEXT), 0).advance(now())
    (record,) = read_records(tmp_path, "category=troubleshooting_data")
    assert record["output"] == "job 7 failed"
    assert abs(record["event_time"].timestamp() - now().timestamp()) < 60


def test_the_clock_of_each_bundle_dates_its_rejections(tmp_path):
    topic = new_topic(partitions=1)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    for later in (0, 3):
        topic.produce(b"{")
        worker.advance(now() + timedelta(days=later))
    days = {record["expires_on"] for record in read_records(tmp_path, "category=rejected")}
    assert max(days) - min(days) == timedelta(days=3)


def test_of_two_workers_on_a_lane_each_message_is_committed_by_one(tmp_path):
    topic = new_topic(60)
    job = make_job(tmp_path, topic, lanes=1, limit=ReadLimit(messages=10))
    both = [LaneWorker(job, 0), LaneWorker(replace(job, token="other"), 0)]
    for turn in range(8):
        both[turn % 2].advance(now())
    assert numbers(tmp_path) == list(range(60))
    assert len(event_ids(tmp_path)) == len(set(event_ids(tmp_path))) == 60


def test_a_worker_that_was_overtaken_starts_right_the_next_time(tmp_path, monkeypatch):
    topic = new_topic(20)
    job = make_job(tmp_path, topic, lanes=1)
    slow, quick = LaneWorker(job, 0), LaneWorker(replace(job, token="other"), 0)
    take = slow._take

    def overtaken(attempt, messages):
        monkeypatch.undo()
        quick.advance(now())
        take(attempt, messages)

    monkeypatch.setattr(slow, "_take", overtaken)
    with pytest.raises(LaneError):
        slow.advance(now())
    produce(topic, range(20, 25))
    assert slow.advance(now()).messages == 5
    assert numbers(tmp_path) == list(range(25))
    assert not list((tmp_path / STAGING).iterdir())


def test_a_worker_of_an_old_dealing_commits_nothing(tmp_path):
    topic = new_topic(20)
    stale = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    deal_topic(tmp_path, topic, 2)
    with pytest.raises(ClosedLaneError, match="the topic has been dealt anew"):
        stale.advance(now())
    assert event_ids(tmp_path) == []


def test_another_key_of_the_same_epoch_is_refused(tmp_path):
    topic = new_topic(3)
    job = make_job(tmp_path, topic, lanes=1)
    LaneWorker(job, 0).advance(now())
    other = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "1"), 0)
    with pytest.raises(KeyFileError, match="the key of epoch 1 is not the one"):
        LaneWorker(replace(job, body=other), 0).advance(now())
    renewed = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "2"), 0)
    assert LaneWorker(replace(job, body=renewed), 0).advance(now()) is None


def test_a_disk_that_was_full_is_used_again_when_there_is_room(tmp_path):
    topic = new_topic(50)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    with file_size_limit(100), pytest.raises(LogveilError, match="cannot write to the output root"):
        worker.advance(now())
    assert worker.advance(now()).messages == 50
    assert numbers(tmp_path) == list(range(50))
    assert not list((tmp_path / STAGING).iterdir())


class Store(BatchFn):
    """Remembers what it was told, and when it was told to have written it."""

    def __init__(self, root, broken=0):
        self.root, self.broken, self.told = root, broken, []

    def setup(self):
        self.told.append("setup")

    def start_bundle(self):
        self.given = 0

    def process_batch(self, batch):
        self.given += len(batch)
        yield from ()

    def finish_bundle(self):
        if self.broken:
            self.broken -= 1
            raise LogveilError("the store refused")
        self.told.append((self.given, len(list(read_segments(self.root)))))

    def teardown(self):
        self.told.append("teardown")


def test_stores_have_written_before_a_segment_is_committed(tmp_path):
    store, refused = Store(tmp_path), Store(tmp_path)
    topic = new_topic(10)
    topic.produce(b"{")
    job = make_job(tmp_path, topic, lanes=1, stores=Stores(events=[store], rejections=[refused]))
    worker = LaneWorker(job, 0)
    worker.advance(now())
    worker.close()
    assert store.told == ["setup", (10, 0), "teardown"]
    assert refused.told == ["setup", (1, 0), "teardown"]


def test_a_store_that_refuses_keeps_the_segment_from_being_committed(tmp_path):
    store = Store(tmp_path, broken=1)
    topic = new_topic(10)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1, stores=Stores(events=[store])), 0)
    with pytest.raises(LogveilError, match="the store refused"):
        worker.advance(now())
    assert position(worker.lane).sequence == 1
    worker.advance(now())
    assert store.told == ["setup", (10, 0)]
    assert Counter(numbers(tmp_path)) == Counter(range(10))


def test_an_account_erased_while_the_stream_runs_comes_in_no_more(tmp_path):
    topic = new_topic(partitions=1)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    for number in range(2):
        topic.produce(event(number, uin="100012345678"))
        segment = worker.advance(now())
        if number == 0:
            (record,) = read_records(tmp_path, "category=troubleshooting_data")
            note_erasure(tmp_path, record["uin"])
    assert segment.counts["erased_on_arrival"] == 1
    assert numbers(tmp_path) == [0]


def test_an_erasure_sees_which_attempts_began_before_it(tmp_path, monkeypatch):
    topic = new_topic(5)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    take, seen = worker._take, []

    def look(attempt, messages):
        seen.extend(runs_unaware_of(tmp_path, "plan"))
        take(attempt, messages)

    monkeypatch.setattr(worker, "_take", look)
    worker.advance(now())
    assert [name.split("-")[0] for name in seen] == ["stream"]
    assert runs_unaware_of(tmp_path, "plan") == []

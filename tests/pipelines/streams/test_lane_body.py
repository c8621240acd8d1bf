"""A lane's records are made by the engine where it can do it, and are those of the plain steps."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.retention.verify import verify_root
from pipelines.root.segment_files import read_segments
from pipelines.streams.job import Stores
from pipelines.streams.lane_body import LaneBodies, make_body
from pipelines.streams.lane_worker import LaneWorker
from schemas.accounts import ErasedMark
from schemas.errors import OptionsError
from schemas.policy.file import default_policy
from tests.made_output import read_records
from tests.pipelines.streams.made_streams import event, make_job, new_topic, note_erasure
from transforms.batches.steps import BatchFn
from transforms.engine.choice import WANTED, EngineChoice
from transforms.framing.messages import MessageFormat
from transforms.tag import epoch_ms

NATIVE = f"native {WANTED}"
EVENTS, REJECTIONS = "category=troubleshooting_data", "category=rejected"


def now():
    return datetime.now(UTC)


def mixed_topic():
    """Return a topic of plain and odd events, of several partitions, with what must be rejected or is too old."""
    topic = new_topic(60)
    for value in (
        b"poison",
        b"",
        b"[1]",
        event(60, uin=100012345678),
        event(61, __TIMESTAMP__=1_500_000_000_000),
    ):
        topic.produce(value)
    topic.produce(event(62, __TIMESTAMP__=epoch_ms(now()) + 10 * 86_400_000))
    repeat = event(63, __PKGID__="A-1", __PKG_LOGID__=7)
    topic.produce(repeat)
    topic.produce(repeat)
    topic.produce(event(64, username="lin.qiao", output="job 64 of lin.qiao from 203.0.113.77"))
    return topic


def written(root):
    """Return all records under a root, in an order of their own."""
    return [sorted(read_records(root, category), key=repr) for category in (EVENTS, REJECTIONS)]


def run(root, topic, **options):
    """Commit a segment and return it with its records."""
    segment = LaneWorker(make_job(root, topic, lanes=1, **options), 0).advance(now())
    assert verify_root(root, now(), default_policy()) == []
    return segment, written(root)


@pytest.mark.usefixtures("engine_is_there")
def test_engine_and_steps_write_the_same_records_and_counts(tmp_path):
    topic = mixed_topic()
    plain, expected = run(tmp_path / "steps", topic, engine=EngineChoice.PYTHON)
    made, records = run(tmp_path / "engine", topic)
    assert (plain.engine, made.engine) == ("python", NATIVE)
    assert records == expected
    assert made.counts == plain.counts
    assert made.counts["duplicates_dropped"] == 1
    assert Counter(one["reason"] for one in records[1]) == {
        "not_json": 1,
        "empty_line": 1,
        "not_an_object": 1,
        "future_time": 1,
    }


@pytest.mark.usefixtures("engine_is_there")
def test_the_root_says_what_made_a_segment(tmp_path):
    run(tmp_path, new_topic(3))
    assert [segment.engine for segment in read_segments(tmp_path)] == [NATIVE]


@pytest.mark.usefixtures("engine_is_there")
def test_the_clock_of_each_bundle_says_what_has_expired_and_what_is_of_the_future(tmp_path):
    topic = new_topic(partitions=1)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    counts = []
    for days in (-3, 0, 181):
        topic.produce(event(1))
        counts.append(worker.advance(now() + timedelta(days=days)).counts)
    assert counts[0]["rejected/future_time"] == counts[1]["written"] == counts[2]["expired_on_arrival"] == 1


@pytest.mark.usefixtures("engine_is_there")
def test_an_account_that_was_erased_comes_in_no_more_by_the_engine(tmp_path):
    topic = new_topic(partitions=1)
    worker = LaneWorker(make_job(tmp_path, topic, lanes=1), 0)
    topic.produce(event(0, uin="100012345678"))
    assert worker.advance(now()).engine == NATIVE
    (record,) = read_records(tmp_path, EVENTS)
    note_erasure(tmp_path, record["uin"])
    topic.produce(event(1, uin="100012345678"))
    segment = worker.advance(now())
    assert (segment.engine, segment.counts["erased_on_arrival"]) == (NATIVE, 1)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"format": MessageFormat.TEXT}, "not events in JSON"),
        ({"stores": Stores(events=[BatchFn()])}, "MySQL or another topic"),
    ],
)
def test_what_needs_whole_events_is_left_to_the_steps_or_refused(tmp_path, options, why):
    job = make_job(tmp_path, new_topic(), engine=EngineChoice.NATIVE, **options)
    with pytest.raises(OptionsError, match=why):
        make_body(job, {})
    assert make_body(replace(job, engine=EngineChoice.AUTO), {}).engine == "python"


@pytest.mark.usefixtures("engine_is_there")
def test_an_engine_that_differs_from_the_steps_is_not_used(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("transforms.engine.step.agrees", lambda *_: False)
    segment, _ = run(tmp_path, new_topic(2))
    assert segment.engine == "python"
    assert "engine/unequal" not in segment.counts
    assert [record.name for record in caplog.records] == [make_body.__module__]


def test_lanes_that_take_turns_share_a_body_and_others_have_their_own(tmp_path):
    job = make_job(tmp_path, new_topic(), lanes=1, engine=EngineChoice.PYTHON)
    bodies = LaneBodies(job)
    first, second = bodies.take({}), bodies.take({})
    assert first is not second
    bodies.give_back(first)
    assert bodies.take({}) is first


def test_a_body_from_before_an_erasure_is_taken_no_more(tmp_path):
    bodies = LaneBodies(make_job(tmp_path, new_topic(), lanes=1, engine=EngineChoice.PYTHON))
    bodies.give_back(old := bodies.take({}))
    marks = {"digest": (ErasedMark("digest", 0, 7),)}
    assert bodies.take(marks).erased == marks
    assert bodies.take({}) is not old

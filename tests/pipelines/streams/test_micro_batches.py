"""Without a cluster a stream runs in this process: nothing lost, nothing twice, and no run while nothing comes."""

import threading
from datetime import UTC, datetime

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipelines.retention.verify import verify_root
from pipelines.streams.job import deal_topic
from pipelines.streams.micro_batches import AdvanceLanes, run_micro_batches
from pipelines.streams.workers import worker_of
from schemas.errors import ClosedLaneError, RunnerError, UnreachableError
from schemas.policy.file import default_policy
from tests.pipelines.streams.made_streams import SECRET, make_job, new_topic, produce
from tests.pipelines.streams.test_lane_worker import numbers
from transforms.engine.choice import EngineChoice


def caught_up(job, **options):
    return run_micro_batches(job, 0.01, threading.Event(), until_caught_up=True, **options)


def test_a_stream_runs_until_it_has_caught_up(tmp_path):
    topic = new_topic(30)
    job = make_job(tmp_path, topic, lanes=2)
    assert caught_up(job).messages == 30
    produce(topic, range(30, 40))
    assert caught_up(job).messages == 10
    assert numbers(tmp_path) == list(range(40))
    assert verify_root(tmp_path, datetime.now(UTC), default_policy()) == []


def test_no_run_is_made_while_nothing_comes(tmp_path):
    topic = new_topic(5)
    stop = threading.Event()
    shown = []

    def show(progress):
        shown.append(progress.runs)
        if len(shown) == 4:
            stop.set()

    run_micro_batches(make_job(tmp_path, topic), 0.01, stop, show=show)
    assert shown == [1, 1, 1, 1]


def test_a_stream_that_is_told_to_stop_ends(tmp_path):
    stop = threading.Event()
    stop.set()
    assert run_micro_batches(make_job(tmp_path, new_topic(5)), 60, stop).messages == 0


def test_what_passes_by_itself_is_waited_for_and_said_once(tmp_path, monkeypatch, caplog):
    job = make_job(tmp_path, new_topic(5), lanes=1)
    worker = worker_of(job, 0)
    begin, refused = worker._reader.begin, iter(range(3))

    def absent(offsets):
        if next(refused, None) is not None:
            raise UnreachableError("the broker doesn't answer: _TRANSPORT")
        return begin(offsets)

    monkeypatch.setattr(worker._reader, "begin", absent)
    assert caught_up(job).messages == 5
    assert [record.getMessage() for record in caplog.records] == [
        "waiting: the broker doesn't answer: _TRANSPORT"
    ]


def test_a_stream_whose_topic_was_dealt_anew_ends_with_an_error(tmp_path):
    topic = new_topic(5)
    job = make_job(tmp_path, topic, lanes=1)
    deal_topic(tmp_path, topic, 2)
    with pytest.raises(ClosedLaneError):
        caught_up(job)


def test_an_unexpected_fault_ends_it_and_quotes_no_event(tmp_path, monkeypatch):
    job = make_job(tmp_path, new_topic(5), lanes=1)
    worker = worker_of(job, 0)

    def fail(attempt, messages):
        raise ValueError(messages[0].value().decode())

    monkeypatch.setattr(worker, "_take", fail)
    with pytest.raises(RunnerError, match="the runner failed with ValueError") as raised:
        caught_up(job)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_reader_of_the_loop_sees_its_progress(tmp_path):
    shown = []
    caught_up(make_job(tmp_path, new_topic(7)), show=lambda progress: shown.append(progress.messages))
    assert shown[-1] == 7


def counted_of(job):
    """Return Beam's counters of one run of a job's only lane, by step and name."""
    pipeline = beam.Pipeline(runner=FnApiRunner())
    pipeline | AdvanceLanes(job, (0,))
    result = pipeline.run()
    result.wait_until_finish()
    counters = result.metrics().query()["counters"]
    return {(one.key.metric.namespace, one.key.metric.name): one.result for one in counters}


def five_and_poison():
    """Return a topic of five events and what is none."""
    topic = new_topic(5, partitions=1)
    topic.produce(b"poison")
    return topic


def test_the_steps_of_a_stream_count_like_those_of_a_batch_job(tmp_path):
    job = make_job(tmp_path, five_and_poison(), lanes=1, engine=EngineChoice.PYTHON)
    counted = counted_of(job)
    assert counted["ReadTopic", "in"] == counted["ReadTopic", "out"] == counted["ParseStep", "in"] == 6
    assert (counted["ParseStep", "out"], counted["ParseStep", "rejected/not_json"]) == (5, 1)
    assert counted["DropRepeatsStep", "out"] == 5
    assert (counted["CommitSegments", "in"], counted["CommitSegments", "out"]) == (6, 2)


@pytest.mark.usefixtures("engine_is_there")
def test_the_engine_of_a_stream_counts_what_it_took_and_gave_and_not_its_self_check(tmp_path):
    counted = counted_of(make_job(tmp_path, five_and_poison(), lanes=1))
    assert (counted["EngineStep", "in"], counted["EngineStep", "out"]) == (6, 5)
    assert counted["EngineStep", "rejected/not_json"] == 1
    assert counted["ParseStep", "in"] == 1  # what is no plain event

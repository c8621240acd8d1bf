"""On a cluster a lane takes turns: it comes again when its next segment is due, and its graph holds no secret."""

import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.utils.timestamp import Duration

from pipelines.keys.rings import load_keys
from pipelines.sources.kafka import KafkaConnection, KafkaTopic
from pipelines.sources.kafka_lane import ReadLimit
from pipelines.streams import graph
from pipelines.streams.cluster import _parallelism, _with_defaults
from pipelines.streams.graph import AdvanceLaneForEverFn
from pipelines.streams.job import deal_topic
from pipelines.streams.spread import lane_elements
from schemas.errors import GapError, OutputError, RunnerError, UnreachableError
from schemas.policy.file import default_policy
from tests.pipelines.streams.made_streams import SECRET, make_job, new_topic
from tests.pipelines.streams.test_lane_worker import numbers
from transforms.redact_logs import RedactLogEvents

ROLL = 7.0


class Turns:
    """What a runner gives to a lane's turn, and what it was told."""

    def __init__(self, fn):
        self.tracker = fn.create_tracker(fn.initial_restriction("0/0"))
        self.put_off = []

    def current_restriction(self):
        return self.tracker.current_restriction()

    def try_claim(self, turn):
        return self.tracker.try_claim(turn)

    def defer_remainder(self, later):
        self.put_off.append(later)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let turns take no time, unless a test says so."""
    told = iter(())
    monkeypatch.setattr(graph, "time", SimpleNamespace(monotonic=lambda: next(told, 0.0)))

    def tell(*times):
        nonlocal told
        told = iter(times)

    return tell


def take_turn(job, element="0/0"):
    fn = AdvanceLaneForEverFn(job, ROLL)
    turns = Turns(fn)
    assert list(fn.process(element, turns)) == []
    return turns


def test_a_lane_that_has_caught_up_comes_again_after_the_roll(tmp_path):
    turns = take_turn(make_job(tmp_path, new_topic(5), lanes=1))
    assert turns.put_off == [Duration(ROLL)]  # counted from the turn's begin
    assert numbers(tmp_path) == list(range(5))


@pytest.mark.parametrize(("took", "left"), [(3.0, 4.0), (9.0, 0.0)])
def test_the_time_that_a_turn_takes_is_part_of_the_roll(tmp_path, monkeypatch, clock, took, left):
    monkeypatch.setattr(graph, "advance_lane", lambda *_: clock(took))
    assert take_turn(make_job(tmp_path, new_topic(0), lanes=1)).put_off == [Duration(left)]


def test_a_lane_that_is_behind_comes_again_at_once(tmp_path):
    job = make_job(tmp_path, new_topic(50), lanes=1, limit=ReadLimit(messages=20))
    assert take_turn(job).put_off == [Duration(0)]
    assert len(numbers(tmp_path)) == 20


def test_a_lane_whose_topic_was_dealt_anew_ends(tmp_path):
    topic = new_topic(5)
    job = make_job(tmp_path, topic, lanes=1)
    deal_topic(tmp_path, topic, 2)
    turns = take_turn(job)
    assert turns.put_off == []
    turns.tracker.check_done()


@pytest.mark.parametrize("error", [UnreachableError("the broker"), OutputError("the disk is full")])
def test_what_passes_by_itself_is_waited_for(tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(graph, "advance_lane", fail)
    assert take_turn(make_job(tmp_path, new_topic(5))).put_off == [Duration(ROLL)]


@pytest.mark.parametrize("error", [GapError("partition 0: 1 to 2"), RunnerError("a fault")])
def test_what_does_not_pass_is_raised(tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(graph, "advance_lane", fail)
    with pytest.raises(type(error)):
        take_turn(make_job(tmp_path, new_topic(5)))


def test_the_turns_are_put_off_and_never_halved(tmp_path):
    tracker = AdvanceLaneForEverFn(make_job(tmp_path, new_topic()), ROLL).create_tracker(OffsetRange(3, 9))
    assert tracker.try_claim(3)
    assert tracker.try_split(0.5) is None
    assert [str(part) for part in tracker.try_split(0)] == [str(OffsetRange(3, 4)), str(OffsetRange(4, 9))]


def test_the_graph_names_keys_and_passwords_and_holds_none(tmp_path: Path) -> None:
    secrets = {"key": bytes(range(101, 133)), "password": b"AKIDexample#swordfish"}
    for name, data in secrets.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    key = load_keys(tmp_path / "key", {}).current
    source = KafkaTopic("topic", KafkaConnection("b:1", "user", tmp_path / "password"), "group")
    job = replace(
        make_job(tmp_path / "out", new_topic(3)),
        topic=source,
        body=RedactLogEvents(default_policy(), key, 0),
        keys=[key],
    )
    drawn = pickle.dumps(AdvanceLaneForEverFn(job, ROLL))  # what the graph holds of it is packed
    assert b"KeyPlace" in drawn
    for needle in (*secrets.values(), secrets["key"].hex().encode(), SECRET.encode()):
        assert needle not in drawn


def test_the_options_of_flink_say_where_a_lane_runs():
    assert _parallelism(["--parallelism=3", "--max_parallelism=64"]) == (3, 64)
    assert _parallelism(["--runner=PrismRunner"]) == (1, 128)
    assert lane_elements(2, 1) == ["0/0", "1/0"]


def test_what_a_stream_needs_of_a_runner_is_set_unless_it_is_given():
    given = ["--runner=PortableRunner", "--max_bundle_time_mills=50"]
    assert _with_defaults(given) == [*given, "--streaming", "--finish_bundle_before_checkpointing"]
    assert _with_defaults([])[-1] == "--max_bundle_time_mills=200"

"""Prometheus reads what a status tells, under the names that the documentation lists."""

import re
from collections import Counter
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest

from pipelines.status.metrics import Status, StatusCollector
from pipelines.status.root import LaneStatus, RootStatus, StreamStatus
from pipelines.status.topic import PartitionLag, TopicStatus
from tests.conftest import ROOT

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COUNTS = Counter(
    {"read": 10, "written": 7, "rejected/not_json": 2, "expired_on_arrival": 1, "field/uin/keep": 7}
)
LANES = (LaneStatus(0, 42, NOW.isoformat(), True, False),)
STREAM = StreamStatus("app", "ab" * 8, 1, LANES, {0: 100, 1: 5})
TOPIC = TopicStatus("app", (PartitionLag(0, 0, 130, 100, 1_790_000_000_000), PartitionLag(1, 9, 9, 5)), -1)
STATUS = Status(
    RootStatus(NOW, NOW, COUNTS, 3, ("category=a/expires_on=2026-11-24",), (), (STREAM,)), (TOPIC,), 2, 180
)


def samples(status):
    registry = CollectorRegistry()
    registry.register(StatusCollector(lambda: status))
    lines = generate_latest(registry).decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_every_metric_has_its_value():
    assert {name: float(value) for name, value in samples(STATUS).items()} == {
        "logveil_events_read_total": 10,
        'logveil_events_total{outcome="written"}': 7,
        'logveil_events_total{outcome="expired_on_arrival"}': 1,
        'logveil_events_total{outcome="duplicates_dropped"}': 0,
        'logveil_events_total{outcome="erased_on_arrival"}': 0,
        'logveil_events_rejected_total{reason="not_json"}': 2,
        "logveil_last_commit_timestamp_seconds": NOW.timestamp(),
        "logveil_partitions": 3,
        "logveil_partitions_due": 1,
        "logveil_unfinished_commits": 0,
        "logveil_overdue_erasures": 2,
        'logveil_lane_segment{lane="0",topic="app"}': 42,
        'logveil_partition_next_offset{partition="0",topic="app"}': 100,
        'logveil_partition_next_offset{partition="1",topic="app"}': 5,
        'logveil_partition_lag{partition="0",topic="app"}': 30,
        'logveil_partition_lag{partition="1",topic="app"}': 0,
        'logveil_partition_dropped{partition="0",topic="app"}': 0,
        'logveil_partition_dropped{partition="1",topic="app"}': 4,
        'logveil_oldest_uncommitted_timestamp_seconds{topic="app"}': 1_790_000_000,
        'logveil_topic_keeps_too_long{topic="app"}': 1,
    }


def test_the_documentation_lists_every_metric_and_alerts_name_no_other():
    names = {name.partition("{")[0] for name in samples(STATUS)}
    page = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"^\| `(logveil_\w+)` ", page, re.MULTILINE)) == names
    rules = (ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text()
    alerted = set(re.findall(r"\blogveil_\w+", rules))
    assert alerted
    assert alerted <= names


def test_what_an_operator_has_to_look_after_is_a_warning_each():
    assert STATUS.warnings == [
        "topic app keeps raw events longer than the 180 days that the policy allows",
        "topic app dropped 4 offsets before they were read",
        "1 partitions are past their date: run logveil expire",
        "2 accounts should have been erased: run logveil erase",
    ]

"""A status as Prometheus metrics; docs/operations.md lists the names, and alerts on them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipelines.status.root import RootStatus
from pipelines.status.topic import TopicStatus

_OUTCOMES = ("written", "expired_on_arrival", "erased_on_arrival", "duplicates_dropped")
_REJECTED = "rejected/"


@dataclass(frozen=True)
class Status:
    """Everything that is told of a root: itself, the topics that a broker was asked for, and overdue erasures.

    `topic_days` is how long the policy lets raw events be kept; `overdue` is None where no vault was asked.
    """

    root: RootStatus
    topics: tuple[TopicStatus, ...]
    overdue: int | None
    topic_days: int

    @property
    def warnings(self) -> list[str]:
        """Return what an operator has to look after, a line each."""
        told = [
            f"topic {topic.topic} keeps raw events longer than the {self.topic_days} days that the policy allows"
            for topic in self.topics
            if topic.keeps_longer_than(self.topic_days)
        ]
        told += [
            f"topic {topic.topic} dropped {dropped} offsets before they were read"
            for topic in self.topics
            if (dropped := sum(one.dropped for one in topic.partitions))
        ]
        if self.root.due:
            told.append(f"{len(self.root.due)} partitions are past their date: run logveil expire")
        if self.overdue:
            told.append(f"{self.overdue} accounts should have been erased: run logveil erase")
        return told + [f"{place} was cut short; the next run finishes it" for place in self.root.unfinished]


class StatusCollector(Collector):
    """Asks for a status whenever Prometheus asks for metrics."""

    def __init__(self, look: Callable[[], Status]) -> None:
        self._look = look

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering doesn't look."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        status = self._look()
        yield from _of_root(status)
        yield from _of_streams(status.root)
        yield from _of_topics(status)


def _of_root(status: Status) -> Iterator[Metric]:
    root = status.root
    yield CounterMetricFamily("logveil_events_read", "Records read.", root.counts["read"])
    outcomes = CounterMetricFamily("logveil_events", "Records by what became of them.", labels=["outcome"])
    for outcome in _OUTCOMES:
        outcomes.add_metric([outcome], root.counts[outcome])
    yield outcomes
    rejected = CounterMetricFamily("logveil_events_rejected", "Rejected records.", labels=["reason"])
    for name, count in sorted(root.counts.items()):
        if name.startswith(_REJECTED):
            rejected.add_metric([name.removeprefix(_REJECTED)], count)
    yield rejected
    if root.last_commit is not None:
        yield _gauge(
            "last_commit_timestamp_seconds", "When anything was last committed.", root.last_commit.timestamp()
        )
    yield _gauge("partitions", "Partitions in the root.", root.partitions)
    yield _gauge("partitions_due", "Partitions past their date.", len(root.due))
    yield _gauge("unfinished_commits", "Commits that were cut short.", len(root.unfinished))
    if status.overdue is not None:
        yield _gauge("overdue_erasures", "Accounts that should have been erased.", status.overdue)


def _of_streams(root: RootStatus) -> Iterator[Metric]:
    sequence = GaugeMetricFamily("logveil_lane_segment", "A lane's last segment.", labels=["topic", "lane"])
    offset = GaugeMetricFamily("logveil_partition_next_offset", "Next offset.", labels=["topic", "partition"])
    for stream in root.streams:
        for lane in stream.lanes:
            sequence.add_metric([stream.topic, str(lane.lane)], lane.sequence)
        for partition, at in sorted(stream.next.items()):
            offset.add_metric([stream.topic, str(partition)], at)
    yield sequence
    yield offset


def _of_topics(status: Status) -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "logveil_partition_lag", "Offsets still to be read.", labels=["topic", "partition"]
    )
    dropped = GaugeMetricFamily(
        "logveil_partition_dropped", "Offsets lost to the broker's retention.", labels=["topic", "partition"]
    )
    oldest = GaugeMetricFamily(
        "logveil_oldest_uncommitted_timestamp_seconds",
        "Time of the oldest message that no commit holds.",
        labels=["topic"],
    )
    kept = GaugeMetricFamily(
        "logveil_topic_keeps_too_long",
        "1 if the topic keeps raw events longer than the policy allows.",
        labels=["topic"],
    )
    for topic in status.topics:
        for one in topic.partitions:
            lag.add_metric([topic.topic, str(one.partition)], one.lag)
            dropped.add_metric([topic.topic, str(one.partition)], one.dropped)
        if topic.oldest_ms is not None:
            oldest.add_metric([topic.topic], topic.oldest_ms / 1000)
        kept.add_metric([topic.topic], float(topic.keeps_longer_than(status.topic_days)))
    yield from (lag, dropped, oldest, kept)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"logveil_{name}", meaning, value)

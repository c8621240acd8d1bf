"""What the broker tells of a topic: how far behind a stream is, and how long raw events stay there."""

import time
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType  # type: ignore[attr-defined]

from pipelines.sources.kafka import KafkaConnection
from pipelines.sources.kafka_errors import ask
from schemas.errors import StreamError
from schemas.segment import Offsets

_GROUP = "logveil-status"
_ASK_SECONDS = 10.0
_LOOK_SECONDS = 5.0
_KEPT_FOR_EVER = -1


@dataclass(frozen=True)
class PartitionLag:
    """One partition: the offsets it holds ([low, high)), the next to be read, and the time of that message in ms.

    `dropped` counts the offsets that the broker let go before they were read.
    """

    partition: int
    low: int
    high: int
    next: int
    oldest_ms: int | None = None

    @property
    def lag(self) -> int:
        """Return how many offsets are still to be read."""
        return max(0, self.high - max(self.next, self.low))

    @property
    def dropped(self) -> int:
        """Return how many offsets can't be read any more."""
        return max(0, self.low - self.next)


@dataclass(frozen=True)
class TopicStatus:
    """A topic beside what was read of it; `retention_ms` is None where the broker doesn't tell, -1 for ever."""

    topic: str
    partitions: tuple[PartitionLag, ...]
    retention_ms: int | None

    @property
    def oldest_ms(self) -> int | None:
        """Return the time of the oldest message that no commit holds."""
        return min((one.oldest_ms for one in self.partitions if one.oldest_ms is not None), default=None)

    def keeps_longer_than(self, days: int) -> bool:
        """Tell whether the topic keeps raw events longer than so many days.

        Example:
            >>> [TopicStatus("t", (), ms).keeps_longer_than(180) for ms in (7 * 86_400_000, 181 * 86_400_000, -1)]
            [False, True, True]
        """
        if self.retention_ms is None:
            return False
        return self.retention_ms == _KEPT_FOR_EVER or self.retention_ms > days * 86_400_000


def ask_topic(connection: KafkaConnection, topic: str, offsets: Offsets) -> TopicStatus:
    """Return how a topic stands beside the offsets that are to be read next; nothing is committed to the broker.

    Raises:
        UnreachableError: The broker doesn't answer.
        StreamError: The topic is not there or may not be read.
        OptionsError: A secret can't be read.
    """
    consumer = Consumer(connection.consumer_config(_GROUP))
    try:
        found = ask(lambda: consumer.list_topics(topic, timeout=_ASK_SECONDS)).topics[topic]
        if found.error is not None:
            raise StreamError(f"the topic can't be read: {found.error.name()}")
        partitions = [
            _bounds(consumer, topic, number, offsets.get(number, 0)) for number in sorted(found.partitions)
        ]
        oldest = _oldest(consumer, topic, [one for one in partitions if one.lag])
    finally:
        consumer.close()
    with_times = (
        PartitionLag(one.partition, one.low, one.high, one.next, oldest.get(one.partition))
        for one in partitions
    )
    return TopicStatus(topic, tuple(with_times), _retention_ms(connection, topic))


def _bounds(consumer: Consumer, topic: str, partition: int, at: int) -> PartitionLag:
    place = TopicPartition(topic, partition)
    low, high = ask(lambda: consumer.get_watermark_offsets(place, timeout=_ASK_SECONDS, cached=False))
    return PartitionLag(partition, low, high, at)


def _oldest(consumer: Consumer, topic: str, behind: list[PartitionLag]) -> dict[int, int]:
    """Return the time of the first message to be read of each partition that is behind."""
    consumer.assign([TopicPartition(topic, one.partition, max(one.next, one.low)) for one in behind])
    wanted, until = {one.partition for one in behind}, time.monotonic() + _LOOK_SECONDS
    oldest: dict[int, int] = {}
    while wanted - oldest.keys() and time.monotonic() < until:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            oldest.setdefault(int(message.partition() or 0), message.timestamp()[1])
    return oldest


def _retention_ms(connection: KafkaConnection, topic: str) -> int | None:
    """Return how long the broker keeps messages; the log service's endpoint is no full broker and doesn't tell."""
    resource = ConfigResource(ResourceType.TOPIC, topic)
    admin = AdminClient(connection.client_config())
    try:
        answer = admin.describe_configs([resource], request_timeout=_ASK_SECONDS)[resource].result()
    except (KafkaException, TimeoutError):
        return None
    entry = answer.get("retention.ms")
    return None if entry is None else int(entry.value)

"""A topic in this process's memory, for trying a stream out without a broker."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from confluent_kafka import TopicPartition

from pipelines.sources.kafka_lane import Message

_topics: dict[str, "MemoryTopic"] = {}


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    place: int
    data: bytes
    time_ms: int

    def error(self) -> None:
        return None

    def partition(self) -> int:
        return self.number

    def offset(self) -> int:
        return self.place

    def value(self) -> bytes:
        return self.data

    def timestamp(self) -> tuple[int, int]:
        return 1, self.time_ms


@dataclass
class MemoryTopic:
    """A topic with some partitions; it pickles by its name, as it stays in the process that made it."""

    name: str
    partitions: int = 2
    messages: list[list[_Message]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """Make the partitions, and be known by name."""
        self.messages = [[] for _ in range(self.partitions)]
        _topics[self.name] = self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the name."""
        return _topic_named, (self.name,)

    def produce(self, value: bytes) -> None:
        """Append a message to the shortest partition."""
        number = min(range(self.partitions), key=lambda one: len(self.messages[one]))
        into = self.messages[number]
        into.append(_Message(number, len(into), value, time.time_ns() // 1_000_000))

    def consumer(self) -> "_Consumer":
        """Return a consumer that was assigned nothing yet."""
        return _Consumer(self)


def _topic_named(name: str) -> MemoryTopic:
    return _topics[name]


class _Consumer:
    """As much of confluent-kafka's consumer as reading a lane takes."""

    def __init__(self, topic: MemoryTopic) -> None:
        self._topic = topic
        self._at: dict[int, int] = {}

    def list_topics(self, topic: str, timeout: float) -> Any:
        described = SimpleNamespace(error=None, partitions=dict.fromkeys(range(self._topic.partitions)))
        return SimpleNamespace(topics={topic: described})

    def get_watermark_offsets(
        self, place: TopicPartition, timeout: float = 0, cached: bool = False
    ) -> tuple[int, int]:
        return 0, len(self._topic.messages[place.partition])

    def assign(self, places: Sequence[TopicPartition]) -> None:
        self._at = {place.partition: place.offset for place in places}

    def consume(self, number: int, timeout: float) -> list[Message]:
        batch: list[Message] = []
        for partition, at in self._at.items():
            taken = self._topic.messages[partition][at : at + number - len(batch)]
            self._at[partition] += len(taken)
            batch += taken
        return batch

    def commit(self, offsets: Sequence[TopicPartition], asynchronous: bool) -> None:
        pass

    def close(self) -> None:
        pass

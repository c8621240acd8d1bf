"""A topic and its consumer in memory, with what makes a real one hard: holes, control records, retention, faults."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from confluent_kafka import KafkaError, KafkaException, TopicPartition

TOPIC = "topic"


@dataclass
class FakeTopic:
    """Partitions with their messages by offset; `low` is the first offset kept, `high` the end of each."""

    messages: dict[int, dict[int, bytes | None]] = field(default_factory=dict)
    low: dict[int, int] = field(default_factory=dict)
    high: dict[int, int] = field(default_factory=dict)
    down: bool = False

    def add_partition(self) -> int:
        """Add a partition and return its number."""
        number = len(self.messages)
        self.messages[number], self.low[number], self.high[number] = {}, 0, 0
        return number

    def produce(self, partition: int, *values: bytes | None) -> None:
        """Append messages."""
        for value in values:
            self.messages[partition][self.high[partition]] = value
            self.high[partition] += 1

    def skip(self, partition: int, offsets: int = 1) -> None:
        """Append what is no message: control records, or what compaction will have taken."""
        self.high[partition] += offsets

    def drop_before(self, partition: int, offset: int) -> None:
        """Let the broker's retention drop messages."""
        self.low[partition] = min(max(self.low[partition], offset), self.high[partition])
        kept = self.messages[partition].items()
        self.messages[partition] = {at: value for at, value in kept if at >= self.low[partition]}


@dataclass
class FakeMessage:
    """A message, or an event in the place of one."""

    number: int
    at: int
    data: bytes | None = b""
    code: int | None = None

    def error(self):
        return None if self.code is None else KafkaError(self.code)

    def partition(self):
        return self.number

    def offset(self):
        return self.at

    def value(self):
        return self.data

    def timestamp(self):
        return (1, 1_795_478_400_000 + self.at)


class FakeConsumer:
    """Consumes a `FakeTopic` as confluent-kafka does; `order` says whose turn it is, `faults` what fails."""

    def __init__(self, topic: FakeTopic, order=(), faults=()):
        self.topic = topic
        self.order = list(order)
        self.faults = list(faults)
        self.at: dict[int, int] = {}
        self.told_end: dict[int, int] = {}
        self.known_high: dict[int, int] = {}
        self.commits: list[dict[int, int]] = []
        self.closed = False

    def list_topics(self, name, timeout):
        self._answer()
        if name != TOPIC:
            return SimpleNamespace(topics={})
        partitions = dict.fromkeys(self.topic.messages)
        return SimpleNamespace(topics={name: SimpleNamespace(error=None, partitions=partitions)})

    def assign(self, places):
        self.at = {place.partition: place.offset for place in places}
        self.told_end, self.known_high = {}, {}

    def incremental_assign(self, places):
        self.at |= {place.partition: place.offset for place in places}

    def get_watermark_offsets(self, place: TopicPartition, timeout=None, cached=False):
        if cached:
            return 0, self.known_high.get(place.partition, -1001)
        self._answer()
        return self.topic.low[place.partition], self.topic.high[place.partition]

    def consume(self, number, timeout):
        assert timeout > 0
        if self.topic.down:
            return []
        if self.faults:
            code = self.faults.pop()
            if code is not None:
                return [FakeMessage(min(self.at, default=0), -1, code=code)]
        batch: list[FakeMessage] = []
        for partition in self._turns():
            batch += self._take(partition, number - len(batch))
        return batch[:number]

    def commit(self, offsets, asynchronous):
        assert asynchronous
        self.commits.append({place.partition: place.offset for place in offsets})

    def close(self):
        self.closed = True

    def _turns(self):
        first = self.order.pop() if self.order else 0
        partitions = sorted(self.at)
        return partitions[first % max(1, len(partitions)) :] + partitions[: first % max(1, len(partitions))]

    def _take(self, partition, number):
        if number <= 0:
            return []
        at, high = self.at[partition], self.topic.high[partition]
        self.known_high[partition] = high
        if at < self.topic.low[partition]:
            return [FakeMessage(partition, at, code=KafkaError._AUTO_OFFSET_RESET)]
        offsets = [offset for offset in sorted(self.topic.messages[partition]) if offset >= at][:number]
        taken = [FakeMessage(partition, offset, self.topic.messages[partition][offset]) for offset in offsets]
        self.at[partition] = offsets[-1] + 1 if offsets else high
        if not offsets and self.told_end.get(partition) != high:
            self.told_end[partition] = high
            taken.append(FakeMessage(partition, high, code=KafkaError._PARTITION_EOF))
        return taken

    def _answer(self):
        if self.topic.down:
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))

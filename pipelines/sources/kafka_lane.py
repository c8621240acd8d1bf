"""Read a lane's partitions of a topic from exact offsets on: no message is jumped over unless that is said.

Offsets have holes that are no loss: control records of transactions, and what compaction took. What the broker has
dropped by its retention is a loss, and an error that names it, or with `record_gaps` a range of the result.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from confluent_kafka import (
    KafkaError,
    KafkaException,
    TopicPartition,
)

from pipelines.sources.kafka_errors import OUT_OF_RANGE, PASSING
from pipelines.sources.kafka_offsets import held_offsets, partitions_of
from schemas.errors import GapError, StreamError
from schemas.segment import OffsetRange, Offsets

_WAIT_SECONDS = 0.1
_CLOSE_SECONDS = 5.0
_LOOK_FOR_PARTITIONS_SECONDS = 5.0
_MOST_AT_ONCE = 500
_FIRST_AT_ONCE = 50
_BYTES_AT_ONCE = 8 << 20


class Message(Protocol):
    """A message of a topic, as confluent-kafka has it."""

    def error(self) -> KafkaError | None:
        """Return what stands here in place of a message, if it is none."""
        ...

    def partition(self) -> int:
        """Return the number of its partition."""
        ...

    def offset(self) -> int:
        """Return its offset."""
        ...

    def value(self) -> bytes | None:
        """Return its bytes, None for a tombstone."""
        ...

    def timestamp(self) -> tuple[int, int]:
        """Return the kind of its time and the time in milliseconds since the epoch."""
        ...


@dataclass(frozen=True)
class ReadLimit:
    """When one read ends: after so many messages or bytes of them, or so many seconds, whichever is first."""

    messages: int = 20_000
    bytes: int = 64 << 20
    seconds: float = 10.0


class LaneReader:
    """Reads the partitions of one lane of a topic, from wherever it is told to.

    `make_consumer` returns a consumer that was assigned nothing yet.
    """

    def __init__(
        self,
        make_consumer: Callable[[], Any],
        topic: str,
        lane: int,
        lanes: int,
        record_gaps: bool = False,
    ) -> None:
        self._make_consumer = make_consumer
        self._topic = topic
        self._lane = lane
        self._lanes = lanes
        self._record_gaps = record_gaps
        self._consumer: Any = None
        self._looked = -_LOOK_FOR_PARTITIONS_SECONDS
        self._partitions: tuple[int, ...] = ()
        self._start: dict[int, int] = {}
        self._at: dict[int, int] = {}
        self._ended: set[int] = set()
        self._read_some = False
        self._doubtful = False
        self._at_once = _FIRST_AT_ONCE

    @property
    def at(self) -> Offsets:
        """Return where each partition stands: the offset that is read next."""
        return dict(self._at)

    @property
    def caught_up(self) -> bool:
        """Tell whether everything was read that the broker is known to hold."""
        return all(self._is_at_end(partition) for partition in self._partitions)

    def ranges(self) -> tuple[OffsetRange, ...]:
        """Return what was read since `begin`."""
        return tuple(
            OffsetRange(partition, self._start[partition], end)
            for partition, end in sorted(self._at.items())
            if end > self._start[partition]
        )

    def begin(self, next_offsets: Offsets) -> tuple[OffsetRange, ...]:
        """Stand where a lane is to be read next; return the gaps that must be passed over.

        Raises:
            GapError: The broker no longer holds what is next, and gaps aren't to be recorded.
            UnreachableError: The broker doesn't answer.
            StreamError: The topic is not there, or may not be read, or is not the one that was read before.
        """
        if self._consumer is None:
            self._consumer = self._make_consumer()
        self._look_for_partitions()
        wanted = {partition: next_offsets.get(partition, 0) for partition in self._partitions}
        gaps: tuple[OffsetRange, ...] = ()
        if self._stands_at(wanted):
            new = {partition: at for partition, at in wanted.items() if partition not in self._at}
            if new:
                gaps = self._assign(new)
        else:
            self._at, self._start = {}, {}
            gaps = self._assign(wanted)
        self._read_some = False
        return gaps

    def _stands_at(self, wanted: Offsets) -> bool:
        """Tell whether the consumer can go on; after a commit what was read is where it stands."""
        if self._doubtful:
            return False
        if _agree(self._at, wanted):
            self._start = dict(self._at)
            return True
        return not self._read_some and _agree(self._start, wanted)

    def has_news(self) -> bool:
        """Tell whether there may be something to read; the broker is asked for new partitions only.

        Raises:
            UnreachableError: The broker doesn't answer.
            StreamError: The topic is gone or may not be read any more.
        """
        if self._consumer is None or self._doubtful:
            return True
        self._look_for_partitions()
        return any(
            partition not in self._at or self._high(partition) > self._at[partition]
            for partition in self._partitions
        )

    def read(self, limit: ReadLimit) -> Iterator[Sequence[Message]]:
        """Yield batches of messages until the lane is caught up or the limit is reached.

        Raises:
            StreamError: The topic is gone or may not be read any more.
        """
        until = time.monotonic() + limit.seconds
        messages = size = 0
        while (
            self._partitions and messages < limit.messages and size < limit.bytes and time.monotonic() < until
        ):
            wanted = min(self._at_once, limit.messages - messages)
            got = self._consumer.consume(wanted, _WAIT_SECONDS)
            batch = [message for message in got if self._is_message(message)]
            if batch:
                lengths = [len(message.value() or b"") for message in batch]
                messages += len(batch)
                size += sum(lengths)
                self._at_once = max(1, min(_MOST_AT_ONCE, _BYTES_AT_ONCE // (max(lengths) or 1)))
                self._read_some = True
                yield batch
            if self._doubtful or (len(got) < wanted and self.caught_up):
                return

    def note_commit(self, offsets: Offsets) -> None:
        """Tell the broker how far the group has come, for those who watch its lag; nothing depends on it."""
        places = [TopicPartition(self._topic, partition, at) for partition, at in offsets.items()]
        try:
            self._consumer.commit(offsets=places, asynchronous=True)
        except KafkaException:
            return

    def close(self) -> None:
        """Let the broker go, without waiting for one that is gone: then the client's own close never ends."""
        if self._consumer is not None:
            closing = threading.Thread(target=self._consumer.close, daemon=True)
            closing.start()
            closing.join(_CLOSE_SECONDS)
            self._consumer = None
        self._at, self._start = {}, {}

    def _is_message(self, message: Message) -> bool:
        """Take note of a message, or of what came in the place of one."""
        error, partition = message.error(), message.partition()
        if error is None:
            self._at[partition] = message.offset() + 1
            self._ended.discard(partition)
            return True
        code = error.code()
        if code == KafkaError._PARTITION_EOF:
            # Behind control records and compacted ones the end is further on than the last message.
            self._at[partition] = max(self._at.get(partition, 0), message.offset())
            self._ended.add(partition)
        elif code in OUT_OF_RANGE:
            self._doubtful = True
        elif code not in PASSING:
            raise StreamError(f"the topic can't be read: {error.name()}")
        return False

    def _is_at_end(self, partition: int) -> bool:
        return partition in self._ended or 0 <= self._high(partition) <= self._at.get(partition, 0)

    def _high(self, partition: int) -> int:
        """Return the end of a partition as the last answer of the broker had it; negative while it gave none."""
        return int(
            self._consumer.get_watermark_offsets(TopicPartition(self._topic, partition), cached=True)[1]
        )

    def _look_for_partitions(self) -> None:
        if time.monotonic() - self._looked < _LOOK_FOR_PARTITIONS_SECONDS:
            return
        numbers = partitions_of(self._consumer, self._topic)
        self._partitions = tuple(number for number in numbers if number % self._lanes == self._lane)
        self._looked = time.monotonic()

    def _assign(self, wanted: Mapping[int, int]) -> tuple[OffsetRange, ...]:
        """Stand at the wanted offsets, which the broker must still hold."""
        gaps = []
        starts = dict(wanted)
        for partition, offset in wanted.items():
            low, high = held_offsets(self._consumer, self._topic, partition)
            if offset < low:
                gaps.append(OffsetRange(partition, offset, low))
                starts[partition] = low
            elif offset > high:
                raise StreamError(
                    f"partition {partition} ends at offset {high}, but was read to {offset} before:"
                    " the topic was made anew or lost messages; use another output root"
                )
        if gaps and not self._record_gaps:
            raise GapError(_told(gaps))
        places = [TopicPartition(self._topic, partition, offset) for partition, offset in starts.items()]
        if self._at:
            self._consumer.incremental_assign(places)
        else:
            self._consumer.assign(places)
            self._ended = set()
        self._at |= starts
        self._start |= starts
        self._doubtful = False
        return tuple(gaps)


def _agree(known: Mapping[int, int], wanted: Mapping[int, int]) -> bool:
    """Tell whether all that is known is wanted; what is wanted beside it is new."""
    return all(wanted.get(partition) == at for partition, at in known.items())


def _told(gaps: Sequence[OffsetRange]) -> str:
    where = "; ".join(f"partition {gap.partition}: {gap.start} to {gap.end - 1}" for gap in gaps)
    return (
        f"the broker has dropped messages that were not read ({where});"
        " --on-gap=record goes on behind them and writes the gap into the log of the stream"
    )

"""Write redacted events and the coordinates of rejections to topics, each at least once, keyed so that repeats show."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any

import fastavro
import orjson
from confluent_kafka import KafkaError, Producer

from pipelines.sources.kafka import FETCH_BYTES, KafkaConnection
from schemas.avro import event_schema
from schemas.errors import UnreachableError
from schemas.events import Rejection, TaggedEvent
from schemas.policy.policy import Policy
from transforms.avro.encode import Encoding
from transforms.batches.metrics import Meter
from transforms.batches.steps import BatchFn

FLUSH_SECONDS = 60.0
_SINGLE_OBJECT = b"\xc3\x01"
"""Begins a datum in Avro's single-object encoding; the schema's CRC-64-AVRO fingerprint follows, little-endian."""


class ValueFormat(StrEnum):
    """How a redacted event is written to a topic."""

    JSON = "json"
    AVRO = "avro"


@dataclass
class _TopicWriterFn(BatchFn):
    connection: KafkaConnection
    topic: str

    def setup(self) -> None:
        self._meter = Meter(type(self).__name__.removesuffix("Fn"))
        self._sent = 0
        self._refused: list[str] = []
        self._producer = Producer(
            {
                **self.connection.client_config(),
                "enable.idempotence": True,
                "compression.type": "zstd",
                "linger.ms": 20,
                "message.max.bytes": FETCH_BYTES,
            }
        )

    def start_bundle(self) -> None:
        self._refused.clear()
        self._sent = 0

    def finish_bundle(self) -> None:
        left = self._producer.flush(FLUSH_SECONDS)
        if left or self._refused:
            name = self._refused[0] if self._refused else "no answer"
            raise UnreachableError(f"the topic {self.topic} doesn't take what is written to it: {name}")
        self._meter.count(self._sent, self._sent)

    def teardown(self) -> None:
        self._producer.flush(0)

    def _send(self, key: str, value: bytes) -> None:
        self._sent += 1
        while True:
            try:
                self._producer.produce(self.topic, value, key.encode(), on_delivery=self._delivered)
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)

    def _delivered(self, error: KafkaError | None, message: Any) -> None:
        if error is not None:
            self._refused.append(error.name())


@dataclass
class ProduceEventsFn(_TopicWriterFn):
    """Writes redacted events to a topic, keyed by event id; with `finish_bundle` the broker has taken all of them.

    Avro is the single-object encoding of the schema of the partitions' files; JSON has the same fields.
    """

    policy: Policy
    format: ValueFormat = ValueFormat.JSON

    def setup(self) -> None:
        """Connect."""
        super().setup()
        self._encoder = Encoding(self.policy).build()
        schema = event_schema(self.policy)
        self._schema = fastavro.parse_schema(schema)
        fingerprint = fastavro.schema.fingerprint(
            fastavro.schema.to_parsing_canonical_form(schema), "CRC-64-AVRO"
        )
        self._header = _SINGLE_OBJECT + int(fingerprint, 16).to_bytes(8, "little")

    def process_batch(self, batch: list[TaggedEvent]) -> Iterator[list[None]]:
        """Send events."""
        for tagged in batch:
            ((record,),) = self._encoder.encode_events([tagged]).values()
            self._send(tagged.event.event_id, self._value(record))
        yield from ()

    def _value(self, record: bytes) -> bytes:
        if self.format is ValueFormat.AVRO:
            return self._header + record
        decoded = fastavro.schemaless_reader(BytesIO(record), self._schema, None)
        return orjson.dumps(decoded)


@dataclass
class ProduceRejectionsFn(_TopicWriterFn):
    """Writes the coordinates of rejected messages to a topic, keyed by them: never content."""

    def process_batch(self, batch: list[Rejection]) -> Iterator[list[None]]:
        """Send rejections."""
        for rejection in batch:
            value = {
                "stage": rejection.stage,
                "reason": rejection.reason,
                "topic": rejection.source.name,
                "partition": rejection.source.part,
                "offset": rejection.offset,
                "line": rejection.line,
                "length": rejection.length,
                "digest": rejection.digest,
                "expires_on": rejection.expires_on,
            }
            place = (rejection.source.name, rejection.source.part, rejection.offset, rejection.line)
            self._send("/".join(map(str, place)), orjson.dumps(value))
        yield from ()

"""What a stream was asked to do. It is pickled into the job graph, so it holds no secret: only where one is found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from apache_beam import DoFn

from pipelines.lanes.deal import deal
from pipelines.sources.kafka_lane import ReadLimit
from pipelines.sources.kafka_offsets import first_offsets
from schemas.segment import Dealing, Offsets
from transforms.accounts.erased import ErasedAccounts, Marks, joined_marks
from transforms.avro.blocks import Codec
from transforms.batches.display import Shown
from transforms.engine.choice import EngineChoice, chosen_engine
from transforms.framing.messages import MessageFormat
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents


class Topic(Protocol):
    """A topic that can be read; what it takes to connect is resolved where that is done."""

    @property
    def name(self) -> str:
        """Return the topic's name."""
        ...

    def consumer(self) -> Any:
        """Return a consumer of it that was assigned nothing yet, as confluent-kafka has it."""
        ...


@dataclass(frozen=True)
class Stores:
    """Where events go beside the partitions: writers that take batches, each before its segment is committed.

    So what they write, they write at least once; each of them must bear to be given the same again.
    """

    events: Sequence[DoFn] = ()
    rejections: Sequence[DoFn] = ()
    sightings: Sequence[DoFn] = ()


@dataclass(frozen=True)
class StreamJob:
    """What every worker of a stream does.

    `max_event_bytes` is the length from which a message is `TOO_LONG`. Erased accounts, those of receipts and,
    as of the start, `erased_in_vault`, are recognised by `keys`, all that live. `token` is this job's own.
    """

    root: Path
    topic: Topic
    dealing: Dealing
    body: RedactLogEvents = field(repr=False)
    format: MessageFormat = MessageFormat.JSON
    max_event_bytes: int = 8 << 20
    limit: ReadLimit = field(default_factory=ReadLimit)
    codec: Codec = Codec.ZSTANDARD
    record_gaps: bool = False
    stores: Stores = field(default_factory=Stores, repr=False)
    keys: Sequence[PseudonymKey] = ()
    erased_in_vault: Marks = field(default_factory=dict, repr=False)
    engine: EngineChoice = EngineChoice.AUTO
    token: str = field(default_factory=lambda: uuid4().hex)

    @property
    def shown(self) -> Shown:
        """Return what a runner's page may show."""
        return {"lanes": self.dealing.lanes, "format": str(self.format), "codec": str(self.codec)}

    def without(self, erased_from_root: Marks) -> RedactLogEvents:
        """Return the transform from raw records to tagged events, without what was erased."""
        marks = joined_marks(erased_from_root, self.erased_in_vault)
        erased = ErasedAccounts(marks, tuple(self.keys) or (self.body.key,)) if marks else None
        return replace(self.body, erased=erased)

    def engine_for(self, body: RedactLogEvents) -> str:
        """Return what makes the records of a body: `python`, or `native` with the engine's version.

        Raises:
            OptionsError: The engine was asked for and can't do it.
        """
        reason = None
        if self.format is not MessageFormat.JSON:
            reason = "the messages are not events in JSON"
        elif self.stores.events:
            reason = "the events go into MySQL or another topic"
        return chosen_engine(self.engine, body, reason)


def deal_topic(
    root: Path, topic: Topic, lanes: int | None, at_end: bool = False, default: int = 1
) -> Dealing:
    """Return how a topic is dealt to lanes under a root, dealt anew if another number of lanes is wanted.

    A topic that was never read begins with all that the broker holds, or `at_end` with what comes from now on.

    Raises:
        UnreachableError: The broker doesn't answer.
        StreamError: The topic is not there, or may not be read, or is dealt by another process just now.
        OutputError: The root can't be written.
    """

    def starts() -> Offsets:
        consumer = topic.consumer()
        try:
            return first_offsets(consumer, topic.name, at_end)
        finally:
            consumer.close()

    return deal(root, topic.name, lanes, starts, datetime.now(UTC), default)

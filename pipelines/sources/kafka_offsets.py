"""Ask a broker where the partitions of a topic begin and end."""

from functools import partial
from typing import Any

from confluent_kafka import TopicPartition

from pipelines.sources.kafka_errors import ask
from schemas.errors import StreamError
from schemas.segment import Offsets

ASK_SECONDS = 10.0


def partitions_of(consumer: Any, topic: str) -> list[int]:
    """Return the numbers of a topic's partitions.

    Raises:
        UnreachableError: The broker doesn't answer.
        StreamError: The topic is not there, or may not be read.
    """
    found = ask(partial(consumer.list_topics, topic, timeout=ASK_SECONDS)).topics.get(topic)
    if found is None or found.error is not None:
        name = "it is not there" if found is None else found.error.name()
        raise StreamError(f"the topic can't be read: {name}")
    return sorted(found.partitions)


def held_offsets(consumer: Any, topic: str, partition: int) -> tuple[int, int]:
    """Return the first offset that the broker holds of a partition, and the one after the last.

    Raises:
        UnreachableError: The broker doesn't answer.
        StreamError: The partition may not be read.
    """
    place = TopicPartition(topic, partition)
    low, high = ask(partial(consumer.get_watermark_offsets, place, timeout=ASK_SECONDS))
    return int(low), int(high)


def first_offsets(consumer: Any, topic: str, at_end: bool = False) -> Offsets:
    """Return where a topic is read from that was never read before: all that the broker holds, or only what comes.

    Raises:
        UnreachableError: The broker doesn't answer.
        StreamError: The topic is not there, or may not be read.
    """
    held = {
        partition: held_offsets(consumer, topic, partition) for partition in partitions_of(consumer, topic)
    }
    return {partition: ends[at_end] for partition, ends in held.items()}

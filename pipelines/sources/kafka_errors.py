"""Tell what a broker's errors mean: what passes by itself, what names a gap, and what must stop the stream."""

from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from schemas.errors import StreamError, UnreachableError

PASSING = frozenset(
    (
        KafkaError._TRANSPORT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._TIMED_OUT,
        KafkaError._RESOLVE,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.REPLICA_NOT_AVAILABLE,
        KafkaError.OFFSET_NOT_AVAILABLE,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.UNKNOWN_LEADER_EPOCH,
    )
)
OUT_OF_RANGE = frozenset((KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET))


def ask(question: Callable[[], Any]) -> Any:
    """Return the broker's answer to a question.

    Raises:
        UnreachableError: It doesn't answer just now.
        StreamError: It refuses; the message holds the name of the error only.
    """
    try:
        answer = question()
    except KafkaException as raised:
        error = raised.args[0]
        if error.code() in PASSING:
            raise UnreachableError(f"the broker doesn't answer: {error.name()}") from None
        raise StreamError(f"the topic can't be read: {error.name()}") from None
    if answer is None:
        raise UnreachableError("the broker doesn't answer")
    return answer

"""Streams for tests: a topic in memory with made-up events, and the job that reads it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pipelines.sources.memory_topic import MemoryTopic
from pipelines.streams.job import StreamJob, deal_topic
from schemas.policy.file import default_policy
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents
from transforms.tag import epoch_ms

KEY = PseudonymKey(bytes(range(32)), "1")
SECRET = "lin.qiao@example.com"


def new_topic(messages: int = 0, partitions: int = 3) -> MemoryTopic:
    """Return a topic of a name of its own with some events."""
    topic = MemoryTopic(f"topic-{uuid4().hex}", partitions)
    produce(topic, range(messages))
    return topic


def produce(topic: MemoryTopic, numbers: range) -> None:
    """Append an event for each number; each holds its number and an address that must not stay."""
    for number in numbers:
        topic.produce(event(number))


def event(number: int, **fields: object) -> bytes:
    """Return an event of now."""
    time = epoch_ms(datetime.now(UTC)) - 1000
    values = {"__TIMESTAMP__": time, "state": "running", "output": f"job {number} of {SECRET}", **fields}
    return json.dumps(values).encode()


def make_job(root: Path, topic: MemoryTopic, lanes: int | None = 2, **options: object) -> StreamJob:
    """Return the job that streams a topic into a root."""
    body = RedactLogEvents(default_policy(), KEY, 0)
    return replace(StreamJob(root, topic, deal_topic(root, topic, lanes), body), **options)

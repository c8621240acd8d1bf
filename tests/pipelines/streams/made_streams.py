"""Streams for tests: a topic in memory with made-up events, and the job that reads it."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pipelines.root.receipts import append_receipt
from pipelines.sources.memory_topic import MemoryTopic
from pipelines.streams.job import StreamJob, deal_topic
from schemas.accounts import ErasedMark
from schemas.policy.file import default_policy
from transforms.accounts.erased import erasure_digest
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


def note_erasure(root: Path, pseudonym: object) -> None:
    """Note under a root that an account was erased, by its pseudonym."""
    now = datetime.now(UTC)
    mark = ErasedMark(erasure_digest(KEY, str(pseudonym)), 0, epoch_ms(now) + 60_000)
    body = {"plan": "p", "accounts": [{"pseudonyms": [asdict(mark)]}], "rewritten": []}
    append_receipt(root, "erase", body, now)


def make_job(root: Path, topic: MemoryTopic, lanes: int | None = 2, **options: object) -> StreamJob:
    """Return the job that streams a topic into a root."""
    body = RedactLogEvents(default_policy(), KEY, 0)
    return replace(StreamJob(root, topic, deal_topic(root, topic, lanes), body), **options)

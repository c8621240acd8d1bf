"""Turn messages of a topic into raw records, each with the coordinates of its message."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache

from schemas.events import RawRecord, Reason, RecordFormat, Source
from transforms.framing.log_groups import frame_log_groups

_LOG_GROUPS = re.compile(rb"\n[\x80-\xff]{0,4}[\x01-\x7f]\n[\x80-\xff]{0,4}[\x01-\x7f]\x08")
_REMEMBERED_SOURCES = 4096


class MessageFormat(StrEnum):
    """What the messages of a topic are; a LogGroupList among JSON is known by its first bytes."""

    JSON = "json"
    TEXT = "text"
    PROTOBUF = "protobuf"


def message_records(
    value: bytes | None,
    topic: str,
    partition: int,
    offset: int,
    time_ms: int,
    max_event_bytes: int,
    format: MessageFormat = MessageFormat.JSON,
) -> Sequence[RawRecord]:
    """Return the records of one message: one, or each log of a LogGroupList.

    A tombstone is an empty record. `time_ms`, the broker's time of the message (negative where it gave none), dates an
    original line that holds no time. Only the logs of a LogGroupList have a `line`, counted from 1.

    Example:
        >>> [record.data for record in message_records(b'{"a": 1}', "t", 0, 7, 0, 99)]
        [b'{"a": 1}']
        >>> message_records(b"x" * 100, "t", 0, 7, 0, 99)[0].fault
        <Reason.TOO_LONG: 'too_long'>
    """
    data = value or b""
    if format is MessageFormat.PROTOBUF or (format is MessageFormat.JSON and _LOG_GROUPS.match(data)):
        return _log_records(data, _source(topic, partition, RecordFormat.PROTOBUF), offset, max_event_bytes)
    if format is MessageFormat.TEXT:
        source = Source(topic, "", RecordFormat.TEXT, partition, modified_ms=time_ms if time_ms > 0 else None)
    else:
        source = _source(topic, partition, RecordFormat.JSON)
    if len(data) > max_event_bytes:
        return [RawRecord(b"", source, offset, 0, len(data), Reason.TOO_LONG)]
    return [RawRecord(data, source, offset)]


def _log_records(data: bytes, source: Source, offset: int, max_event_bytes: int) -> Sequence[RawRecord]:
    batches = frame_log_groups(data, source, max_event_bytes)
    records = [replace(record, offset=offset) for batch in batches for record in batch]
    return records or [RawRecord(data, source, offset, fault=Reason.EMPTY_LINE)]


@lru_cache(maxsize=_REMEMBERED_SOURCES)
def _source(topic: str, partition: int, format: RecordFormat) -> Source:
    return Source(topic, "", format, partition)

"""Cut a LogGroupList, which is read whole, into one record per log."""

from collections.abc import Iterator
from dataclasses import replace

from google.protobuf.message import DecodeError

from schemas.cls_pb2 import LogGroup, LogGroupList
from schemas.events import RawRecord, Reason, Source
from transforms.batches.slices import slices
from transforms.framing.lines import BATCH_RECORDS

_GROUP_TAG = 0x0A
_MAX_VARINT = 10


def _faulty(reason: Reason, length: int, source: Source, number: int) -> RawRecord:
    return RawRecord(b"", source, number, number + 1, length, reason)


def frame_log_groups(data: bytes, source: Source, max_event_bytes: int) -> Iterator[list[RawRecord]]:
    """Return one record for each log of a LogGroupList: a list of one group with this log and its context.

    A record's offset is its group's first byte plus the number of logs before it in the group. A group that
    cannot be read, and what follows a broken length, is one record with its fault.

    Example:
        >>> list(frame_log_groups(b"\\x0a\\x7f", Source("x"), 99))[0][0].fault
        <Reason.NOT_PROTOBUF: 'not_protobuf'>
    """
    records: list[RawRecord] = []
    for offset, group in _groups(data):
        logs = [] if group is None else _logs_of(group)
        if not logs:
            end = len(data) if group is None else offset + len(group)
            records.append(_faulty(Reason.NOT_PROTOBUF, end - offset, source, offset))
        for number, log in enumerate(logs):
            record = RawRecord(log, source, offset + number, len(records) + 1)
            if len(log) > max_event_bytes:
                record = replace(record, data=b"", length=len(log), fault=Reason.TOO_LONG)
            records.append(record)
    return slices(records, BATCH_RECORDS)


def _groups(data: bytes) -> Iterator[tuple[int, bytes | None]]:
    at = 0
    while at < len(data):
        size, start = _varint(data, at + 1) if data[at] == _GROUP_TAG else (-1, at)
        if size < 0 or start + size > len(data):
            yield at, None
            return
        yield start, data[start : start + size]
        at = start + size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + _MAX_VARINT]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    return -1, at


def _logs_of(data: bytes) -> list[bytes]:
    try:
        group = LogGroup.FromString(data)
    except DecodeError:
        return []
    logs = list(group.logs)
    group.ClearField("logs")
    single = LogGroupList()
    context = single.logGroupList.add()
    context.CopyFrom(group)
    alone = context.logs.add()
    written = []
    for log in logs:
        alone.CopyFrom(log)
        written.append(single.SerializeToString())
    return written

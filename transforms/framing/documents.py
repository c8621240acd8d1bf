"""Cut JSON documents into events as they stream by: arrays, objects over several lines, and wrappers of one list."""

from collections.abc import Callable, Iterable, Iterator

import orjson

from schemas.events import RawRecord, Reason, Source
from transforms.batches.slices import slices
from transforms.framing.json_stream import BrokenJsonError, JsonStream
from transforms.framing.lines import BATCH_RECORDS
from transforms.framing.wrappers import HOLDERS, LISTS, wrapped_at

Take = Callable[[JsonStream], Iterator[RawRecord]]


def frame_documents(
    blocks: Iterable[bytes], source: Source, max_event_bytes: int
) -> Iterator[list[RawRecord]]:
    """Return one record for each event of JSON documents that follow each other.

    An element of an array is an event, and so is one of the list that an object wraps. A record's offset is its first
    byte; `line` counts the events. What is broken up to the next line that begins a document, and what is longer than
    the limit (in bytes), is one record with its fault.

    Example:
        >>> blocks = [b'[{"a":1},', b'{"b":2}]', b'{"Records":[{"c":', b'3}]}']
        >>> [record.data for batch in frame_documents(blocks, Source("x"), 99) for record in batch]
        [b'{"a":1}', b'{"b":2}', b'{"c":3}']
    """
    return batched(_Documents(source, max_event_bytes).read(JsonStream(blocks)), BATCH_RECORDS)


def batched(records: Iterable[RawRecord], size: int) -> Iterator[list[RawRecord]]:
    """Return records in batches of a size, as they come."""
    batch: list[RawRecord] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    yield from slices(batch, size)


class Emitter:
    """Makes the records of a document, numbered as they come."""

    def __init__(self, source: Source, max_event_bytes: int) -> None:
        self.source = source
        self.limit = max_event_bytes
        self.number = 0

    def record(self, data: bytes, offset: int) -> RawRecord:
        """Return the record of an event."""
        self.number += 1
        if len(data) > self.limit:
            return RawRecord(b"", self.source, offset, self.number, len(data), Reason.TOO_LONG)
        return RawRecord(data, self.source, offset, self.number)

    def fault(self, reason: Reason, length: int, offset: int) -> RawRecord:
        """Return the record of what is no event."""
        self.number += 1
        return RawRecord(b"", self.source, offset, self.number, length, reason)


def read_documents(stream: JsonStream, emit: Emitter, document: Take) -> Iterator[RawRecord]:
    """Yield the records of the documents that come, and one for what is broken between them."""
    while following := stream.peek():
        start = stream.offset
        try:
            if following == b",":
                stream.pass_comma()
            else:
                yield from document(stream)
        except BrokenJsonError:
            stream.resync()
            yield emit.fault(Reason.NOT_JSON, stream.offset - start, start)


class _Documents(Emitter):
    def read(self, stream: JsonStream) -> Iterator[RawRecord]:
        """Yield the records of all documents."""
        return read_documents(stream, self, self._document)

    def _document(self, stream: JsonStream) -> Iterator[RawRecord]:
        following, offset = stream.peek(), stream.offset
        if following == b"[":
            yield from self._elements(stream)
            return
        if following != b"{":
            raise BrokenJsonError
        data = stream.value(self.limit)
        if data is None:
            yield from self._long(stream)
        elif b"[" in data and (path := _wrapped(data)) is not None:
            yield from self._at(JsonStream([data]), path, offset)
        else:
            yield self.record(data, offset)

    def _elements(self, stream: JsonStream, base: int = 0) -> Iterator[RawRecord]:
        for _ in stream.elements():
            offset = base + stream.offset
            data = stream.value(self.limit)
            if data is None:
                yield self.fault(Reason.TOO_LONG, stream.skip(), offset)
            else:
                yield self.record(data, offset)

    def _at(self, stream: JsonStream, path: tuple[str, ...], base: int) -> Iterator[RawRecord]:
        """Yield the events of the list at a path of keys, and pass over all else."""
        for key in stream.members():
            if key != path[0]:
                stream.skip()
            elif len(path) > 1:
                yield from self._at(stream, path[1:], base)
            else:
                yield from self._elements(stream, base)

    def _long(self, stream: JsonStream) -> Iterator[RawRecord]:
        """Yield the events of an object that is too long for one: of each list under a known name, else its fault."""
        start, before = stream.offset, self.number
        yield from self._long_members(stream)
        if self.number == before:
            yield self.fault(Reason.TOO_LONG, stream.offset - start, start)

    def _long_members(self, stream: JsonStream) -> Iterator[RawRecord]:
        for key in stream.members():
            following, name = stream.peek(), key.casefold()
            if following == b"[" and name in LISTS:
                yield from self._elements(stream)
            elif following == b"{" and name in HOLDERS:
                yield from self._long_members(stream)
            else:
                stream.skip()


def _wrapped(data: bytes) -> tuple[str, ...] | None:
    try:
        loaded = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return wrapped_at(loaded) if isinstance(loaded, dict) else None

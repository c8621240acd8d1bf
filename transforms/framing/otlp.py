"""Cut OTLP logs in JSON (OpenTelemetry protocol 1.x, JSON encoding) into one event for each log record."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from schemas.events import RawRecord, Reason, Source
from transforms.framing.documents import Emitter, batched, read_documents
from transforms.framing.json_stream import BrokenJsonError, JsonStream
from transforms.framing.lines import BATCH_RECORDS
from transforms.values import any_value, key_values

ROOT = "resourceLogs"
_SCOPES = ("scopeLogs", "instrumentationLibraryLogs")
_RECORDS = ("logRecords", "logs")
_SCOPE = ("scope", "instrumentationLibrary")
_KEPT = ("severityText", "traceId", "spanId", "eventName")
_UNSET = (None, "", "0", 0)


def frame_otlp(blocks: Iterable[bytes], source: Source, max_event_bytes: int) -> Iterator[list[RawRecord]]:
    """Return one record for each log record, with the attributes of its resource and scope, in OTLP documents.

    A record's offset is the number of log records before it. A resource or scope that is no longer than the limit (in
    bytes) is read whole; of a longer one the attributes count that stand before its log records, as every exporter
    writes them.

    Example:
        >>> blocks = [b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hi"}}]}]}]}']
        >>> next(frame_otlp(blocks, Source("x"), 999))[0].data
        b'{"message":"hi"}'
    """
    return batched(_Otlp(source, max_event_bytes).read(JsonStream(blocks)), BATCH_RECORDS)


class _Otlp(Emitter):
    def read(self, stream: JsonStream) -> Iterator[RawRecord]:
        """Yield the records of all documents."""
        return read_documents(stream, self, self._document)

    def _document(self, stream: JsonStream) -> Iterator[RawRecord]:
        if stream.peek() == b"[":
            for _ in stream.elements():
                yield from self._document(stream)
            return
        for key in stream.members():
            if key == ROOT and stream.peek() == b"[":
                for _ in stream.elements():
                    yield from self._level(stream, {}, 0)
            else:
                stream.skip()

    def _level(self, stream: JsonStream, context: Mapping[str, Any], level: int) -> Iterator[RawRecord]:
        """Yield the events of a resource (level 0) or of a scope (1), with the attributes of what holds them."""
        own, lists = _LEVELS[level]
        data = stream.value(self.limit)
        if data is not None:
            stream, context = JsonStream([data]), {**context, **_attributes(_loaded(data), own)}
        for key in stream.members():
            if key in lists and stream.peek() == b"[":
                for _ in stream.elements():
                    yield from self._level(stream, context, 1) if level == 0 else self._log(stream, context)
            elif key in own and data is None:
                value = stream.value(self.limit) or b"{}"
                context = {**context, **_attributes({key: _loaded(value)}, own)}
            else:
                stream.skip()

    def _log(self, stream: JsonStream, context: Mapping[str, Any]) -> Iterator[RawRecord]:
        data = stream.value(self.limit)
        if data is None:
            yield self.fault(Reason.TOO_LONG, stream.skip(), self.number)
        elif data[:1] != b"{":
            yield self.fault(Reason.NOT_AN_OBJECT, len(data), self.number)
        else:
            yield self.record(orjson.dumps(_flat(_loaded(data), context)), self.number)


_LEVELS = ((("resource",), _SCOPES), (_SCOPE, _RECORDS))


def _loaded(data: bytes) -> dict[str, Any]:
    try:
        loaded = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise BrokenJsonError from None
    return loaded if isinstance(loaded, dict) else {}


def _attributes(holder: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the attributes of a resource or scope, under the name of what has them."""
    found = {}
    for name in names:
        inner = holder.get(name)
        if isinstance(inner, dict) and isinstance(inner.get("attributes"), list):
            found[f"{name}Attributes"] = key_values(inner["attributes"]) or {}
    return found


def _flat(log: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return a log record as a flat event: its time, body and attributes, then those of scope and resource."""
    times = (log.get("timeUnixNano"), log.get("observedTimeUnixNano"))
    event: dict[str, Any] = {"__TIMESTAMP__": next((time for time in times if time not in _UNSET), None)}
    body = any_value(log.get("body"))
    if isinstance(body, dict):
        event["body"] = body
    elif body not in _UNSET:
        event["message"] = body
    event |= {name: log[name] for name in _KEPT if log.get(name) not in _UNSET}
    if attributes := key_values(log.get("attributes") or []):
        event["attributes"] = attributes
    event |= {name: value for name, value in reversed(list(context.items())) if value}
    return {name: value for name, value in event.items() if value is not None}

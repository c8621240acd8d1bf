"""The elements that flow through the pipeline, from raw record to redacted event or rejection.

No step changes an element. Those that every event is are not frozen, since a frozen one takes thrice as long to make.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Any, NamedTuple

Counts = Counter[str]
"""Event counts by slash-separated name, such as `rejected/not_json`; summed over a run into its ledger."""


class RecordFormat(StrEnum):
    """How the bytes of one raw record are to be read."""

    JSON = "json"
    CSV = "csv"
    PROTOBUF = "protobuf"
    TEXT = "text"


class Stage(StrEnum):
    """The step that rejected a record."""

    READ = "read"
    PARSE = "parse"
    CLASSIFY = "classify"
    REDACT = "redact"


class Reason(StrEnum):
    """Why a record was rejected: a closed set, each with its line in `docs/bad-input.md`."""

    EMPTY_LINE = "empty_line"
    TOO_LONG = "too_long"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    NOT_CSV = "not_csv"
    NOT_PROTOBUF = "not_protobuf"
    TOO_DEEP = "too_deep"
    TOO_MANY_FIELDS = "too_many_fields"
    MISSING_TIME = "missing_time"
    BAD_TIME = "bad_time"
    FUTURE_TIME = "future_time"
    NO_KNOWN_FIELD = "no_known_field"
    UNKNOWN_FIELD = "unknown_field"
    DETECTOR_FAILED = "detector_failed"


@dataclass(frozen=True, slots=True)
class Source:
    """One input, or one byte range of it, shared by all of its records.

    `name` is safe to write down (it went through the detectors). `checksum` is the SHA-256 of the whole input in hex,
    empty for a topic. `part` numbers the byte range; `columns` is the header of a CSV; `modified_ms` dates records
    of plain text that hold no time, in milliseconds since the epoch; `zone` is that of times without an offset.
    """

    name: str
    checksum: str = ""
    format: RecordFormat = RecordFormat.JSON
    part: int = 0
    columns: tuple[str, ...] = ()
    modified_ms: int | None = None
    zone: tzinfo = UTC


class FoundTime(NamedTuple):
    """The time that framing found for a record, in milliseconds since the epoch, and whose it is."""

    ms: int
    origin: str


@dataclass(slots=True)
class RawRecord:
    """The bytes of one event and where they stood.

    `offset` counts bytes in the (decompressed) input or messages in a topic partition; `line` counts from 1 within the
    part, 0 where lines mean nothing. A record that could not be framed has empty `data`, its `fault` and its `length`.
    `time` is that of an event of plain text; `repair` names what framing it took.
    """

    data: bytes
    source: Source
    offset: int = 0
    line: int = 0
    length: int = -1
    fault: Reason | None = None
    time: FoundTime | None = None
    repair: str | None = None


@dataclass(slots=True)
class LogEvent:
    """A parsed event: top-level pairs in document order, and the log service's envelope by its own names."""

    record: RawRecord
    pairs: tuple[tuple[str, Any], ...]
    envelope: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ClassifiedEvent:
    """An event whose values stand under the policy's field names.

    `values` maps field name to text; `others` holds what is treated as free text: second values of a field, and
    unknown fields where the run keeps them. `event_time` is milliseconds since the epoch (UTC); `package` is the log
    service's own coordinates of the event where it gives them; `source` says which log it came from. `hidden` are the
    people, by kind and value, whom no field holds and whom the texts may not name either.
    """

    record: RawRecord
    values: Mapping[str, str]
    others: Mapping[str, str]
    event_time: int
    source: str | None = None
    package: str | None = None
    hidden: tuple[tuple[str, str], ...] = ()


class FieldOutcome(NamedTuple):
    """What was done to one field of one event: the treatment that took effect and what was detected in it."""

    field: str
    treatment: str
    detected: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class RedactedEvent:
    """An event that is fit to be written: redacted values with, for each field present, the outcome."""

    record: RawRecord
    event_id: str
    event_time: int
    source: str | None
    values: Mapping[str, str]
    others: Mapping[str, str]
    outcomes: tuple[FieldOutcome, ...]
    package: str | None = None


class Tag(NamedTuple):
    """Why a field is kept and until when: one per field present in an event.

    It holds the retention, counted in days from the event's, and not the date, so that like events share their tags.
    """

    field: str
    category: str
    purpose: str
    legal_basis: str
    treatment: str
    retention_days: int
    detected: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class TaggedEvent:
    """A redacted event with its tags.

    `expires_at` is milliseconds since the epoch (UTC); `expires_on`, its UTC date in ISO form, is the partition.
    """

    event: RedactedEvent
    tags: tuple[Tag, ...]
    expires_at: int
    expires_on: str
    policy_version: str
    key_epoch: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that could not be used: coordinates and a keyed hash, never its content.

    `length` is in bytes; `expires_on` is an ISO date (UTC).
    """

    stage: Stage
    reason: Reason
    source: Source
    offset: int
    line: int
    length: int
    digest: str
    expires_on: str

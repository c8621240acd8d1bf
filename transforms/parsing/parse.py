"""Parse raw records of every format into log events; what cannot be parsed is rejected with its reason."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations
from google.protobuf.message import DecodeError

from schemas.cls_pb2 import LogGroup, LogGroupList
from schemas.events import Counts, FoundTime, LogEvent, RawRecord, Reason, RecordFormat, Stage
from transforms.batches.display import Shown
from transforms.batches.steps import Outcome, Stepped, apply_step
from transforms.parsing.envelope import open_envelope
from transforms.parsing.json import decode_text, load_object
from transforms.parsing.text import line_time
from transforms.rejections import Rejecter

TEXT_FIELD = "output"
_BLANK_ROW = " \t\r\n,"
_WITH_BLANK_LINES = (RecordFormat.TEXT, RecordFormat.CSV)
csv.field_size_limit(1 << 31)  # the length of a record is limited where it is framed


def parse_record(record: RawRecord, counts: Counts) -> LogEvent | Reason:
    """Return the event of a raw record or why there is none; repairs are counted as `repaired/<kind>`.

    Example:
        >>> from schemas.events import Source
        >>> event = parse_record(RawRecord(b'{"uin": "7", "__TIMESTAMP__": 9}', Source("a")), Counts())
        >>> event.pairs, event.envelope
        ((('uin', '7'),), {'__TIMESTAMP__': 9})
    """
    if record.fault is not None:
        return record.fault
    return _PARSERS[record.source.format](record, counts)


def _parse_json(record: RawRecord, counts: Counts) -> LogEvent | Reason:
    loaded = load_object(record.data)
    if isinstance(loaded, Reason):
        return loaded
    _count_repairs(loaded.repairs, counts)
    return LogEvent(record, *open_envelope(loaded.pairs, counts))


def _parse_text(record: RawRecord, counts: Counts) -> LogEvent | Reason:
    repairs: set[str] = set()
    line = decode_text(record.data, repairs)
    if not line.strip():
        return Reason.EMPTY_LINE
    _count_repairs(repairs, counts)
    source, time = record.source, record.time
    if time is None and (found := line_time(line, source.zone, source.modified_ms)) is not None:
        time = FoundTime(found.ms, "line")
    if time is None and source.modified_ms is not None:
        time = FoundTime(source.modified_ms, "file")
    if time is None:
        return LogEvent(record, ((TEXT_FIELD, line),), {})
    counts[f"time_from/{time.origin}"] += 1
    return LogEvent(record, ((TEXT_FIELD, line),), {"__TIMESTAMP__": time.ms})


def _parse_csv(record: RawRecord, counts: Counts) -> LogEvent | Reason:
    repairs: set[str] = set()
    text = decode_text(record.data, repairs)
    if not text.strip(_BLANK_ROW):
        return Reason.EMPTY_LINE
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True))
    except csv.Error:
        return Reason.NOT_CSV
    columns = record.source.columns
    if len(rows) != 1 or (values := _as_many(rows[0], len(columns))) is None:
        return Reason.NOT_CSV
    _count_repairs(repairs, counts)
    named = zip(columns, values, strict=True)
    pairs = [(name or f"column_{number}", value.strip()) for number, (name, value) in enumerate(named, 1)]
    pairs = [pair for pair, name in zip(pairs, columns, strict=True) if name or pair[1]]
    return LogEvent(record, *open_envelope(tuple(pairs), counts))


def _as_many(row: list[str], count: int) -> list[str] | None:
    """Return the values of a row without empty ones behind the last column; None if they are not as many."""
    while len(row) > count and not row[-1].strip():
        row.pop()
    return row if len(row) == count else None


def _parse_protobuf(record: RawRecord, counts: Counts) -> LogEvent | Reason:
    try:
        groups = LogGroupList.FromString(record.data).logGroupList
        if len(groups) != 1 or len(groups[0].logs) != 1:
            return Reason.NOT_PROTOBUF
        return LogEvent(record, *open_envelope(_group_pairs(groups[0]), counts))
    except DecodeError:
        return Reason.NOT_PROTOBUF
    except UnicodeDecodeError:
        return Reason.NOT_UTF8


def _group_pairs(group: LogGroup) -> tuple[tuple[str, Any], ...]:
    context = (
        ("__SOURCE__", group.source),
        ("__FILENAME__", group.filename),
        ("__CONTEXT_FLOW__", group.contextFlow),
    )
    log = group.logs[0]
    return (
        ("__TIMESTAMP__", log.time),
        *((name, value) for name, value in context if value),
        *((content.key, content.value) for content in log.contents),
        *((f"__TAG__.{tag.key}", tag.value) for tag in group.logTags),
    )


def _count_repairs(repairs: Iterable[str], counts: Counts) -> None:
    for kind in repairs:
        counts[f"repaired/{kind}"] += 1


_PARSERS: dict[RecordFormat, Callable[[RawRecord, Counts], LogEvent | Reason]] = {
    RecordFormat.JSON: _parse_json,
    RecordFormat.CSV: _parse_csv,
    RecordFormat.PROTOBUF: _parse_protobuf,
    RecordFormat.TEXT: _parse_text,
}


@dataclass(frozen=True)
class ParseStep:
    """Configuration of the parsing."""

    reject: Rejecter

    def build(self) -> Callable[[Sequence[RawRecord]], Outcome[LogEvent]]:
        """Return the parsing of a batch."""
        return self._parse

    def _parse(self, records: Sequence[RawRecord]) -> Outcome[LogEvent]:
        outcome: Outcome[LogEvent] = Outcome([])
        counts = outcome.counts
        for record in records:
            parsed = parse_record(record, counts)
            if parsed is Reason.EMPTY_LINE and record.source.format in _WITH_BLANK_LINES:
                counts["blank_lines"] += 1  # it sets lines or tables apart and is no record
                continue
            counts["read"] += 1
            if record.repair is not None:
                counts[f"repaired/{record.repair}"] += 1
            if isinstance(parsed, LogEvent):
                outcome.kept.append(parsed)
            else:
                stage = Stage.PARSE if record.fault is None else Stage.READ
                outcome.rejections.append(self.reject(record, stage, parsed))
                counts[f"rejected/{parsed}"] += 1
        return outcome


@beam.typehints.with_input_types(RawRecord)
@dataclass
class ParseLogEvents(beam.PTransform):
    """Parse raw records into log events.

    *Input*: `RawRecord`. *Output*: `Stepped` of `LogEvent`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: records that could not be framed, and those that hold no event of their format.
    *Guarantee*: every record is counted as `read` and is one event or one rejection; a repair is counted. A blank
    line of plain text or of a CSV is no record: it is counted as `blank_lines`.

    Example:
        >>> from schemas.events import Source
        >>> from transforms.pseudonyms import PseudonymKey
        >>> records = [RawRecord(b'{"uin": "7"}', Source("a.jsonl")), RawRecord(b"{", Source("a.jsonl"))]
        >>> reject = Rejecter(PseudonymKey(bytes(32), "1"), expires_on="2027-05-23")
        >>> with beam.Pipeline() as pipeline:
        ...     parsed = pipeline | beam.Create(records) | ParseLogEvents(reject)
        ...     _ = parsed.kept | "PrintPairs" >> beam.Map(lambda event: print(event.pairs))
        (('uin', '7'),)
    """

    reject: Rejecter

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {"key_epoch": self.reject.key.epoch, "rejections_expire_on": self.reject.expires_on}

    @no_annotations  # Beam knows no output of three collections
    def expand(self, records: PCollection[RawRecord]) -> Stepped:
        """Apply the parsing."""
        return apply_step(records, ParseStep(self.reject), "ParseRecords")

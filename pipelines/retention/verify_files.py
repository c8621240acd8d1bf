"""Read every file of a partition back: its schema, its records, and their texts."""

import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import fastavro
import orjson

from pipelines.sources.tally import Tally
from schemas.avro import REJECTION, event_schema
from schemas.errors import DetectorError
from schemas.ledger import REJECTED_CATEGORY
from schemas.policy.policy import Policy, Treatment
from schemas.retention_plan import parse_partition
from schemas.verification import Problem, ProblemKind
from transforms.avro.blocks import KEY, SYNC_BYTES, container_header
from transforms.avro.faults import NOT_AVRO
from transforms.checks.records import OTHERS, Fault, RecordCheck, field_rules

SCANNED_AT_ONCE = 256

Record = Mapping[str, Any]
Scan = Callable[[Sequence[str], Sequence[Sequence[Any]]], Sequence["Scanned"]]


class Scanned(Protocol):
    """A text after the detectors."""

    @property
    def text(self) -> str:
        """Return the text without what was found."""
        ...


class Scanner(Protocol):
    """The detectors, as `transforms.detect.TextRedactor` has them."""

    def redact(self, texts: Sequence[str], known: Sequence[Sequence[Any]]) -> Sequence[Scanned]:
        """Return free texts without what was found in them."""
        ...

    def redact_url(self, texts: Sequence[str], known: Sequence[Sequence[Any]]) -> Sequence[Scanned]:
        """Return URLs without what was found in them."""
        ...


@dataclass
class FileVerifier:
    """Verifies files one after another; remembers the event ids until `forget`.

    `keys` are the marks of the keys that the root's records name; without any, the headers' are not looked at.
    """

    policy: Policy
    scanner: Scanner | None = None
    canaries: Sequence[str] = ()
    keys: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)

    def forget(self) -> None:
        """Forget the event ids."""
        self.seen.clear()

    def verify(self, root: Path, path: str) -> list[Problem]:
        """Return the problems of one file: one a kind, with the number of records that have it."""
        found: Counter[Fault] = Counter()
        try:
            with (root / path).open("rb") as stream:
                reader = fastavro.reader(stream)
                self.tally.begin(os.fstat(stream.fileno()).st_size)
                for fault in self._faults(self._tallied(reader, stream), reader.metadata, path):
                    found[fault] += 1
        except FileNotFoundError:
            return []  # it was deleted meanwhile
        except NOT_AVRO as error:
            return [Problem(ProblemKind.UNREADABLE, path, f"not whole Avro: {type(error).__name__}")]
        return [
            Problem(kind, path, detail if kind is ProblemKind.SCHEMA else f"{number} records {detail}")
            for (kind, detail), number in found.items()
        ]

    def _tallied(self, records: Iterable[Any], stream: BinaryIO) -> Iterator[Record]:
        at = 0
        for number, record in enumerate(records, 1):
            yield record
            if number % SCANNED_AT_ONCE == 0:
                self.tally.count(SCANNED_AT_ONCE)
                self.tally.read(stream.tell() - at)
                at = stream.tell()
        self.tally.end()

    def _faults(self, reader: Any, metadata: Mapping[str, str], path: str) -> Iterator[Fault]:
        schema = json.loads(metadata["avro.schema"])
        category, expires_on = parse_partition(path.rpartition("/")[0])
        if category == REJECTED_CATEGORY:
            yield from self._rejection_faults(reader, schema, expires_on)
            return
        if schema.get("policy_digest") == self.policy.digest and schema != _written_schema(self.policy):
            yield ProblemKind.SCHEMA, "the schema is not that of its policy"
        if self.keys and metadata.get(KEY) not in (None, *self.keys):
            yield ProblemKind.SCHEMA, "its pseudonyms are of a key that no run of this root had"
        check = RecordCheck(field_rules(schema), category, expires_on)
        while records := list(islice(reader, SCANNED_AT_ONCE)):
            for record in records:
                yield from check.faults(record)
                yield from self._identity_faults(record)
                yield from self._canary_faults(record)
            yield from self._text_faults(records)

    def _rejection_faults(self, reader: Any, schema: Any, expires_on: Any) -> Iterator[Fault]:
        if schema != _as_written(json.dumps(REJECTION)):
            yield ProblemKind.SCHEMA, "the schema is not that of a rejection"
        for record in reader:
            if record["expires_on"] != expires_on:
                yield ProblemKind.PARTITION, "expire on another day than their partition"
            yield from self._canary_faults(record)

    def _identity_faults(self, record: Record) -> Iterator[Fault]:
        if record["event_id"] in self.seen:
            yield ProblemKind.DUPLICATE, "have an event id that is there already"
        self.seen.add(record["event_id"])

    def _canary_faults(self, record: Record) -> Iterator[Fault]:
        if not self.canaries:
            return
        text = orjson.dumps(record, default=str).decode()
        for number in canaries_in(text, self.canaries):
            yield ProblemKind.CANARY, f"hold canary {number}"

    def _text_faults(self, records: Sequence[Record]) -> Iterator[Fault]:
        if self.scanner is None:
            return
        texts = [text for record in records for text in _texts(record, Treatment.REDACT_TEXT)]
        urls = [text for record in records for text in _texts(record, Treatment.REDACT_URL)]
        for given, scan in ((texts, self.scanner.redact), (urls, self.scanner.redact_url)):
            for text, result in zip(given, _scanned(given, scan), strict=True):
                if result is None:
                    yield ProblemKind.TEXT, "have a text on which a detector fails"
                elif result.text != text:
                    yield ProblemKind.TEXT, "have a text in which the detectors find something"


def canaries_in(text: str, canaries: Sequence[str]) -> list[int]:
    """Return which canaries stand in a text of JSON, counted from 1; the canaries themselves are never named.

    Example:
        >>> canaries_in('{"a": "bird \\\\"x\\\\""}', ["fish", 'bird "x"'])
        [2]
    """
    return [
        number
        for number, canary in enumerate(canaries, start=1)
        if canary in text or orjson.dumps(canary).decode()[1:-1] in text
    ]


def _texts(record: Record, treatment: Treatment) -> Iterator[str]:
    for tag in record["tags"]:
        if tag["treatment"] != treatment:
            continue
        name = tag["field"]
        holder = record["others"] if name.startswith(OTHERS) else record
        text = holder.get(name.removeprefix(OTHERS))
        if text is not None:
            yield text


def _scanned(texts: Sequence[str], scan: Scan) -> Sequence[Scanned | None]:
    """Return texts after the detectors, None in place of one on which a detector fails."""
    try:
        return scan(texts, [()] * len(texts))
    except DetectorError:
        if len(texts) == 1:
            return [None]
        return [result for text in texts for result in _scanned([text], scan)]


@cache
def _as_written(schema_json: str) -> Any:
    """Return a schema as the header of a file states it."""
    header = container_header(schema_json, bytes(SYNC_BYTES))
    return json.loads(fastavro.reader(io.BytesIO(header)).metadata["avro.schema"])


def _written_schema(policy: Policy) -> Any:
    return _as_written(json.dumps(event_schema(policy)))

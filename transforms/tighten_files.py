"""Tighten whole container files: from the bytes of one to the bytes of those that take its place."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import fastavro

from schemas.avro import REJECTION, event_schema
from schemas.errors import RetentionError, SchemaError
from schemas.policy.policy import Policy
from transforms.avro.blocks import KEY, Codec, block, container_header, sync_marker
from transforms.avro.faults import NOT_AVRO
from transforms.checks.records import field_rules
from transforms.detect import Detection
from transforms.drift import EARLIER
from transforms.pseudonyms import PseudonymKey
from transforms.tighten import RecordTightener

AT_ONCE = 256
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TightenedPart:
    """One file that takes another's place: its partition, its name, its bytes, how many records it has."""

    partition: str
    name: str
    data: bytes
    records: int


@dataclass(frozen=True)
class TightenedFile:
    """What becomes of a file: what takes its place, how many records it had, and how often what was done."""

    parts: tuple[TightenedPart, ...]
    records: int
    done: Mapping[str, int]


@dataclass
class FileTightener:
    """Tightens files of events and of rejections to a policy; remembers the compiled detectors of each schema."""

    policy: Policy
    keys: Sequence[PseudonymKey] = ()
    detection: Detection | None = None
    tighteners: dict[tuple[str, ...], RecordTightener] = field(default_factory=dict)

    def tighten(self, data: bytes, category: str, expires_on: date, name: str) -> TightenedFile | None:
        """Return what takes the place of a file of events; None if nothing in it is behind the policy.

        Raises:
            SchemaError: The bytes are no whole file, or have a codec that logveil doesn't write.
            RetentionError: The policy keeps a field longer than the file's, or has another category.
        """
        try:
            reader = fastavro.reader(io.BytesIO(data))
            schema, codec = json.loads(reader.metadata["avro.schema"]), Codec(reader.codec)
            if schema.get("policy_digest") == self.policy.digest:
                return None
            records: list[Any] = list(reader)
        except NOT_AVRO as error:
            raise SchemaError(f"not whole Avro: {type(error).__name__}") from None
        tightener = self._tightener(tuple(field_rules(schema)))
        if not any(map(tightener.behind, records)):
            return None
        self._check(schema, category)
        place = _Place(category, expires_on, name, codec, reader.metadata.get(KEY, ""))
        return self._tighten(records, tightener, place)

    def _tightener(self, written: tuple[str, ...]) -> RecordTightener:
        if written not in self.tighteners:
            self.tighteners[written] = RecordTightener(self.policy, self.keys, written, self.detection)
        return self.tighteners[written]

    def _check(self, schema: Mapping[str, Any], category: str) -> None:
        """Refuse a policy that is weaker than the file's in what no rewriting can change."""
        if category != self.policy.event_category:
            raise RetentionError(f"the policy has no events under category={category}")
        days = {rule.name: rule.retention_days for rule in self.policy.fields}
        for name, rule in field_rules(schema).items():
            if days.get(name, 0) > rule.retention_days:
                raise RetentionError(
                    f"fields.{name}.retention_days: {rule.retention_days} -> {days[name]}: a stored event is never kept"
                    " longer; a policy to tighten to has no more days than the stored one"
                )

    def _tighten(
        self, records: Sequence[Mapping[str, Any]], tightener: RecordTightener, place: "_Place"
    ) -> TightenedFile:
        schema = fastavro.parse_schema(event_schema(self.policy))
        done: Counter[str] = Counter()
        encoded: dict[str, list[bytes]] = {}
        rest = iter(records)
        while batch := list(islice(rest, AT_ONCE)):
            for tightened in tightener.tighten(batch):
                day = tightened.record["expires_at"].date().isoformat()
                encoded.setdefault(day, []).append(_encoded(schema, tightened.record))
                done.update(tightened.done)
        schema_json = json.dumps(event_schema(self.policy))
        parts = [place.part(schema_json, day, of_day) for day, of_day in sorted(encoded.items())]
        return TightenedFile(tuple(parts), len(records), dict(sorted(done.items())))


def tighten_rejections(
    data: bytes, category: str, expires_on: date, name: str, latest: date
) -> TightenedFile | None:
    """Return what takes the place of a file of rejections that may be kept until `latest`; None if it is in time.

    Raises:
        SchemaError: The bytes are no whole file, or have a codec that logveil doesn't write.
    """
    if expires_on <= latest:
        return None
    try:
        reader = fastavro.reader(io.BytesIO(data))
        codec = Codec(reader.codec)
        records: list[Any] = [{**record, "expires_on": latest} for record in reader]  # type: ignore[dict-item]
    except NOT_AVRO as error:
        raise SchemaError(f"not whole Avro: {type(error).__name__}") from None
    schema = fastavro.parse_schema(REJECTION)
    encoded = [_encoded(schema, record) for record in records]
    part = _Place(category, expires_on, name, codec).part(json.dumps(REJECTION), latest.isoformat(), encoded)
    return TightenedFile((part,), len(records), {EARLIER: len(records)})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file stood, how it was compressed, and the mark of its key."""

    category: str
    expires_on: date
    name: str
    codec: Codec
    key: str = ""

    def part(self, schema_json: str, day: str, records: Sequence[bytes]) -> TightenedPart:
        """Return records as the file of a partition; one that moves is named after the day that it comes from."""
        name = self.name
        if day != self.expires_on.isoformat():
            name = f"{name.removesuffix('.avro')}-{self.expires_on:%Y%m%d}.avro"
        sync = sync_marker(f"{self.category}/{name}")
        blocks = [block(few, sync, self.codec) for few in _in_blocks(records)]
        data = b"".join((container_header(schema_json, sync, self.codec, self.key), *blocks))
        return TightenedPart(f"category={self.category}/expires_on={day}", name, data, len(records))


def _in_blocks(records: Sequence[bytes]) -> Iterator[list[bytes]]:
    few: list[bytes] = []
    size = 0
    for record in records:
        few.append(record)
        size += len(record)
        if size >= BLOCK_BYTES:
            yield few
            few, size = [], 0
    if few:
        yield few


def _encoded(schema: Any, record: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, record)
    return out.getvalue()

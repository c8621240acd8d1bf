"""Encode tagged events and rejections as Avro records, grouped by the partition that they belong to.

The tags of an event hardly vary, so their bytes are encoded once per distinct tuple of tags and appended.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import fastavro

from schemas.avro import REJECTION, TAGS, event_schema
from schemas.events import Rejection, Tag, TaggedEvent
from schemas.policy import Policy
from transforms.avro_blocks import zigzag

_CACHED_TAGS = 16_384
_NULL, _PRESENT, _END = zigzag(0), zigzag(1), zigzag(0)
_SIZES = 8192
_PRESENT_SIZES = [_PRESENT + zigzag(size) for size in range(_SIZES)]
_NOTHING = (None, b"")
_CACHED_TUPLES = 4096  # some 2 KB each, and one that is not here is put together from single tags


@dataclass(frozen=True)
class Encoding:
    """A picklable description of the output's records."""

    policy: Policy

    def build(self) -> "PartitionEncoder":
        """Compile the schemas."""
        return PartitionEncoder(self.policy)


class PartitionEncoder:
    """Encodes batches into Avro records by partition date."""

    def __init__(self, policy: Policy) -> None:
        self.event_schema_json = json.dumps(event_schema(policy))
        self.rejection_schema_json = json.dumps(REJECTION)
        self._rejection = fastavro.parse_schema(REJECTION)
        self._names = [rule.name for rule in policy.fields]
        self._tags = _TagEncoder()

    def encode_events(self, events: Sequence[TaggedEvent]) -> dict[str, list[bytes]]:
        """Return the encoded records of tagged events by the ISO date of their partition."""
        partitions: dict[str, list[bytes]] = {}
        for tagged in events:
            record = self._flat_record(tagged) + self._tags.encode(tagged.tags)
            partitions.setdefault(tagged.expires_on, []).append(record)
        return partitions

    def _flat_record(self, tagged: TaggedEvent) -> bytes:
        """Encode all but the tags, as fastavro would by `flat_event_schema`: in a third of its time."""
        event = tagged.event
        parts = [
            avro_string(event.event_id),
            zigzag(event.event_time),
            zigzag(tagged.expires_at),
            _encoded_origin(tagged.policy_version, tagged.key_epoch, event.source),
        ]
        for value in map(event.values.get, self._names):
            if value is None:
                parts.append(_NULL)
                continue
            data = value.encode()
            size = len(data)
            parts.append(_PRESENT_SIZES[size] if size < _SIZES else _PRESENT + zigzag(size))
            parts.append(data)
        parts.append(_avro_map(event.others) if event.others else _END)
        return b"".join(parts)

    def encode_rejections(self, rejections: Sequence[Rejection]) -> dict[str, list[bytes]]:
        """Return the encoded records of rejections by the ISO date of their partition."""
        partitions: dict[str, list[bytes]] = {}
        for rejection in rejections:
            out = io.BytesIO()
            fastavro.schemaless_writer(out, self._rejection, _rejection_record(rejection))
            partitions.setdefault(rejection.expires_on, []).append(out.getvalue())
        return partitions


def avro_string(text: str) -> bytes:
    """Return a string as Avro encodes it: its size in UTF-8 as a long, then its bytes.

    Example:
        >>> avro_string("é!")
        b'\\x06\\xc3\\xa9!'
    """
    data = text.encode()
    return zigzag(len(data)) + data


@lru_cache(maxsize=_CACHED_TUPLES)
def _encoded_origin(policy_version: str, key_epoch: str, source: str | None) -> bytes:
    """Encode the three strings that hardly vary."""
    encoded = _NULL if source is None else _PRESENT + avro_string(source)
    return avro_string(policy_version) + avro_string(key_epoch) + encoded


def _avro_map(strings: Mapping[str, str]) -> bytes:
    pairs = (avro_string(key) + avro_string(value) for key, value in strings.items())
    return b"".join((zigzag(len(strings)), *pairs, _END))


class _TagEncoder:
    """An Avro array of tags is one block of them with its count, then an empty block."""

    def __init__(self) -> None:
        self._schema = fastavro.parse_schema(TAGS["items"])
        self._encoded_tag = lru_cache(maxsize=_CACHED_TAGS)(self._encode_tag)
        self._encoded: dict[int, tuple[tuple[Tag, ...], bytes]] = {}

    def encode(self, tags: tuple[Tag, ...]) -> bytes:
        """Encode tags; events share their tuples, so they are remembered by identity: hashing one costs more."""
        remembered, encoded = self._encoded.get(id(tags), _NOTHING)
        if remembered is not tags:
            encoded = self._encode(tags)
            if len(self._encoded) >= _CACHED_TUPLES:
                self._encoded.clear()
            self._encoded[id(tags)] = tags, encoded
        return encoded

    def _encode(self, tags: tuple[Tag, ...]) -> bytes:
        if not tags:
            return zigzag(0)
        return b"".join((zigzag(len(tags)), *map(self._encoded_tag, tags), zigzag(0)))

    def _encode_tag(self, tag: Tag) -> bytes:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, self._schema, _tag_record(tag))
        return out.getvalue()


def _tag_record(tag: Tag) -> Mapping[str, Any]:
    return {
        "field": tag.field,
        "category": tag.category,
        "purpose": tag.purpose,
        "legal_basis": tag.legal_basis,
        "treatment": tag.treatment,
        "expires_on": date.fromisoformat(tag.expires_on),
        "detected": [{"kind": kind, "count": count} for kind, count in tag.detected],
    }


def _rejection_record(rejection: Rejection) -> Mapping[str, Any]:
    return {
        "stage": rejection.stage.value,
        "reason": rejection.reason.value,
        "source": rejection.source.name,
        "checksum": rejection.source.checksum,
        "offset": rejection.offset,
        "line": rejection.line,
        "part": rejection.source.part,
        "length": rejection.length,
        "digest": rejection.digest,
        "expires_on": date.fromisoformat(rejection.expires_on),
    }

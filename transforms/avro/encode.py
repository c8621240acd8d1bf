"""Encode tagged events and rejections as Avro records, grouped by the partition that they belong to.

The tags of an event hardly vary, so a distinct tag is encoded once for each day and its bytes are appended.
"""

import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import fastavro

from schemas.avro import REJECTION, event_schema
from schemas.events import Rejection, Tag, TaggedEvent
from schemas.policy.policy import Policy
from transforms.avro.blocks import zigzag
from transforms.tag import MS_A_DAY

_CACHED_ORIGINS = 4096
_CACHED_TAG_DAYS = 65_536  # some 250 bytes each
_NULL, _PRESENT, _END = zigzag(0), zigzag(1), zigzag(0)
_SIZES = 8192
_PRESENT_SIZES = [_PRESENT + zigzag(size) for size in range(_SIZES)]


@dataclass(frozen=True)
class Encoding:
    """A picklable description of the output's records; `key` marks the key of their pseudonyms for the header."""

    policy: Policy
    key: str = ""

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
            parts = self._flat_parts(tagged)
            parts += self._tags.parts(tagged.tags, tagged.event.event_time // MS_A_DAY)
            partitions.setdefault(tagged.expires_on, []).append(b"".join(parts))
        return partitions

    def _flat_parts(self, tagged: TaggedEvent) -> list[bytes]:
        """Encode all but the tags, as fastavro would by `flat_event_schema`: in a third of its time."""
        event = tagged.event
        parts = [
            avro_string(event.event_id),
            zigzag(event.event_time),
            zigzag(tagged.expires_at),
            encoded_origin(tagged.policy_version, tagged.key_epoch, event.source),
        ]
        for value in map(event.values.get, self._names):
            if value is None:
                parts.append(_NULL)
                continue
            data = value.encode()
            size = len(data)
            parts.append(_PRESENT_SIZES[size] if size < _SIZES else _PRESENT + zigzag(size))
            parts.append(data)
        parts.append(
            _avro_block([avro_string(name) + avro_string(text) for name, text in event.others.items()])
        )
        return parts

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


@lru_cache(maxsize=_CACHED_ORIGINS)
def encoded_origin(policy_version: str, key_epoch: str, source: str | None) -> bytes:
    """Encode the three strings that hardly vary."""
    encoded = _NULL if source is None else _PRESENT + avro_string(source)
    return avro_string(policy_version) + avro_string(key_epoch) + encoded


def _avro_block(items: Sequence[bytes]) -> bytes:
    """Encode an array or a map of items that are encoded: one block with its count, then an empty one."""
    return b"".join((zigzag(len(items)), *items, _END)) if items else _END


class _TagEncoder:
    """Encodes tags as an Avro array: one block with its count, then an empty block.

    Events share their tags, and only the date of a tag follows from its event. So a tag is encoded once for each day of
    events, and remembered by its identity: hashing it would cost more.
    """

    def __init__(self) -> None:
        self._encoded: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
        self._held: list[Tag] = []  # so that no other tag gets the identity of a remembered one

    def parts(self, tags: tuple[Tag, ...], event_day: int) -> Sequence[bytes]:
        """Return what makes up the array; `event_day` is the event's, counted from 1970-01-01 UTC."""
        if not tags:
            return (_END,)
        encoded = self._encoded[event_day]
        try:
            return (zigzag(len(tags)), *map(encoded.__getitem__, map(id, tags)), _END)
        except KeyError:
            self._encode(tags, event_day)
            return self.parts(tags, event_day)

    def _encode(self, tags: tuple[Tag, ...], event_day: int) -> None:
        if len(self._held) >= _CACHED_TAG_DAYS:
            self._held.clear()
            self._encoded.clear()
        encoded = self._encoded[event_day]
        for tag in tags:
            if id(tag) not in encoded:
                encoded[id(tag)] = _encoded_tag(tag, event_day + tag.retention_days)
                self._held.append(tag)


def encoded_tag_around_day(tag: Tag) -> tuple[bytes, bytes]:
    """Encode what stands before and behind the day on which a tag expires."""
    stated = (tag.field, tag.category, tag.purpose, tag.legal_basis, tag.treatment)
    detected = _avro_block([avro_string(kind) + zigzag(count) for kind, count in tag.detected])
    return b"".join(map(avro_string, stated)), detected


def _encoded_tag(tag: Tag, expires_on: int) -> bytes:
    head, tail = encoded_tag_around_day(tag)
    return b"".join((head, zigzag(expires_on), tail))


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

"""Remove erased accounts from written records: their own events go, and other events no longer name them."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import fastavro
import zstandard

from schemas.accounts import UIN_FIELD, USERNAME_FIELD, ErasureTarget
from schemas.errors import SchemaError
from transforms.avro_blocks import SYNC_BYTES, block
from transforms.pseudonyms import PSEUDONYM

ERASED = "<ERASED>"
_TOKEN = re.compile(PSEUDONYM.pattern)
_TOKEN_BYTES = re.compile(PSEUDONYM.pattern.encode())
_MAGIC = b"Obj\x01"


class RecordEraser:
    """Knows the pseudonyms that must go; `erase` treats one written record."""

    def __init__(self, targets: Iterable[ErasureTarget]) -> None:
        self._targets: dict[str, list[ErasureTarget]] = {}
        for target in targets:
            self._targets.setdefault(target.pseudonym, []).append(target)
        self._tokens = {pseudonym.encode() for pseudonym in self._targets}

    def may_hold(self, data: bytes) -> bool:
        """Tell whether the bytes of records hold any of the pseudonyms."""
        return any(token in self._tokens for token in _TOKEN_BYTES.findall(data))

    def erase(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the record without the accounts' pseudonyms, or None where the event is of such an account.

        An event is of the account whose UIN it has; without a UIN, of whoever held its user name then.

        Example:
            >>> target = ErasureTarget("uin_1_" + "a" * 20, "uin")
            >>> eraser = RecordEraser([target])
            >>> eraser.erase({"event_time": 5, "uin": target.pseudonym})
            >>> eraser.erase({"event_time": 5, "uin": None, "output": f"for {target.pseudonym}."})["output"]
            'for <ERASED>.'
        """
        time = record["event_time"]
        milliseconds = time if isinstance(time, int) else round(time.timestamp() * 1000)
        owner = record.get(UIN_FIELD)
        if owner is None or PSEUDONYM.fullmatch(owner) is None:
            owner = record.get(USERNAME_FIELD)
        if owner is not None and self.covers(owner, milliseconds):
            return None
        return {name: self._without(value, milliseconds) for name, value in record.items()}

    def erase_text(self, text: str, time: int) -> str:
        """Return a text of an event at a time (milliseconds since the epoch) without the pseudonyms."""
        return _TOKEN.sub(lambda match: ERASED if self.covers(match[0], time) else match[0], text)

    def covers(self, pseudonym: str, time: int) -> bool:
        """Tell whether a pseudonym in an event at a time (milliseconds since the epoch) must go."""
        return any(target.covers(time) for target in self._targets.get(pseudonym, ()))

    def _without(self, value: Any, time: int) -> Any:
        """Return a field's value without the pseudonyms."""
        if isinstance(value, str):
            return self.erase_text(value, time)
        if isinstance(value, dict):
            return {key: self._without(inner, time) for key, inner in value.items()}
        return value


@dataclass(frozen=True, slots=True)
class ErasedFile:
    """A container file without the accounts: its bytes, how many records it had, how many went or changed."""

    data: bytes
    records: int
    removed: int
    changed: int


def erase_from_file(data: bytes, eraser: RecordEraser) -> ErasedFile | None:
    """Return an Avro container file without the accounts, or None where it holds nothing of them.

    Header and untouched blocks stay byte for byte, so equal files and targets give equal bytes.

    Raises:
        SchemaError: The bytes are no such file with the zstandard codec.
    """
    stream = io.BytesIO(data)
    header = _read_header(stream)
    parts = [data[: stream.tell()]]
    records = removed = changed = 0
    touched = False
    while stream.tell() < len(data):
        start = stream.tell()
        count, packed = _read_block(stream, header.sync)
        records += count
        plain = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
        if not eraser.may_hold(plain):
            parts.append(data[start : stream.tell()])
            continue
        kept, differing = _erase_records(plain, count, header, eraser)
        touched = touched or bool(differing) or len(kept) < count
        removed += count - len(kept)
        changed += differing
        if kept:
            parts.append(block(kept, header.sync))
    return ErasedFile(b"".join(parts), records, removed, changed) if touched else None


@dataclass(frozen=True, slots=True)
class _Header:
    schema: Any
    sync: bytes


def _erase_records(
    plain: bytes, count: int, header: _Header, eraser: RecordEraser
) -> tuple[list[bytes], int]:
    """Return the encoded records of a block that stay, and how many of them changed."""
    source = io.BytesIO(plain)
    kept: list[bytes] = []
    changed = 0
    for _ in range(count):
        start = source.tell()
        record = fastavro.schemaless_reader(source, header.schema, None)
        raw = plain[start : source.tell()]
        if not eraser.may_hold(raw):
            kept.append(raw)
            continue
        result = eraser.erase(record)  # type: ignore[arg-type]
        if result is not None:
            changed += result != record
            kept.append(raw if result == record else _encode(header.schema, result))
    return kept, changed


def _encode(schema: Any, record: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, record)
    return out.getvalue()


def _read_header(stream: io.BytesIO) -> _Header:
    """Read magic, metadata and sync marker (Apache Avro 1.11, object container files)."""
    if stream.read(len(_MAGIC)) != _MAGIC:
        raise SchemaError("a file of the output is no Avro container file")
    metadata: dict[str, bytes] = {}
    while count := _read_long(stream):
        if count < 0:
            _read_long(stream)
        for _ in range(abs(count)):
            key = stream.read(_read_long(stream)).decode()
            metadata[key] = stream.read(_read_long(stream))
    if metadata.get("avro.codec") != b"zstandard":
        raise SchemaError("a file of the output is not compressed with zstandard")
    return _Header(fastavro.parse_schema(json.loads(metadata["avro.schema"])), stream.read(SYNC_BYTES))


def _read_block(stream: io.BytesIO, sync: bytes) -> tuple[int, bytes]:
    """Read one block: the number of records and their compressed bytes."""
    count = _read_long(stream)
    packed = stream.read(_read_long(stream))
    if stream.read(SYNC_BYTES) != sync:
        raise SchemaError("a file of the output is damaged: a block does not end where it says")
    return count, packed


def _read_long(stream: io.BytesIO) -> int:
    """Read a zig-zag long."""
    number = shift = 0
    while True:
        byte = stream.read(1)
        if not byte:
            raise SchemaError("a file of the output is damaged: it ends too early")
        number |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return (number >> 1) ^ -(number & 1)

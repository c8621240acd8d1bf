"""Avro object container files from records that are encoded already (Apache Avro 1.11, object container files)."""

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

import fastavro
import zstandard

SYNC_BYTES = 16
_ZSTD_LEVEL = 3


def sync_marker(name: str) -> bytes:
    """Return the sync marker of a file: drawn from its name, so that a repeated run writes equal bytes."""
    return sha256(name.encode()).digest()[:SYNC_BYTES]


@cache
def _parsed(schema_json: str) -> Any:
    return fastavro.parse_schema(json.loads(schema_json))


def container_header(schema_json: str, sync: bytes, metadata: Mapping[str, str] | None = None) -> bytes:
    """Return the header of a container file with the zstandard codec."""
    out = io.BytesIO()
    fastavro.writer(
        out, _parsed(schema_json), [], codec="zstandard", sync_marker=sync, metadata=dict(metadata or {})
    )
    return out.getvalue()


def zigzag(number: int) -> bytes:
    """Encode a long as Avro does: zig-zag, then seven bits a byte, low first.

    Example:
        >>> zigzag(0), zigzag(-1), zigzag(64)
        (b'\\x00', b'\\x01', b'\\x80\\x01')
    """
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def block(records: Sequence[bytes], sync: bytes) -> bytes:
    """Return one data block: count, size, compressed records, sync marker."""
    data = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(b"".join(records))
    return b"".join((zigzag(len(records)), zigzag(len(data)), data, sync))

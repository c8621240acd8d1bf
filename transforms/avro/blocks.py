"""Avro object container files from records that are encoded already (Apache Avro 1.11, object container files)."""

import io
import json
import zlib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

import fastavro
import zstandard

KEY = "logveil.key"
"""The header's entry that names the pseudonym key: its epoch and fingerprint (`PseudonymKey.mark`)."""

SYNC_BYTES = 16
_MAGIC = b"Obj\x01"
_ZSTD_LEVEL = 3


class Codec(StrEnum):
    """How blocks are compressed: zstandard is smaller and faster, but DuckDB's reader knows only deflate of the two."""

    ZSTANDARD = "zstandard"
    DEFLATE = "deflate"

    def pack(self, data: bytes) -> bytes:
        """Return bytes compressed.

        Example:
            >>> zlib.decompress(Codec.DEFLATE.pack(b"ab"), wbits=-zlib.MAX_WBITS)
            b'ab'
        """
        if self is Codec.ZSTANDARD:
            return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data)
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)  # Avro's deflate is the raw stream of RFC 1951
        return packer.compress(data) + packer.flush()


def sync_marker(name: str) -> bytes:
    """Return the sync marker of a file: drawn from its name, so that a repeated run writes equal bytes."""
    return sha256(name.encode()).digest()[:SYNC_BYTES]


@cache
def _parsed(schema_json: str) -> Any:
    return fastavro.parse_schema(json.loads(schema_json))


def container_header(schema_json: str, sync: bytes, codec: Codec = Codec.ZSTANDARD, key: str = "") -> bytes:
    """Return the header of a container file, equal in every process; `key` marks the pseudonym key, if there is one.

    fastavro's own has the attributes of a schema in the order of a set, another one in each process.
    """
    metadata = [(b"avro.codec", codec.value.encode()), (b"avro.schema", _written_schema(schema_json))]
    if key:
        metadata.append((KEY.encode(), key.encode()))
    pairs = b"".join(zigzag(len(part)) + part for pair in metadata for part in pair)
    return b"".join((_MAGIC, zigzag(len(metadata)), pairs, zigzag(0), sync))


@cache
def _written_schema(schema_json: str) -> bytes:
    """Return a schema as fastavro writes it, with full names, and its keys in order."""
    out = io.BytesIO()
    fastavro.writer(out, _parsed(schema_json), [])
    written = json.loads(fastavro.reader(io.BytesIO(out.getvalue())).metadata["avro.schema"])
    return json.dumps(written, sort_keys=True).encode()


def zigzag(number: int) -> bytes:
    """Encode a long as Avro does: zig-zag, then seven bits a byte, low first.

    Example:
        >>> zigzag(0), zigzag(-1), zigzag(64)
        (b'\\x00', b'\\x01', b'\\x80\\x01')
    """
    rest = (number << 1) ^ (number >> 63)
    sevens = []
    while rest > 0x7F:
        sevens.append(rest & 0x7F | 0x80)
        rest >>= 7
    sevens.append(rest)
    return bytes(sevens)


def block(records: Sequence[bytes], sync: bytes, codec: Codec = Codec.ZSTANDARD) -> bytes:
    """Return one data block: count, size, compressed records, sync marker."""
    data = codec.pack(b"".join(records))
    return b"".join((zigzag(len(records)), zigzag(len(data)), data, sync))

"""Join Avro object container files of one header into one, block by block, without reading a record.

Apache Avro 1.11, object container files: a header with the schema and a sync marker, then blocks of a count, a size,
the compressed records, and the marker again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.errors import SchemaError
from transforms.avro.blocks import SYNC_BYTES, sync_marker, zigzag

_MAGIC = b"Obj\x01"
_CUT = "it is no whole Avro object container file"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: how many records, and their compressed bytes."""

    records: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Container:
    """A file taken apart: the header up to its sync marker, and the blocks."""

    header: bytes
    blocks: tuple[Block, ...]

    @property
    def records(self) -> int:
        """Return how many records the blocks hold."""
        return sum(block.records for block in self.blocks)


def take_apart(data: bytes) -> Container:
    """Return the header and the blocks of a container file.

    Raises:
        SchemaError: The bytes are no whole container file.
    """
    end = _header_end(data)
    header, sync = data[:end], data[end : end + SYNC_BYTES]
    if len(sync) != SYNC_BYTES:
        raise SchemaError(_CUT)
    return Container(header, tuple(_blocks(data, end + SYNC_BYTES, sync)))


def join(containers: Sequence[Container], name: str) -> bytes:
    """Return one container file with the blocks of all; its sync marker is drawn from its name.

    Raises:
        SchemaError: Their headers differ.
    """
    headers = {container.header for container in containers}
    if len(headers) != 1:
        raise SchemaError("files of different schemas or codecs can't be joined")
    sync = sync_marker(name)
    parts = [*headers, sync]
    for container in containers:
        for block in container.blocks:
            parts += [zigzag(block.records), zigzag(len(block.data)), block.data, sync]
    return b"".join(parts)


def _header_end(data: bytes) -> int:
    """Return where the header's sync marker begins: behind the magic and a map of bytes."""
    if not data.startswith(_MAGIC):
        raise SchemaError(_CUT)
    at = len(_MAGIC)
    while True:
        count, at = _long(data, at)
        if count == 0:
            return at
        if count < 0:
            _, at = _long(data, at)  # the map's block states its size too
        for _ in range(2 * abs(count)):
            length, at = _long(data, at)
            at += length


def _blocks(data: bytes, at: int, sync: bytes) -> Iterator[Block]:
    while at < len(data):
        records, at = _long(data, at)
        size, at = _long(data, at)
        if size < 0 or data[at + size : at + size + SYNC_BYTES] != sync:
            raise SchemaError(_CUT)
        yield Block(records, data[at : at + size])
        at += size + SYNC_BYTES


def _long(data: bytes, at: int) -> tuple[int, int]:
    """Return an Avro long and where it ends."""
    value = shift = 0
    while True:
        if not 0 <= at < len(data) or shift > 63:
            raise SchemaError(_CUT)
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at

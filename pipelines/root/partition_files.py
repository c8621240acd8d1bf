"""Append encoded records to Avro files in a staging folder, one file per input part and partition."""

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

from schemas.errors import OutputError
from schemas.events import Source
from schemas.ledger import REJECTED_CATEGORY, WrittenFile
from transforms.avro.blocks import SYNC_BYTES, Codec, block, container_header, sync_marker
from transforms.avro.encode import Encoding
from transforms.engine.records import joined_partitions

BLOCK_BYTES = 1 << 20
HEX_OF_AN_INPUT = 32  # 128 bits, so that no two inputs meet by chance or by design
OPEN_PARTS = 2

Encode = Callable[[Sequence[Any]], dict[str, list[bytes]]]


def file_name(source: Source) -> str:
    """Return the name of the files that hold the records of one part of an input.

    Example:
        >>> file_name(Source("app.jsonl", "0123456789abcdef" * 4, part=3))
        'part-0123456789abcdef0123456789abcdef-00003.avro'
    """
    return f"part-{source.checksum[:HEX_OF_AN_INPUT]}-{source.part:05d}.avro"


@dataclass(slots=True)
class _OpenFile:
    temp: str
    sync: bytes
    waiting: list[bytes] = field(default_factory=list)
    waiting_bytes: int = 0
    records: int = 0
    bytes: int = 0
    digest: Any = field(default_factory=sha256)


class PartitionFiles:
    """Buffers encoded records per part and partition and appends them to files as whole Avro blocks.

    A file is open only while a block is appended, so many partitions cost no file descriptors. Blocks
    end with the record that fills them, however the records were batched: a repeated run writes equal bytes.
    """

    def __init__(
        self,
        staging: str,
        category: str,
        schema_json: str,
        encode: Encode,
        codec: Codec = Codec.ZSTANDARD,
        name: Callable[[Source], str] = file_name,
        key: str = "",
    ) -> None:
        self._name = name
        self._staging = staging
        self._category = category
        self._codec = codec
        self._header = container_header(schema_json, bytes(SYNC_BYTES), codec, key)[:-SYNC_BYTES]
        self._encode = encode
        self._parts: OrderedDict[tuple[str, int], dict[str, _OpenFile]] = OrderedDict()

    def add(self, source: Source, elements: Sequence[Any]) -> list[WrittenFile]:
        """Add elements of one part; return the files of the parts that were closed for it."""
        key = (source.checksum, source.part)
        closed: list[WrittenFile] = []
        if key not in self._parts:
            while len(self._parts) >= OPEN_PARTS:
                closed += self._close(*self._parts.popitem(last=False))
            self._parts[key] = {}
        self._parts.move_to_end(key)
        files = self._parts[key]
        for expires_on, records in self._encode(elements).items():
            file = files.get(expires_on)
            if file is None:
                file = files[expires_on] = self._open(source)
            self._extend(file, records)
        return closed

    def forget(self) -> None:
        """Start over: what a failed bundle left is not written."""
        self._parts.clear()

    def close(self) -> list[WrittenFile]:
        """Complete all files."""
        return [written for key in list(self._parts) for written in self._close(key, self._parts.pop(key))]

    def _open(self, source: Source) -> _OpenFile:
        return _OpenFile(f"{uuid4().hex}.avro", sync_marker(f"{self._category}/{self._name(source)}"))

    def _extend(self, file: _OpenFile, records: list[bytes]) -> None:
        for record in records:
            file.waiting.append(record)
            file.waiting_bytes += len(record)
            if file.waiting_bytes >= BLOCK_BYTES:
                self._flush(file)

    def _flush(self, file: _OpenFile) -> None:
        data = block(file.waiting, file.sync, self._codec)
        if not file.bytes:
            data = b"".join((self._header, file.sync, data))
        self._append(file.temp, data)
        file.digest.update(data)
        file.bytes += len(data)
        file.records += len(file.waiting)
        file.waiting = []
        file.waiting_bytes = 0

    def _append(self, name: str, data: bytes) -> None:
        try:
            with open(os.path.join(self._staging, name), "ab", buffering=0) as out:
                while data:
                    data = data[out.write(data) :]
        except OSError as error:
            raise OutputError(f"cannot write to the output root: {error.strerror}") from error

    def _close(self, key: tuple[str, int], files: dict[str, _OpenFile]) -> list[WrittenFile]:
        name = self._name(Source("", key[0], part=key[1]))
        for file in files.values():
            if file.waiting:
                self._flush(file)
        return [
            WrittenFile(
                f"category={self._category}/expires_on={expires_on}",
                file.temp,
                name,
                file.records,
                file.bytes,
                file.digest.hexdigest(),
            )
            for expires_on, file in files.items()
        ]


def event_files(staging: str, encoding: Encoding, codec: Codec = Codec.ZSTANDARD) -> PartitionFiles:
    """Return empty buffers for tagged events."""
    encoder = encoding.build()
    category = encoding.policy.event_category
    return PartitionFiles(
        staging, category, encoder.event_schema_json, encoder.encode_events, codec, key=encoding.key
    )


def encoded_files(staging: str, encoding: Encoding, codec: Codec = Codec.ZSTANDARD) -> PartitionFiles:
    """Return empty buffers for events that are encoded already."""
    encoder = encoding.build()
    category = encoding.policy.event_category
    schema = encoder.event_schema_json
    return PartitionFiles(staging, category, schema, joined_partitions, codec, key=encoding.key)


def rejection_files(staging: str, encoding: Encoding, codec: Codec = Codec.ZSTANDARD) -> PartitionFiles:
    """Return empty buffers for rejections."""
    encoder = encoding.build()
    return PartitionFiles(
        staging, REJECTED_CATEGORY, encoder.rejection_schema_json, encoder.encode_rejections, codec
    )

"""Unpack an open file by each compression, in pieces of bounded size; streams and frames may follow each other.

A piece of packed bytes is so small that it unpacks to 32 MiB at most (a block of zstandard gives 128 KiB for four
bytes), and a window of over 128 MiB is refused.
"""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Protocol

import cramjam
import lz4.block
import lz4.frame
import zstandard

from schemas.formats import Compression
from transforms.framing.lines import BLOCK_BYTES

MAX_DOCUMENT_BYTES = 256 << 20
_PACKED_CHUNK = 1 << 10  # small, so that what one chunk unpacks to stays small too
_FRAME_HEAD = 18  # of both kinds of frame at most
_SKIPPABLE_HEAD = 8
_LZMA_MEMORY = 128 << 20
_LZ4_FLAGS, _LZ4_HAS_DICTIONARY = 4, 0x01
_ZSTD_FAULTS = {
    "Dictionary mismatch": "needs a dictionary, which is not supported",
    "Frame requires too much memory": "has a window of over 128 MiB, which is not supported",
}
_SNAPPY_HEAD = b"\xff\x06\x00\x00sNaPpY"


class RefusedError(Exception):
    """A stream that may be whole and is not read; the message says why."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Bounded(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def plain(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file as they are."""
    while block := file.read(BLOCK_BYTES):
        yield block


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as unpacked:
        while block := unpacked.read(BLOCK_BYTES):
            yield block


def _frames(
    file: BinaryIO, start: Callable[[], _Decompressor], check: Callable[[bytes], None] = lambda _: None
) -> Iterator[bytes]:
    """Yield what the frames of a stream unpack to; skippable frames between them are passed over."""
    pending = b""
    while True:
        head = pending + _up_to(file, _FRAME_HEAD - len(pending))
        if not head:
            return
        if (to_skip := _skippable(head)) is not None:
            pending = _passed_over(file, head[_SKIPPABLE_HEAD:], to_skip)
            continue
        check(head)
        decompressor = start()
        yield decompressor.decompress(head)
        while not decompressor.eof:
            chunk = file.read(_PACKED_CHUNK)
            if not chunk:
                raise EOFError
            yield decompressor.decompress(chunk)
        pending = decompressor.unused_data or b""


def _up_to(file: BinaryIO, size: int) -> bytes:
    return file.read(size) if size > 0 else b""


def _skippable(head: bytes) -> int | None:
    """Return the length of a skippable frame's data (RFC 8878, 3.1.2), None where it is another frame."""
    if len(head) < _SKIPPABLE_HEAD or head[1:4] != b"\x2a\x4d\x18" or not 0x50 <= head[0] <= 0x5F:
        return None
    return int.from_bytes(head[4:_SKIPPABLE_HEAD], "little")


def _passed_over(file: BinaryIO, held: bytes, size: int) -> bytes:
    """Pass over so many bytes, those held first; return what is held behind them."""
    size -= len(held)
    while size > 0:
        dropped = len(file.read(min(size, BLOCK_BYTES)))
        if not dropped:
            raise EOFError
        size -= dropped
    return held[len(held) + size :] if size < 0 else b""


def _bzip2(file: BinaryIO) -> Iterator[bytes]:
    return _gathered(_members(file, bz2.BZ2Decompressor))


def _xz(file: BinaryIO) -> Iterator[bytes]:
    return _gathered(_members(file, lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)))


def _members(file: BinaryIO, start: Callable[[], _Bounded]) -> Iterator[bytes]:
    """Yield what streams that follow each other unpack to, never more than a block at once; NULs may pad them."""
    pending = file.read(_PACKED_CHUNK)
    while pending := pending.lstrip(b"\0") or file.read(_PACKED_CHUNK).lstrip(b"\0"):
        decompressor = start()
        yield decompressor.decompress(pending, BLOCK_BYTES)
        while not decompressor.eof:
            chunk = file.read(_PACKED_CHUNK) if decompressor.needs_input else b""
            if decompressor.needs_input and not chunk:
                raise EOFError
            yield decompressor.decompress(chunk, BLOCK_BYTES)
        pending = decompressor.unused_data


def _zstd(file: BinaryIO) -> Iterator[bytes]:
    try:
        yield from _gathered(_frames(file, zstandard.ZstdDecompressor().decompressobj))
    except zstandard.ZstdError as error:
        named = next((reason for words, reason in _ZSTD_FAULTS.items() if words in str(error)), None)
        raise error if named is None else RefusedError(named) from None


def _lz4(file: BinaryIO) -> Iterator[bytes]:
    return _gathered(_frames(file, lz4.frame.LZ4FrameDecompressor, _refuse_dictionary))


def _refuse_dictionary(head: bytes) -> None:
    if len(head) > _LZ4_FLAGS and head[_LZ4_FLAGS] & _LZ4_HAS_DICTIONARY:
        raise RefusedError("needs a dictionary, which is not supported")


def _lz4_block(file: BinaryIO) -> Iterator[bytes]:
    packed = _exactly_all(file)
    size = max(1 << 16, 4 * len(packed))
    while size <= MAX_DOCUMENT_BYTES:
        try:
            yield lz4.block.decompress(packed, uncompressed_size=size)
            return
        except lz4.block.LZ4BlockError:
            size *= 4  # a raw block doesn't say its size, and one too small looks like damage
    yield lz4.block.decompress(packed, uncompressed_size=MAX_DOCUMENT_BYTES)


def _exactly_all(file: BinaryIO) -> bytes:
    packed = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(packed) > MAX_DOCUMENT_BYTES:
        raise RefusedError(f"has over {MAX_DOCUMENT_BYTES >> 20} MiB, which is not supported")
    return packed


def _snappy(file: BinaryIO) -> Iterator[bytes]:
    return _gathered(_snappy_chunks(file))


def _snappy_chunks(file: BinaryIO) -> Iterator[bytes]:
    while head := file.read(4):
        body = _exactly(file, int.from_bytes(head[1:], "little") if len(head) == 4 else 1 << 24)
        if head[0] in (0, 1):
            yield bytes(cramjam.snappy.decompress(_SNAPPY_HEAD + head + body))
        elif head[0] < 0x80:
            raise ValueError


def _hadoop_snappy(file: BinaryIO) -> Iterator[bytes]:
    return _gathered(_hadoop_chunks(file))


def _hadoop_chunks(file: BinaryIO) -> Iterator[bytes]:
    while head := file.read(4):
        left = int.from_bytes(head + _exactly(file, 4 - len(head)))
        while left > 0:
            packed = int.from_bytes(_exactly(file, 4))
            if packed > MAX_DOCUMENT_BYTES:
                raise ValueError
            data = _exactly(file, packed)
            if cramjam.snappy.decompress_raw_len(data) > MAX_DOCUMENT_BYTES:
                raise RefusedError(
                    f"has a block of over {MAX_DOCUMENT_BYTES >> 20} MiB, which is not supported"
                )
            block = bytes(cramjam.snappy.decompress_raw(data))
            left -= len(block)
            yield block
        if left < 0:
            raise ValueError


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if size:
        yield b"".join(held)


def _lzop(_: BinaryIO) -> Iterator[bytes]:
    raise ValueError


READERS: dict[Compression, Callable[[BinaryIO], Iterator[bytes]]] = {
    Compression.GZIP: _gzip,
    Compression.BZIP2: _bzip2,
    Compression.XZ: _xz,
    Compression.LZMA: _xz,
    Compression.ZSTD: _zstd,
    Compression.LZ4: _lz4,
    Compression.LZ4_BLOCK: _lz4_block,
    Compression.SNAPPY: _snappy,
    Compression.HADOOP_SNAPPY: _hadoop_snappy,
    Compression.LZOP: _lzop,
}
"""What unpacks a file by each compression; `Compression.NONE` needs nothing."""

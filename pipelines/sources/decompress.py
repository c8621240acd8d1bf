"""Open an input file as blocks of decompressed bytes; every stream is checked to be whole, and none may explode.

Memory is bounded whatever a stream holds: a piece of packed bytes is so small that it unpacks to 32 MiB at most (a
block of zstandard gives 128 KiB for four bytes), and a window of over 128 MiB is refused.
"""

import codecs
import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Protocol

import cramjam
import lz4.block
import lz4.frame
import zstandard

from schemas.errors import InputError
from schemas.formats import Compression
from transforms.framing.lines import BLOCK_BYTES

MAX_DOCUMENT_BYTES = 256 << 20
MAX_EXPANSION = 1_000
"""How many times its size a packed file may unpack to, from the first MiB on."""

_PACKED_CHUNK = 1 << 10  # small, so that what one chunk unpacks to stays small too
_LZ4_FLAGS, _LZ4_HAS_DICTIONARY = 4, 0x01
_ZSTD_FAULTS = {
    "Dictionary mismatch": "needs a dictionary, which is not supported",
    "Frame requires too much memory": "has a window of over 128 MiB, which is not supported",
}
_SNAPPY_HEAD = b"\xff\x06\x00\x00sNaPpY"
_FAULTS = (
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    zlib.error,
    zstandard.ZstdError,
    cramjam.DecompressionError,
    lz4.block.LZ4BlockError,
)


class _RefusedError(Exception):
    """A stream that may be whole and is not read; the message says why."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def read_blocks(
    path: str,
    compression: Compression,
    name: str,
    start: int = 0,
    max_expansion: int = MAX_EXPANSION,
    heed: Callable[[int], None] | None = None,
) -> Iterator[bytes]:
    """Return the decompressed bytes of a file in blocks of about a MiB; `start` is for plain files.

    `heed` is told how many bytes were read of the file as it is on the disk.

    Raises:
        InputError: The file cannot be read, or its compressed stream is broken, ends early, or unpacks to more than
            `max_expansion` times its size.
    """
    try:
        with open(path, "rb") as file:
            file.seek(start)
            if compression is Compression.NONE:
                blocks = _plain(file)
            else:
                unpacked, packed = _READERS[compression](file), os.fstat(file.fileno()).st_size
                blocks = _bounded(unpacked, packed, max_expansion)
            yield from blocks if heed is None else _heeded(blocks, file, heed)
    except (*_FAULTS, _RefusedError) as error:
        raise InputError(_complaint(name, compression, error)) from None


def _heeded(blocks: Iterable[bytes], file: BinaryIO, heed: Callable[[int], None]) -> Iterator[bytes]:
    at = file.tell()
    for block in blocks:
        heed(file.tell() - at)
        at = file.tell()
        yield block


def _bounded(blocks: Iterable[bytes], packed: int, max_expansion: int) -> Iterator[bytes]:
    """Pass blocks on until they are more than the packed bytes of the file can stand for."""
    left = max(BLOCK_BYTES, packed * max_expansion)
    for block in blocks:
        left -= len(block)
        if left < 0:
            raise _RefusedError(
                f"unpacks to more than {max_expansion:,} times its size, the limit of --max-expansion"
            )
        yield block


def _complaint(name: str, compression: Compression, error: Exception) -> str:
    if isinstance(error, _RefusedError):
        return f"{name}: the {compression} stream {error}; nothing was written"
    if isinstance(error, EOFError):
        return f"{name}: the {compression} stream ends early; nothing was written"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: cannot be read: {error.strerror}"
    return f"{name}: the {compression} stream is broken; nothing was written"


def read_whole(blocks: Iterable[bytes], name: str) -> bytes:
    """Return a document that can only be read whole.

    Raises:
        InputError: It is longer than 256 MiB.
    """
    pieces, size = [], 0
    for block in blocks:
        size += len(block)
        if size > MAX_DOCUMENT_BYTES:
            raise InputError(
                f"{name}: a document of this format may have {MAX_DOCUMENT_BYTES >> 20} MiB at most"
            )
        pieces.append(block)
    return b"".join(pieces)


def transcode_utf16(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Return blocks of UTF-16 with a byte order mark as blocks of UTF-8; what is no UTF-16 becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for block in chain(blocks, (None,)):
        text = decoder.decode(b"", True) if block is None else decoder.decode(block)
        if text:
            yield text.encode()


def _plain(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as unpacked:
        while block := unpacked.read(BLOCK_BYTES):
            yield block


def _frames(file: BinaryIO, start: Callable[[], _Decompressor]) -> Iterator[bytes]:
    decompressor = start()
    pending = b""
    begun = False
    while chunk := pending or file.read(_PACKED_CHUNK):
        begun = True
        yield decompressor.decompress(chunk)
        pending = b""
        if decompressor.eof:
            pending = decompressor.unused_data or b""
            decompressor = start()
            begun = False
    if begun:
        raise EOFError


def _zstd(file: BinaryIO) -> Iterator[bytes]:
    try:
        yield from _gathered(_frames(file, zstandard.ZstdDecompressor().decompressobj))
    except zstandard.ZstdError as error:
        named = next((reason for words, reason in _ZSTD_FAULTS.items() if words in str(error)), None)
        raise error if named is None else _RefusedError(named) from None


def _lz4(file: BinaryIO) -> Iterator[bytes]:
    flags = file.read(_LZ4_FLAGS + 1)[_LZ4_FLAGS:]
    file.seek(0)
    if flags and flags[0] & _LZ4_HAS_DICTIONARY:
        raise _RefusedError("needs a dictionary, which is not supported")
    yield from _gathered(_frames(file, lz4.frame.LZ4FrameDecompressor))


def _lz4_block(file: BinaryIO) -> Iterator[bytes]:
    packed = read_whole(_plain(file), "an LZ4 block")
    size = max(1 << 16, 4 * len(packed))
    while size <= MAX_DOCUMENT_BYTES:
        try:
            yield lz4.block.decompress(packed, uncompressed_size=size)
            return
        except lz4.block.LZ4BlockError:
            size *= 4  # a raw block doesn't say its size, and one too small looks like damage
    yield lz4.block.decompress(packed, uncompressed_size=MAX_DOCUMENT_BYTES)


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
                raise _RefusedError(
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


_READERS: dict[Compression, Callable[[BinaryIO], Iterator[bytes]]] = {
    Compression.GZIP: _gzip,
    Compression.ZSTD: _zstd,
    Compression.LZ4: _lz4,
    Compression.LZ4_BLOCK: _lz4_block,
    Compression.SNAPPY: _snappy,
    Compression.HADOOP_SNAPPY: _hadoop_snappy,
    Compression.LZOP: _lzop,
}

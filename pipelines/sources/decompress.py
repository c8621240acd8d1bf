"""Open an input file as blocks of decompressed bytes; every stream is checked to be whole."""

import codecs
import gzip
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
_PACKED_CHUNK = 16 << 10  # small, so that what one chunk unpacks to stays small too
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


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def read_blocks(path: str, compression: Compression, name: str, start: int = 0) -> Iterator[bytes]:
    """Return the decompressed bytes of a file in blocks of about a MiB; `start` is for plain files.

    Raises:
        InputError: The file cannot be read, or its compressed stream is broken or ends early.
    """
    try:
        with open(path, "rb") as file:
            file.seek(start)
            yield from _READERS[compression](file)
    except _FAULTS as error:
        raise InputError(_complaint(name, compression, error)) from None


def _complaint(name: str, compression: Compression, error: Exception) -> str:
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
    return _gathered(_frames(file, zstandard.ZstdDecompressor().decompressobj))


def _lz4(file: BinaryIO) -> Iterator[bytes]:
    return _gathered(_frames(file, lz4.frame.LZ4FrameDecompressor))


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
            block = bytes(cramjam.snappy.decompress_raw(_exactly(file, packed)))
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
    Compression.NONE: _plain,
    Compression.GZIP: _gzip,
    Compression.ZSTD: _zstd,
    Compression.LZ4: _lz4,
    Compression.LZ4_BLOCK: _lz4_block,
    Compression.SNAPPY: _snappy,
    Compression.HADOOP_SNAPPY: _hadoop_snappy,
    Compression.LZOP: _lzop,
}

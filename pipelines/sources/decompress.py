"""Open an input file as blocks of decompressed bytes; every stream is checked to be whole, and none may explode.

Memory is bounded whatever a stream holds: a piece of packed bytes is so small that it unpacks to 32 MiB at most (a
block of zstandard gives 128 KiB for four bytes), and a window of over 128 MiB is refused.
"""

import lzma
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import cramjam
import lz4.block
import lz4.frame
import zstandard

from pipelines.sources.compressions import MAX_DOCUMENT_BYTES, READERS, RefusedError, plain
from schemas.errors import InputError
from schemas.formats import Compression
from transforms.framing.lines import BLOCK_BYTES

MAX_EXPANSION = 1_000
"""How many times its size a packed file may unpack to, from the first MiB on."""

_FAULTS = (
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    zlib.error,
    zstandard.ZstdError,
    cramjam.DecompressionError,
    lz4.block.LZ4BlockError,
    lzma.LZMAError,
)


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
            size = os.fstat(file.fileno()).st_size
            blocks = unpacked(file, compression, name, size, max_expansion)
            yield from blocks if heed is None else heeded(blocks, file, heed)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None


def unpacked(
    file: BinaryIO, compression: Compression, name: str, size: int, max_expansion: int = MAX_EXPANSION
) -> Iterator[bytes]:
    """Return the decompressed bytes of an open file of so many bytes in blocks of about a MiB.

    Raises:
        InputError: Its compressed stream is broken, ends early, or unpacks to more than `max_expansion` times its size.
    """
    try:
        if compression is Compression.NONE:
            yield from plain(file)
        else:
            yield from _bounded(READERS[compression](file), size, max_expansion)
    except (*_FAULTS, RefusedError) as error:
        raise InputError(_complaint(name, compression, error)) from None


def heeded(blocks: Iterable[bytes], file: BinaryIO, heed: Callable[[int], None]) -> Iterator[bytes]:
    """Pass blocks on and tell how many bytes of their file each took."""
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
            raise RefusedError(
                f"unpacks to more than {max_expansion:,} times its size, the limit of --max-expansion"
            )
        yield block


def _complaint(name: str, compression: Compression, error: Exception) -> str:
    if isinstance(error, RefusedError):
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

"""Open an input file down to what it holds: unpacked, and of an archive each file in it."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from pipelines.sources.decompress import MAX_EXPANSION, unpacked
from schemas.errors import InputError
from schemas.formats import Archive, Compression
from transforms.framing.lines import BLOCK_BYTES
from transforms.framing.magic import detect_archive, detect_compression

HEAD_BYTES = 64 << 10
_DEEPEST = 4
_PIECE_BYTES = 16 << 10  # of packed bytes, so that progress shows
_NO_ARCHIVES = {"[Content_Types].xml": "an Office document", "META-INF/MANIFEST.MF": "a Java archive"}
_LZOP = "lzop is not supported; unpack the file first"


@dataclass(frozen=True)
class Content:
    """One content of an input file: where it stood in archives (empty for the file itself), when it was written, how
    it was packed, and its bytes in blocks, which are read before the next content is asked for."""

    member: str = field(repr=False)
    modified_ms: int
    packing: tuple[str, ...]
    blocks: Iterator[bytes] = field(repr=False)


def open_contents(
    file: BinaryIO, name: str, size: int, modified_ms: int, max_expansion: int = MAX_EXPANSION
) -> Iterator[Content]:
    """Yield the contents of an open file: itself, unpacked, or the files of the archive that it is, each unpacked.

    Hidden files of an archive, and what is no regular file there, are left out.

    Raises:
        InputError: A stream is broken, ends early or unpacks to too much; an archive is encrypted or nested too deep.
    """
    bottom = Content("", modified_ms, (), iter(()))
    return _opened(_Stream.of(file), bottom, name, size, max_expansion, 0)


def _opened(
    stream: "_Stream", outer: Content, name: str, size: int, max_expansion: int, depth: int
) -> Iterator[Content]:
    if depth > _DEEPEST:
        raise InputError(f"{name}: archives are nested too deep")
    head = stream.peek(HEAD_BYTES)
    compression = detect_compression(head)
    if compression is Compression.LZOP:
        raise InputError(f"{name}: {_LZOP}")
    if compression is not Compression.NONE:
        blocks = unpacked(cast(BinaryIO, stream), compression, name, size, max_expansion)
        inner = Content(outer.member, outer.modified_ms, (*outer.packing, compression.value), blocks)
        yield from _opened(_Stream(blocks), inner, name, size, max_expansion, depth + 1)
        return
    archive = detect_archive(head)
    if archive is Archive.NONE:
        yield Content(outer.member, outer.modified_ms, outer.packing, stream.blocks())
        return
    opened = (
        _tar_members(stream, name) if archive is Archive.TAR else _zip_members(stream, name, max_expansion)
    )
    for member, written_ms, held, length in opened:
        packing = (*outer.packing, archive.value)
        place = f"{outer.member}/{member}" if outer.member else member
        inner = Content(place, written_ms or outer.modified_ms, packing, iter(()))
        yield from _opened(_Stream(_guarded(held, name)), inner, name, length, max_expansion, depth + 1)


_Member = tuple[str, int, IO[bytes], int]
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def _guarded(held: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while block := held.read(BLOCK_BYTES):
            yield block
    except _BROKEN:
        raise InputError(f"{name}: the archive is broken or ends early; nothing was written") from None


def _tar_members(stream: "_Stream", name: str) -> Iterator[_Member]:
    try:
        with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|", bufsize=BLOCK_BYTES) as archive:
            for member in archive:
                held = archive.extractfile(member) if member.isreg() and not _is_hidden(member.name) else None
                if held is not None:
                    yield member.name, int(member.mtime * 1000), held, member.size
        for _ in stream.blocks():
            pass  # what packs the archive is whole only if it can be read to its end
    except _BROKEN:
        raise InputError(f"{name}: the archive is broken or ends early; nothing was written") from None


def _zip_members(stream: "_Stream", name: str, max_expansion: int) -> Iterator[_Member]:
    file = stream.file
    if file is None or not file.seekable():
        raise InputError(f"{name}: a zip archive inside another is not supported; unpack it first")
    try:
        with zipfile.ZipFile(file) as archive:
            for member in _regular(archive, name):
                if member.file_size > max(BLOCK_BYTES, member.compress_size * max_expansion):
                    raise InputError(f"{name}: a file in it unpacks to too much: see --max-expansion")
                with archive.open(member) as held:
                    yield member.filename, _written_ms(member), held, member.file_size
    except (RuntimeError, NotImplementedError):
        raise InputError(f"{name}: the zip archive is encrypted, or packed in an unknown way") from None
    except _BROKEN:
        raise InputError(f"{name}: the archive is broken or ends early; nothing was written") from None


def _regular(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Return the files in a zip that may be read; a document or program that is a zip is refused."""
    names = archive.namelist()
    for marker, what in _NO_ARCHIVES.items():
        if marker in names:
            raise InputError(f"{name}: {what}, which is not read; nothing was written")
    return [
        member for member in archive.infolist() if not member.is_dir() and not _is_hidden(member.filename)
    ]


def _written_ms(member: zipfile.ZipInfo) -> int:
    """Return when a file in a zip was written, which is in no zone: as if in UTC; 0 if it is no date."""
    try:
        return int(datetime(*member.date_time, tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return 0


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part != "." for part in PurePosixPath(path).parts)


class _Stream:
    """Blocks of bytes as a file that can be looked into before it is read."""

    def __init__(self, blocks: Iterable[bytes], file: BinaryIO | None = None) -> None:
        self.file = file
        self._blocks = iter(blocks)
        self._held = b""

    @classmethod
    def of(cls, file: BinaryIO) -> "_Stream":
        """Return the stream of a file's bytes."""
        return cls(iter(lambda: file.read(_PIECE_BYTES), b""), file)

    def peek(self, size: int) -> bytes:
        """Return the first bytes that come without taking them."""
        self._hold(size)
        return self._held[:size]

    def blocks(self) -> Iterator[bytes]:
        """Yield all that comes."""
        held, self._held = self._held, b""
        if held:
            yield held
        if self.file is None:
            yield from self._blocks
            return
        while block := self.file.read(BLOCK_BYTES):
            yield block

    def read(self, size: int = -1) -> bytes:
        """Take so many bytes, fewer at the end alone."""
        self._hold(size if size >= 0 else 1 << 62)
        taken, self._held = (self._held[:size], self._held[size:]) if size >= 0 else (self._held, b"")
        return taken

    def _hold(self, size: int) -> None:
        pieces, length = [self._held], len(self._held)
        while length < size and (block := next(self._blocks, None)) is not None:
            pieces.append(block)
            length += len(block)
        if len(pieces) > 1:
            self._held = b"".join(pieces)

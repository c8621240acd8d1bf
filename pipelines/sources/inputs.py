"""Learn what each input file of a run is, and plan how it is read in parts."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.sources.decompress import read_blocks, transcode_utf16
from pipelines.sources.found import input_name
from schemas.errors import InputError
from schemas.formats import (
    Compression,
    Encoding,
    FileFormat,
    csv_columns,
    detect_compression,
    detect_encoding,
    detect_format,
)

PART_BYTES = 32 << 20
PARTS_AT_ONCE = 4
"""A file that is cut has a multiple of so many equal parts, so that two or four workers end together."""

_HEAD_BYTES = 64 << 10
_LINE_FORMATS = (FileFormat.JSON, FileFormat.TEXT)


@dataclass(frozen=True)
class InputFile:
    """What an input file was when the run began.

    `size` is in bytes, `checksum` the SHA-256 of the whole file in hex, or of that (then `content`) and its place;
    `modified_ms` is in milliseconds since the epoch, `changed_ns` when anything of the file changed, its inode too.
    """

    path: str = field(repr=False)
    name: str = field(repr=False)
    size: int
    checksum: str
    modified_ms: int
    modified_ns: int
    compression: Compression
    format: FileFormat
    encoding: Encoding = Encoding.UTF_8
    columns: tuple[str, ...] = ()
    separator: str = ","
    inode: int = 0
    changed_ns: int = 0
    content: str = ""


@dataclass(frozen=True)
class FilePart:
    """One part of an input file: the records that start in the bytes [start, end) of it, or all of them.

    `name` is safe to write down; `part` numbers the parts of one file.
    """

    path: str = field(repr=False)
    name: str
    size: int
    checksum: str
    modified_ms: int
    compression: Compression
    format: FileFormat
    encoding: Encoding
    columns: tuple[str, ...]
    separator: str
    part: int = 0
    start: int = 0
    end: int | None = None


def snapshot(path: Path, format: str | None = None, safe_name: Callable[[str], str] = str) -> InputFile:
    """Return what a file is now: its size, checksum, compression, and its format unless that is given.

    Raises:
        InputError: The file cannot be read, is packed in an unknown way, or the format's name is unknown.
    """
    name = input_name(path)
    shown = safe_name(name)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            packed_head = file.read(_HEAD_BYTES)
            file.seek(0)
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror}") from None
    compression = detect_compression(packed_head)
    if compression is Compression.LZOP:
        raise InputError(f"{shown}: lzop is not supported; unpack the file first")
    head = _head(str(path), compression, shown)
    encoding = detect_encoding(head)
    if encoding is Encoding.UTF_16:
        head = b"".join(transcode_utf16([head]))
    kind = detect_format(head) if format is None else _named_format(format)
    columns, separator = csv_columns(head.split(b"\n", 1)[0]) if kind is FileFormat.CSV else ((), ",")
    return InputFile(
        str(path), name, status.st_size, checksum, status.st_mtime_ns // 10**6, status.st_mtime_ns,
        compression, kind, encoding, columns, separator, status.st_ino, status.st_ctime_ns,
    )  # fmt: skip


def _named_format(name: str) -> FileFormat:
    try:
        return FileFormat(name)
    except ValueError:
        raise InputError(f"the format is one of {', '.join(FileFormat)}") from None


def _head(path: str, compression: Compression, name: str) -> bytes:
    pieces, size = [], 0
    for block in read_blocks(path, compression, name):
        pieces.append(block)
        size += len(block)
        if size >= _HEAD_BYTES:
            break
    return b"".join(pieces)[:_HEAD_BYTES]


def check_unchanged(file: InputFile, safe_name: Callable[[str], str] = str) -> None:
    """Check that a file is what it was at its snapshot.

    Raises:
        InputError: It is another file, has another size, modification time or content, or is gone.
    """
    try:
        unchanged = _is_as_before(file)
    except OSError:
        unchanged = False
    if not unchanged:
        raise InputError(f"{safe_name(file.name)}: the file changed while it was read; nothing was written")


def _is_as_before(file: InputFile) -> bool:
    """Tell whether a file is what it was; where only its time of change is another, its content decides.

    Whoever puts back size and modification time can't put that time back; but a new link to a file sets it too.
    """
    status = os.stat(file.path)
    if (status.st_size, status.st_mtime_ns, status.st_ino) != (file.size, file.modified_ns, file.inode):
        return False
    if status.st_ctime_ns == file.changed_ns:
        return True
    with open(file.path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == (file.content or file.checksum)


def plan_parts(
    files: Sequence[InputFile], safe_name: Callable[[str], str] = str, part_bytes: int = PART_BYTES
) -> list[FilePart]:
    """Return the parts of files: equal byte ranges of at most `part_bytes` where lines can be found, else all of it."""
    return [part for file in files for part in _parts_of(file, safe_name(file.name), part_bytes)]


def part_ends(size: int, part_bytes: int = PART_BYTES) -> list[int]:
    """Return where the parts of a file end, which its size alone decides, whatever machine reads it.

    Example:
        >>> part_ends(32, 32), part_ends(80, 32), len(part_ends(160, 32))
        ([32], [20, 40, 60, 80], 8)
    """
    if size <= part_bytes:
        return [size]
    count = min(size, PARTS_AT_ONCE * -(-size // (PARTS_AT_ONCE * part_bytes)))
    return [size * number // count for number in range(1, count + 1)]


def _parts_of(file: InputFile, name: str, part_bytes: int) -> Iterator[FilePart]:
    splittable = (
        file.compression is Compression.NONE
        and file.encoding is Encoding.UTF_8
        and file.format in _LINE_FORMATS
    )
    ends: Sequence[int | None] = part_ends(file.size, part_bytes) if splittable else [None]
    start = 0
    for number, end in enumerate(ends):
        yield FilePart(
            file.path, name, file.size, file.checksum, file.modified_ms, file.compression,
            file.format, file.encoding, file.columns, file.separator, number, start, end,
        )  # fmt: skip
        start = end or 0

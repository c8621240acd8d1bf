"""Learn what each input file of a run is, and plan how it is read in parts."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from pathlib import Path

from pipelines.sources.contents import HEAD_BYTES, Content, open_contents
from pipelines.sources.decompress import MAX_EXPANSION
from pipelines.sources.found import input_name
from schemas.errors import InputError
from schemas.formats import FileFormat
from transforms.framing.encodings import is_encoding, is_wide
from transforms.framing.formats import format_of
from transforms.framing.layout import Layout
from transforms.framing.recognise import UnreadableError, recognise
from transforms.framing.text_events import begins_event

PART_BYTES = 32 << 20
PARTS_AT_ONCE = 4
"""A file that is cut has a multiple of so many equal parts, so that two or four workers end together."""

_WIDEST = 3
"""So many NULs may be the first bytes of a character of UTF-16 or UTF-32."""

_SEARCHED_FOR_START = 1 << 20
Name = Callable[[str], str]


@dataclass(frozen=True)
class Given:
    """What a person says of all inputs: their format and encoding, and the zone of times without an offset."""

    format: str | None = None
    encoding: str | None = None
    zone: tzinfo = UTC
    max_expansion: int = MAX_EXPANSION

    @property
    def file_format(self) -> FileFormat | None:
        """Return the format.

        Raises:
            InputError: The format's or the encoding's name is unknown.
        """
        if self.encoding is not None and not is_encoding(self.encoding):
            raise InputError("the encoding is not known; such as utf-8, utf-16, gb18030, latin-1")
        if self.format is None:
            return None
        try:
            return FileFormat(self.format)
        except ValueError:
            raise InputError(f"the format is one of {', '.join(FileFormat)}") from None


@dataclass(frozen=True)
class InputFile:
    """What one content of an input file was when the run began.

    `size` is that of the file in bytes, `checksum` the SHA-256 of the content, unpacked, in hex, or of that (then
    `content`) and its place; `modified_ms` is milliseconds since the epoch, `changed_ns` when anything of the file,
    its inode too, changed; `packing` is how the content was packed, from outside in, `packed` the SHA-256 of a
    packed file, and `number` counts the contents of the file.
    """

    path: str = field(repr=False)
    name: str = field(repr=False)
    size: int
    checksum: str
    modified_ms: int
    modified_ns: int
    layout: Layout
    packing: tuple[str, ...] = ()
    number: int = 0
    inode: int = 0
    changed_ns: int = 0
    content: str = ""
    packed: str = ""

    @property
    def format(self) -> FileFormat:
        """Return the format that was recognised or given."""
        return self.layout.format

    @property
    def place(self) -> str:
        """Return where the content stands: the path of the file, and the path in its archive."""
        return "!".join((self.path, *self.name.split("!")[1:]))


@dataclass(frozen=True)
class FilePart:
    """One part of an input file: the records that start in the bytes [start, end) of it, or all of its contents.

    `contents` are those to read, by their number; `name` is safe to write down; `part` numbers the parts of one file.
    """

    path: str = field(repr=False)
    name: str
    size: int
    contents: tuple[InputFile, ...] = field(repr=False)
    part: int = 0
    start: int = 0
    end: int | None = None


def snapshot(path: Path, format: str | None = None, safe_name: Name = str) -> InputFile:
    """Return what a file is now, the first content of it; see `examine`."""
    return examine(path, Given(format), safe_name)[0]


def examine(path: Path, given: Given | None = None, safe_name: Name = str) -> list[InputFile]:
    """Return what the contents of a file are now: checksum, packing and layout. Each is read whole once.

    Raises:
        InputError: The file cannot be read, is broken or empty of contents, or holds what is no text, which is named.
    """
    given = given or Given()
    format, name = given.file_format, input_name(path)
    shown = safe_name(name)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            modified_ms = status.st_mtime_ns // 10**6
            contents = open_contents(file, shown, status.st_size, modified_ms, given.max_expansion)
            found = [
                replace(
                    _examined(content, given, format, shown),
                    path=str(path),
                    name=f"{name}!{content.member}" if content.member else name,
                    size=status.st_size,
                    modified_ns=status.st_mtime_ns,
                    number=number,
                    inode=status.st_ino,
                    changed_ns=status.st_ctime_ns,
                )
                for number, content in enumerate(contents)
            ]
            if any(content.packing for content in found):
                file.seek(0)
                packed = hashlib.file_digest(file, "sha256").hexdigest()
                found = [replace(content, packed=packed) for content in found]
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror}") from None
    if not found:
        raise InputError(f"{shown}: the archive holds no file to read")
    return found


def _examined(content: Content, given: Given, format: FileFormat | None, shown: str) -> InputFile:
    checksum, head, nuls, size = hashlib.sha256(), b"", 0, 0
    for block in content.blocks:
        checksum.update(block)
        size += len(block)
        if len(head) < HEAD_BYTES:
            if not head:
                bare = block.lstrip(b"\0")
                nuls += len(block) - len(bare)
                block = bare
            head += block[: HEAD_BYTES - len(head)]
    if nuls <= _WIDEST and is_wide(bytes(nuls) + head):
        head, nuls = bytes(nuls) + head, 0
    try:
        layout = recognise(head, size - nuls <= HEAD_BYTES, format, given.encoding)
    except UnreadableError as error:
        what = f"in it {error}" if content.member else str(error)
        raise InputError(f"{shown}: {what}, which is not read; nothing was written") from None
    layout = replace(
        layout, nuls=nuls, reason=f"{layout.reason}; {nuls:,} NULs before it" if nuls else layout.reason
    )
    return InputFile("", "", size, checksum.hexdigest(), content.modified_ms, 0, layout, content.packing)


def check_unchanged(file: InputFile, safe_name: Name = str) -> None:
    """Check that a file is what it was when it was examined.

    Raises:
        InputError: It is another file, has another size, modification time or content, or is gone.
    """
    try:
        unchanged = _is_as_before(file)
    except OSError:
        unchanged = False
    if not unchanged:
        raise InputError(
            f"{safe_name(input_name(Path(file.path)))}: the file changed while it was read; nothing was written"
        )


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
        return hashlib.file_digest(stream, "sha256").hexdigest() == (
            file.packed or file.content or file.checksum
        )


def plan_parts(
    files: Sequence[InputFile], safe_name: Name = str, part_bytes: int = PART_BYTES, zone: tzinfo = UTC
) -> list[FilePart]:
    """Return the parts of files: byte ranges of about `part_bytes` where events can be found, else all contents."""
    by_path: dict[str, list[InputFile]] = {}
    for file in files:
        by_path.setdefault(file.path, []).append(file)
    return [
        part
        for contents in by_path.values()
        for part in _parts_of(
            tuple(contents), safe_name(input_name(Path(contents[0].path))), part_bytes, zone
        )
    ]


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


def _parts_of(
    contents: tuple[InputFile, ...], name: str, part_bytes: int, zone: tzinfo
) -> Iterator[FilePart]:
    file = contents[0]
    in_parts = not file.packing and file.layout.is_plain and format_of(file.format).in_parts
    ends: Sequence[int | None] = part_ends(file.size, part_bytes) if in_parts else [None]
    if len(ends) > 1 and file.format is FileFormat.TEXT:
        ends = _at_events(file, ends, zone)
    start = 0
    for number, end in enumerate(ends):
        yield FilePart(file.path, name, file.size, contents, number, start, end)
        start = end or 0


def _at_events(file: InputFile, ends: Sequence[int | None], zone: tzinfo) -> list[int | None]:
    """Return ends moved on to where an event begins, those left out behind which none is found for a MiB."""
    found: list[int | None] = []
    with open(file.path, "rb") as text:
        for end in ends[:-1]:
            text.seek(end or 0)
            text.readline(_SEARCHED_FOR_START)
            while (at := text.tell()) < (end or 0) + _SEARCHED_FOR_START:
                line = text.readline(_SEARCHED_FOR_START)
                if not line:
                    break
                if begins_event(line, zone, file.modified_ms):
                    found.append(at)
                    break
    return [*dict.fromkeys(found), ends[-1]]

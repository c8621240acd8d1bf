"""What an input file may be: its formats and compressions, each told by content."""

import csv
import re
import unicodedata
from enum import StrEnum

from schemas.events import RecordFormat


class FileFormat(StrEnum):
    """How a file is cut into records."""

    JSON = "json"
    CSV = "csv"
    SEARCHLOG = "searchlog"
    PROTOBUF = "protobuf"
    TEXT = "text"

    @property
    def record_format(self) -> RecordFormat:
        """Return how each record of such a file is read."""
        return RecordFormat.JSON if self is FileFormat.SEARCHLOG else RecordFormat(self.value)


class Compression(StrEnum):
    """How the bytes of a file are packed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"
    LZ4 = "lz4"
    LZ4_BLOCK = "lz4_block"
    SNAPPY = "snappy"
    HADOOP_SNAPPY = "hadoop_snappy"
    LZOP = "lzop"


class Encoding(StrEnum):
    """How the text of a file is encoded; UTF-16 is known by its byte order mark only."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"


SEPARATORS = (",", "\t", ";", "|")
_BOM = b"\xef\xbb\xbf"
_MAGIC = (
    (b"\x1f\x8b", Compression.GZIP),
    (b"\x28\xb5\x2f\xfd", Compression.ZSTD),
    (b"\x04\x22\x4d\x18", Compression.LZ4),
    (b"\xff\x06\x00\x00sNaPpY", Compression.SNAPPY),
    (b"\x89LZO", Compression.LZOP),
)
_LOG_GROUP_LIST = re.compile(rb"\n[\x80-\xff]{0,4}[\x01-\x7f]\n[\x80-\xff]{0,4}[\x01-\x7f]\x08")
_SEARCH_LOG = re.compile(rb'\s*\{\s*"(?:Response"\s*:\s*\{\s*"|(?:Results|Context|ListOver|Analysis)"\s*:)')
_COLUMN = re.compile(r"[%\w][\w .%()/@-]{0,63}")
_TIME_COLUMN = re.compile(
    r"__timestamp__|(?:access|log|event|start|create)?[_ ]?(?:time|timestamp|date|datetime)|submit"
    r"|时间|访问时间",
    re.I,
)


def detect_compression(head: bytes) -> Compression:
    """Return how a file is packed, by the first bytes of it.

    Example:
        >>> str(detect_compression(bytes([0x1F, 0x8B, 8]))), str(detect_compression(b"{}"))
        ('gzip', 'none')
    """
    for magic, compression in _MAGIC:
        if head.startswith(magic):
            return compression
    if _is_hadoop_snappy(head):
        return Compression.HADOOP_SNAPPY
    if _LOG_GROUP_LIST.match(head, _first_literal(head)) and not _LOG_GROUP_LIST.match(head):
        return Compression.LZ4_BLOCK
    return Compression.NONE


def _is_hadoop_snappy(head: bytes) -> bool:
    whole, packed = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    if not 0 < whole <= 1 << 26 or not 0 < packed <= whole + whole // 6 + 32:
        return False
    size = shift = 0
    for byte in head[8:13]:
        size |= (byte & 0x7F) << shift
        if byte < 0x80:
            return 0 < size <= whole
        shift += 7
    return False


def _first_literal(block: bytes) -> int:
    """Return where the first literals of an LZ4 block start (LZ4 block format description)."""
    at = 1
    if block[:1] >= b"\xf0":
        while block[at : at + 1] == b"\xff":
            at += 1
        at += 1
    return at


def detect_encoding(head: bytes) -> Encoding:
    """Return the encoding of a text by its byte order mark.

    Example:
        >>> str(detect_encoding("a".encode("utf-16"))), str(detect_encoding(b"a"))
        ('utf-16', 'utf-8')
    """
    return Encoding.UTF_16 if head.startswith((b"\xff\xfe", b"\xfe\xff")) else Encoding.UTF_8


def detect_format(head: bytes) -> FileFormat:
    """Return the format of a file, by the first (decompressed) bytes of it.

    Example:
        >>> [detect_format(head).value for head in (b'{"a":1}', b'{"Results":[', b"time,uin", b"hello")]
        ['json', 'searchlog', 'csv', 'text']
    """
    head = head.removeprefix(_BOM)
    if _LOG_GROUP_LIST.match(head):
        return FileFormat.PROTOBUF
    if _SEARCH_LOG.match(head):
        return FileFormat.SEARCHLOG
    lines = [line for line in head.split(b"\n") if line.strip()]
    objects = sum(line.lstrip()[:1] == b"{" for line in lines)
    if objects * 2 >= len(lines) > 0:
        return FileFormat.JSON
    return FileFormat.CSV if lines and _is_csv_header(csv_columns(lines[0])[0]) else FileFormat.TEXT


def csv_columns(header: bytes) -> tuple[tuple[str, ...], str]:
    """Return the columns of a CSV header line and the separator, the one that gives most columns.

    Example:
        >>> csv_columns(b'__TIMESTAMP__;"uin"')
        (('__TIMESTAMP__', 'uin'), ';')
    """
    text = header.removeprefix(_BOM).decode(errors="replace").rstrip("\r\n")
    columns = {separator: next(csv.reader([text], delimiter=separator), []) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: len(columns[separator]))
    return tuple(unicodedata.normalize("NFC", name.strip()) for name in columns[best]), best


def _is_csv_header(columns: tuple[str, ...]) -> bool:
    return (
        len(columns) > 1
        and len(set(columns)) == len(columns)
        and all(_COLUMN.fullmatch(name) for name in columns)
        and any(_TIME_COLUMN.fullmatch(name) for name in columns)
    )

"""Tell how the text of a file is encoded, and read it as UTF-8 with LF between lines."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

UTF_8 = "utf-8"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURE_SHARE = 0.9
_COMMON_HAN = re.compile(rb"(?:[\xb0-\xf7][\xa1-\xfe])")
_HIGH = re.compile(rb"[\x80-\xff]")


def detect_encoding(head: bytes) -> tuple[str, str]:
    """Return the encoding of a text by the first bytes of it, and why.

    UTF-16 and UTF-32 are known by their byte order mark, UTF-16 also by its NULs. GB18030 is every line with such
    characters read so, and none read as UTF-8. All else is UTF-8, whose faults are repaired line by line.

    Example:
        >>> detect_encoding("a".encode("utf-16"))[0], detect_encoding("ab".encode("utf-16-le"))[0]
        ('utf-16', 'utf-16-le')
        >>> detect_encoding("用户".encode("gbk"))[0]
        'gb18030'
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, "a byte order mark"
    if (wide := _wide(head)) is not None:
        return wide, "every other byte is NUL"
    if _is_gb18030(head):
        return "gb18030", "lines that are no UTF-8 and Chinese in GB18030"
    return UTF_8, ""


def is_wide(head: bytes) -> bool:
    """Tell whether a text is UTF-16 or UTF-32, whose first byte may be NUL.

    Example:
        >>> is_wide("ab".encode("utf-16-be")), is_wide(bytes(4) + b"ab")
        (True, False)
    """
    return any(head.startswith(mark) for mark, _ in _MARKS) or _wide(head) is not None


def _wide(head: bytes) -> str | None:
    """Return UTF-16 without a mark: where most characters are of Latin script, one half of the bytes is NUL."""
    even, odd = head[0:1024:2], head[1:1024:2]
    if len(odd) < 2 or b"\0" not in head[:1024]:
        return None
    nul_even, nul_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if nul_odd > _SURE_SHARE / 2 and nul_even < 0.1:
        return "utf-16-le" if _decodes(head, "utf-16-le") else None
    if nul_even > _SURE_SHARE / 2 and nul_odd < 0.1:
        return "utf-16-be" if _decodes(head, "utf-16-be") else None
    return None


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return sum(character.isprintable() or character.isspace() for character in text) > len(text) * _SURE_SHARE


def _is_gb18030(head: bytes) -> bool:
    lines = [line for line in head.split(b"\n")[:-1] or [head] if _HIGH.search(line)]
    return bool(lines) and all(_is_gb_line(line) for line in lines)


def _is_gb_line(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        pass
    else:
        return False
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return len(_COMMON_HAN.findall(line)) * 2 >= len(_HIGH.findall(line)) * 0.8


def is_encoding(name: str) -> bool:
    """Tell whether a name is that of an encoding of text.

    Example:
        >>> is_encoding("gbk"), is_encoding("rot13"), is_encoding("klingon")
        (True, False, False)
    """
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


def as_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Return blocks of a text as blocks of UTF-8; what the encoding has no character for becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in chain(blocks, (None,)):
        text = decoder.decode(b"", True) if block is None else decoder.decode(block)
        if text:
            yield text.encode(errors="replace")


def has_returns_alone(head: bytes) -> bool:
    """Tell whether CR alone ends the lines of a text, as on old Macs."""
    return b"\n" not in head and b"\r" in head[:-1]


def with_line_feeds(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Return blocks of a text with LF in the place of each CR."""
    return (block.replace(b"\r", b"\n") for block in blocks)


def without_nuls(blocks: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Return blocks without so many bytes at the beginning."""
    for block in blocks:
        dropped = min(count, len(block))
        count -= dropped
        if dropped < len(block):
            yield block[dropped:] if dropped else block

"""Open what is written in base64 or hexadecimal once: a run in whose text anything personal is found goes as a whole."""

import binascii
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Protocol

from transforms.detect.spans import Span

ENCODED = "encoded_content"
"""Name of this recognizer."""

_SCORE = 0.9
_LONGEST = 16_384
_PROBE = 32
_RUN = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}+={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_WORDS_OF_PATH = 12
"""A run with a slash for every so many characters is a path: one of 64 characters of base64 is one."""


class _Finder(Protocol):
    def find(self, text: str) -> Iterator[Span]:
        """Return the spans of a text."""


class EncodedContent:
    """Recognizes runs of base64 (RFC 4648, 4 and 5) and of hexadecimal digits (auditd's proctitle) by what they hold."""

    name = ENCODED
    kind = "SECRET"
    source = "RFC 4648, 4, 5 and 8; RFC 2397 (data:); auditd writes command lines in hexadecimal, NUL between words"
    trigger = r"[A-Za-z0-9+/]{24}"
    stays_in_line = True

    def __init__(self, finders: Sequence[_Finder]) -> None:
        self._finders = tuple(finders)

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield the runs of a text, or of its part [start, end), that hold anything personal."""
        for run in _RUN.finditer(text, start, end):
            content = opened(run.group())
            if content is not None and self._is_personal(content):
                yield Span(run.start(), run.end(), self.kind, _SCORE, ENCODED)

    def _is_personal(self, content: str) -> bool:
        for finder in self._finders:
            for _ in finder.find(content):
                return True
        return False


def opened(run: str) -> str | None:
    """Return the text that a run of hexadecimal digits or base64 stands for, or None if it is none.

    Example:
        >>> opened("YW5uYS5zbWl0aEBleGFtcGxlLmNvbQ=="), opened("6D7973716C002D75616E6E61")
        ('anna.smith@example.com', 'mysql -uanna')
        >>> opened("d41d8cd98f00b204e9800998ecf8427e"), opened("usr/lib/python3/dist/packages")
        (None, None)
    """
    run = run[:_LONGEST]
    if run.count("/") * _WORDS_OF_PATH > len(run):
        return None
    is_hex = _HEX.fullmatch(run) is not None
    probe = _bytes_of(run[:_PROBE], is_hex)
    if probe is None or not _is_text(probe):
        return None
    data = _bytes_of(run, is_hex)
    try:
        content = data.decode("utf-8").replace("\0", " ") if data is not None else ""
    except UnicodeDecodeError:
        return None
    return content if content and all(one.isprintable() or one.isspace() for one in content) else None


def _bytes_of(run: str, is_hex: bool) -> bytes | None:
    try:
        if is_hex:
            return bytes.fromhex(run)
        plain = run.rstrip("=")
        return None if len(plain) % 4 == 1 else binascii.a2b_base64(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def _is_text(data: bytes) -> bool:
    return all(byte >= 0x20 or byte in b"\0\t\n\r" for byte in data) and 0x7F not in data

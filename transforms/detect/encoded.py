"""Open what is written in base64 or hexadecimal once: a run in whose text anything personal is found goes as a whole."""

import binascii
import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Protocol

from transforms.detect.scan import Scan, compile_scan
from transforms.detect.spans import Span

ENCODED = "encoded_content"
"""Name of this recognizer."""

_SCORE = 0.9
_LONGEST = 16_384
_PROBE = 32
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_CHARACTER, _NONE_BEFORE = "[A-Za-z0-9+/]", "[^A-Za-z0-9+/]"
_HEX_BEGINS = (
    r"(?:(?:0[09ADad]|[2-79ABab8][0-9A-Fa-f])(?:(?:0[09ADad]|[2-7][0-9A-Fa-f])(?:0[09ADad]|[2-7C-Fc-f][0-9A-Fa-f])|[C-Fc-f][0-9A-Fa-f][89ABab][0-9A-Fa-f])"
    r"|[89A-Fa-f][0-9A-Fa-f][89ABab][0-9A-Fa-f]{3}){4}"
)
_NO_LATER, _LATER = "[ABD-FHIJL-NP-RT-VX-Zb-df-hj-ln-pr-tvwxz0134-57-9/]", "[CGKOSWaeimquy26+]"
_BASE64_BEGINS = (
    rf"(?:[ACDI-Za-v](?:[A-HQ-Xg-nw-z0-3]{_NO_LATER}|[M-Pc-fs-v89+/]{_LATER})|[g-z0-9+/][I-LY-Zabo-r4-7]{_CHARACTER})"
    rf"{_CHARACTER}"
)
_BEGINS = rf"(?:{_HEX_BEGINS}|(?:{_BASE64_BEGINS}){{6}})"
"""Three bytes of UTF-8 after the other: a later byte stands behind a leading or a later one, and nowhere else."""

_RUN = re.compile(rf"(?<!{_CHARACTER})(?={_BEGINS}){_CHARACTER}{{24,}}+={{0,2}}")
_NO_TEXT = bytes({*range(0x20), 0x7F} - {*b"\0\t\n\r"})
_WORDS_OF_PATH = 12
"""A run with a slash for every so many characters is a path: one of 64 characters of base64 is one."""


class _Finder(Protocol):
    @property
    def trigger(self) -> str:
        """Return an expression that occurs in every text in which something is found."""

    def find(self, text: str) -> Iterator[Span]:
        """Return the spans of a text."""


class EncodedContent:
    """Recognizes runs of base64 (RFC 4648, 4 and 5) and of hexadecimal digits (auditd's proctitle) by what they hold."""

    name = ENCODED
    kind = "SECRET"
    source = "RFC 4648, 4, 5 and 8; RFC 2397 (data:); auditd writes command lines in hexadecimal, NUL between words"
    trigger = rf"{_NONE_BEFORE}{_BEGINS}"
    stays_in_line = True

    def __init__(self, finders: Sequence[_Finder]) -> None:
        self._finders = tuple(finders)
        self._triggers = tuple(finder.trigger for finder in finders)

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield the runs of a text, or of its part [start, end), that hold anything personal."""
        for run in _RUN.finditer(text, start, end):
            content = opened(run.group())
            if content is not None and self._is_personal(content):
                yield Span(run.start(), run.end(), self.kind, _SCORE, ENCODED)

    def _is_personal(self, content: str) -> bool:
        (asked,) = _scan_for(self._triggers)([content])
        for number, finder in enumerate(self._finders):
            if asked >> number & 1 and next(iter(finder.find(content)), None) is not None:
                return True
        return False


@lru_cache(maxsize=4)
def _scan_for(triggers: tuple[str, ...]) -> Scan:
    """Compile triggers by the engine that does so fastest, for what is opened is little."""
    return compile_scan(triggers, "re2" if find_spec("re2") is not None else "re")[1]


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
    is_text = content.isprintable() or all(one.isprintable() or one.isspace() for one in content)
    return content if content and is_text else None


def _bytes_of(run: str, is_hex: bool) -> bytes | None:
    try:
        if is_hex:
            return bytes.fromhex(run)
        plain = run.rstrip("=")
        return None if len(plain) % 4 == 1 else binascii.a2b_base64(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def _is_text(data: bytes) -> bool:
    return len(data.translate(None, _NO_TEXT)) == len(data)

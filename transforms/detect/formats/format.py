"""One format of a program's lines as a recognizer: its named parts are replaced as the policy's fields are."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from transforms.detect.formats.parts import URL, Part
from transforms.detect.lines import stays_in_line
from transforms.detect.spans import Span

SCORE = 0.9
"""Score of what a format finds, unless its file says otherwise."""


@dataclass(frozen=True)
class Format:
    r"""A pattern with named groups, and what each group is.

    `pattern` is a regular expression of Python in which \w, \d, \s and \b mean ASCII, ^ and $ the ends of a line; `trigger`
    occurs in the UTF-8 bytes of every text that it matches. `source` says where the program writes such lines.
    """

    name: str
    source: str
    pattern: str
    trigger: str
    parts: Mapping[str, Part]
    score: float = field(default=SCORE)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return compile_format(self.pattern)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of personal data that the parts are."""
        return kinds_of_parts(self.parts)

    @cached_property
    def stays_in_line(self) -> bool:
        """Tell whether the lines of a text may be searched one by one."""
        return stays_in_line(self.compiled)

    @cached_property
    def _groups(self) -> tuple[tuple[int, Part], ...]:
        numbers = self.compiled.groupindex
        return tuple((numbers[group], part) for group, part in self.parts.items() if part.kind)

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield what is replaced of a text, or of its part [start, end)."""
        for match in self.compiled.finditer(text, start, end):
            for group, part in self._groups:
                first, last = match.span(group)
                if first < last:
                    yield from part.spans(text, first, last, self.score, self.name)


def compile_format(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern of a format.

    Raises:
        re.error: It is no regular expression.
    """
    return re.compile(pattern, re.ASCII | re.MULTILINE)


def kinds_of_parts(parts: Mapping[str, Part]) -> frozenset[str]:
    """Return the kinds that parts are replaced as.

    Example:
        >>> sorted(kinds_of_parts({"a": Part("USERNAME"), "b": Part("URL"), "c": Part()}))
        ['FRAGMENT', 'ID', 'PATIENT_ID', 'QUERY_VALUE', 'SAMPLE_ID', 'SECRET', 'USERNAME']
    """
    found: set[str] = set()
    for part in parts.values():
        found |= _URL_KINDS if part.kind == URL else {part.kind} - {""}
    return frozenset(found)


_URL_KINDS: Any = frozenset("FRAGMENT ID PATIENT_ID QUERY_VALUE SAMPLE_ID SECRET USERNAME".split())

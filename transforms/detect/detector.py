"""A detector: one form of personal data, its trigger for the shared scan, and the examples that hold it."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from schemas.errors import DetectorError
from transforms.detect.lines import stays_in_line
from transforms.detect.spans import KIND, Refusal, Span

VALUE = "value"
"""Name of the group that holds the personal data; without it the whole match does."""

Check = Callable[[re.Match[str]], bool]


@dataclass(frozen=True)
class Detector:
    r"""Everything that is known of one form of personal data.

    `pattern` is a regular expression of Python, in which \w, \d, \s and \b mean ASCII, without nested repeats; `trigger` one that Hyperscan,
    RE2 and Python read alike over the UTF-8 bytes of a text between line feeds, and that matches wherever the
    detector finds something (perhaps elsewhere too). `check` refuses a match by checksum or context. `source` says where the form is defined. In examples and in the
    boundary case the value stands between « and »; counter-examples hold nothing. `begins` names, as in a character class,
    all characters that a match may begin with: where a pattern begins with many words, `re` then need not try them everywhere.
    `cut` says how many characters of what was matched are the value, 0 where none is: a match may run on into ordinary words.
    """

    name: str
    kind: str
    pattern: str
    trigger: str
    source: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    boundary: str
    score: float = 0.8
    check: Check | None = None
    ignore_case: bool = False
    begins: str = ""
    cut: Callable[[str], int] | None = None

    def __post_init__(self) -> None:
        """Refuse a kind that no token can show."""
        if not KIND.fullmatch(self.kind):
            message = f"detector {self.name}: kind must be upper-case words joined by underscores"
            raise DetectorError(message)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Return the compiled pattern."""
        begin = f"(?=[{self.begins}])" if self.begins else ""
        return re.compile(begin + self.pattern, re.ASCII | (re.IGNORECASE if self.ignore_case else 0))

    @cached_property
    def _group(self) -> int:
        return self.compiled.groupindex.get(VALUE, 0)

    @cached_property
    def stays_in_line(self) -> bool:
        """Tell whether the lines of a text may be searched one by one."""
        return stays_in_line(self.compiled)

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield the spans of a text, or of its part [start, end), from left to right."""
        check, group = self.check, self._group
        for match in self.compiled.finditer(text, start, end):
            if check is None or check(match):
                first, last = match.span(group)
                if self.cut is not None:
                    last = first + self.cut(match.group(group))
                if first < last:
                    yield Span(first, last, self.kind, self.score, self.name)

    def refused(self, text: str) -> Iterator[Refusal]:
        """Yield what the pattern matched and the check refused, from left to right."""
        for match in self.compiled.finditer(text):
            start, end = match.span(self._group)
            if start < end and self.check is not None and not self.check(match):
                yield Refusal(start, end, self.kind, self.name, "its check refused the match")

"""A grok pattern that somebody brings as a recognizer: of another dialect than the shipped ones, and bounded in time."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import regex  # type: ignore[import-untyped]

from schemas.errors import DetectorError, FormatFileError
from transforms.detect.custom import LONGEST_SEARCH_SECONDS
from transforms.detect.formats.format import SCORE, compile_format, kinds_of_parts
from transforms.detect.formats.grok import Expanded
from transforms.detect.formats.literals import literal_trigger
from transforms.detect.formats.parts import FindPart, Part
from transforms.detect.lines import stays_in_line
from transforms.detect.spans import Span
from transforms.detect.triggers import ALWAYS

_INLINE = re.compile(r"\(\?(?P<on>[a-z]*)(?P<off>-[a-z]+)?(?P<end>[:)])")


@dataclass(frozen=True)
class GrokFormat:
    """A pattern of grok, and what each of its named groups is.

    The pattern is of the `regex` dialect; a group that matches several times counts each time. `stays_in_line` says whether
    the lines of a text may be searched one by one.

    Raises:
        DetectorError: From `find`, where the pattern takes longer than `LONGEST_SEARCH_SECONDS` on one text.
    """

    name: str
    source: str
    pattern: str
    parts: Mapping[str, Part]
    trigger: str = field(repr=False)
    stays_in_line: bool = False

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of personal data that the parts are."""
        return kinds_of_parts(self.parts)

    @cached_property
    def _compiled(self) -> Any:
        return _compile(self.pattern)

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield what is replaced of a text, or of its part [start, end).

        Raises:
            DetectorError: The pattern took too long.
        """
        found: list[Span] = []
        last = min(end, len(text))
        try:
            for match in self._compiled.finditer(text, start, last, timeout=LONGEST_SEARCH_SECONDS):
                for group, part in self.parts.items():
                    for first, behind in match.spans(group):
                        if first < behind:
                            found += part.spans(text, first, behind, SCORE, self.name)
        except TimeoutError:
            message = f"format {self.name}: its pattern took over {LONGEST_SEARCH_SECONDS} s"
            raise DetectorError(message) from None
        return iter(found)


def grok_format(name: str, expanded: Expanded, find_part: FindPart, place: str) -> GrokFormat | None:
    """Return a grok pattern as a recognizer, None where none of its names is replaced; `place` is what errors call it.

    Raises:
        FormatFileError: The pattern does not compile.
    """
    named = {group: find_part(part) for group, part in expanded.names.items()}
    parts = {group: part for group, part in named.items() if part is not None and part.kind}
    try:
        _compile(expanded.pattern)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        raise FormatFileError(f"{place}: the pattern does not compile: {error}") from None
    if not parts:
        return None
    trigger, in_line = _as_python_reads_it(expanded.pattern)
    return GrokFormat(name, place, expanded.pattern, parts, trigger, in_line)


def unknown_names(expanded: Expanded, find_part: FindPart) -> Iterator[str]:
    """Yield the names of a pattern that are no field of the policy and no kind: their values are text like the rest."""
    yield from (name for name in expanded.names.values() if find_part(name) is None)


def from_oniguruma(pattern: str) -> str:
    r"""Write in the dialect of `regex` what means another thing in Oniguruma's: (?m) lets the dot take line ends.

    Example:
        >>> from_oniguruma(r"(?m)%{GREEDYDATA:message}(?i:x)\h\z")
        '(?s)%{GREEDYDATA:message}(?i:x)[0-9A-Fa-f]\\Z'
    """

    def written(flags: re.Match[str]) -> str:
        return f"(?{flags['on'].replace('m', 's')}{(flags['off'] or '').replace('m', 's')}{flags['end']}"

    plain = _INLINE.sub(written, pattern)
    return re.sub(r"\\[hHzZ]|\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), plain, flags=re.DOTALL)


_ESCAPES = {"\\h": "[0-9A-Fa-f]", "\\H": "[^0-9A-Fa-f]", "\\z": "\\Z", "\\Z": "\\Z"}


def _compile(pattern: str) -> Any:
    return regex.compile(pattern, regex.ASCII | regex.MULTILINE)


def _as_python_reads_it(pattern: str) -> tuple[str, bool]:
    """Return the trigger of a pattern, and whether it stays in its line; in doubt it is asked for every text, whole."""
    try:
        compiled = compile_format(pattern)
    except (re.error, OverflowError, RecursionError):
        return ALWAYS, False
    return literal_trigger(compiled) or ALWAYS, stays_in_line(compiled)

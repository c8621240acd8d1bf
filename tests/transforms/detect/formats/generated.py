"""Texts that a regular expression is likely to match, made by chance from its parse tree."""

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_CHARACTERS = [*map(chr, range(32, 127)), "\t", "é"]
_MORE = 12


def likely_match(pattern: re.Pattern[str], random: Random) -> str:
    """Return a text of one line that the pattern may match: what looks behind it is written, what it refuses is not heeded."""
    return _Writer(random).written(_parser.parse(pattern.pattern, pattern.flags)).replace("\n", " ")


class _Writer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._of: Mapping[Any, Callable[[Any], str]] = {
            op.LITERAL: chr,
            op.NOT_LITERAL: lambda value: self._one_of([(op.NEGATE, None), (op.LITERAL, value)]),
            op.IN: self._one_of,
            op.ANY: lambda _: self._random.choice("aZ0 .:"),
            op.SUBPATTERN: lambda value: self.written(value[3]),
            op.ATOMIC_GROUP: self.written,
            op.BRANCH: lambda value: self.written(self._random.choice(value[1])),
            op.MAX_REPEAT: self._repeated,
            op.MIN_REPEAT: self._repeated,
            op.POSSESSIVE_REPEAT: self._repeated,
            op.ASSERT: lambda value: self.written(value[1]),
        }

    def written(self, tree: Any) -> str:
        return "".join(self._of[code](value) for code, value in tree if code in self._of)

    def _repeated(self, value: Any) -> str:
        least, most, part = value
        times = min(most, least + self._random.choice((0, 0, 1, self._random.randint(0, _MORE))))
        return "".join(self.written(part) for _ in range(times))

    def _one_of(self, members: Sequence[tuple[Any, Any]]) -> str:
        negated = members[0][0] is op.NEGATE
        allowed = [one for one in _CHARACTERS if any(_holds(*member, one) for member in members) != negated]
        return self._random.choice(allowed) if allowed else ""


def _holds(code: Any, value: Any, character: str) -> bool:
    if code is op.LITERAL:
        return ord(character) == value
    if code is op.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if code is op.CATEGORY:
        return _CATEGORIES[value].fullmatch(character) is not None
    return False


_CATEGORIES = {
    op.CATEGORY_WORD: re.compile(r"\w", re.ASCII),
    op.CATEGORY_DIGIT: re.compile(r"\d", re.ASCII),
    op.CATEGORY_SPACE: re.compile(r"\s", re.ASCII),
    op.CATEGORY_NOT_WORD: re.compile(r"\W", re.ASCII),
    op.CATEGORY_NOT_DIGIT: re.compile(r"\D", re.ASCII),
    op.CATEGORY_NOT_SPACE: re.compile(r"\S", re.ASCII),
}

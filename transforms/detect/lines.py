"""Tell whether a pattern stays within one line, so that its detector is asked only for lines with its trigger."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_LINE_FEED = ord("\n")
_HOLDING = (op.CATEGORY_SPACE, op.CATEGORY_NOT_DIGIT, op.CATEGORY_NOT_WORD)
_ALIKE_EVERYWHERE = (op.AT_BOUNDARY, op.AT_NON_BOUNDARY, op.AT_END_STRING)
_OF_LINES = (op.AT_BEGINNING, op.AT_END)


class Line(NamedTuple):
    """A line [start, end) of a text with its line feed, and the set bits of the triggers that occur in it."""

    start: int
    end: int
    mask: int


def lines_of(masks: Iterable[int], lines: Sequence[str]) -> list[Line]:
    """Return the lines of a text that was split at its line feeds, with the mask of each.

    Example:
        >>> lines_of([3, 0], "ab\\nc".split("\\n"))
        [Line(start=0, end=3, mask=3), Line(start=3, end=5, mask=0)]
    """
    placed: list[Line] = []
    start = 0
    for mask, line in zip(masks, lines, strict=True):
        end = start + len(line) + 1
        placed.append(Line(start, end, mask))
        start = end
    return placed


def stays_in_line(pattern: re.Pattern[str]) -> bool:
    r"""Tell whether no match of a pattern holds a line feed or depends on what stands behind one; in doubt not.

    Example:
        >>> [stays_in_line(re.compile(text)) for text in (r"\ba[^\s]+(?=\s)", r"a\s", r"a(?=\n\n)", "^a", "[^b]")]
        [True, False, False, False, False]
    """
    tree = _parser.parse(pattern.pattern, pattern.flags)
    return not _crosses(tree, tree.state.flags)


def _crosses(tree: Any, flags: int) -> bool:
    return any(_may_cross(code, value, flags) for code, value in tree)


def _may_cross(code: Any, value: Any, flags: int) -> bool:
    if code is op.SUBPATTERN:
        return _crosses(value[3], flags | value[1])
    if code in _PARTS_OF:
        return any(_crosses(part, flags) for part in _PARTS_OF[code](value))
    if code in (op.ASSERT, op.ASSERT_NOT):
        # One character of look-around may be the line feed itself: it belongs to the line.
        return bool(value[1].getwidth()[1] > 1) and _crosses(value[1], flags)
    return code not in _IS_LINE_FEED or _IS_LINE_FEED[code](value, flags)


def _holds_line_feed(members: Sequence[tuple[Any, Any]]) -> bool:
    held = any(
        value == _LINE_FEED
        if code is op.LITERAL
        else value[0] <= _LINE_FEED <= value[1]
        if code is op.RANGE
        else value in _HOLDING
        for code, value in members
        if code is not op.NEGATE
    )
    return held != (members[0][0] is op.NEGATE)


_PARTS_OF: Mapping[Any, Callable[[Any], Sequence[Any]]] = {
    op.MAX_REPEAT: lambda value: value[2:],
    op.MIN_REPEAT: lambda value: value[2:],
    op.POSSESSIVE_REPEAT: lambda value: value[2:],
    op.ATOMIC_GROUP: lambda value: (value,),
    op.BRANCH: lambda value: value[1],
}
_IS_LINE_FEED: Mapping[Any, Callable[[Any, int], bool]] = {
    op.LITERAL: lambda value, _: bool(value == _LINE_FEED),
    op.NOT_LITERAL: lambda value, _: bool(value != _LINE_FEED),
    op.ANY: lambda _, flags: bool(flags & re.DOTALL),
    op.IN: lambda value, _: _holds_line_feed(value),
    op.AT: lambda value, flags: (
        value not in _ALIKE_EVERYWHERE and not (flags & re.MULTILINE and value in _OF_LINES)
    ),
    op.GROUPREF: lambda _value, _flags: False,
}

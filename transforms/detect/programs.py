"""Hand patterns over to the engine: the parse tree that `re` makes of them, with each class of characters as ranges.

The engine knows no dialect, no flag and no version of Unicode: what a class holds is asked of `re` here.
"""

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from re import _compiler, _parser  # type: ignore[attr-defined]
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from schemas.errors import DetectorError

Ranges = tuple[tuple[int, int], ...]
"""Code points, sorted: first and last of each stretch."""

Node = list[Any]
_ASCII = "".join(map(chr, range(128)))
_ALL_BEYOND_ASCII = (128, sys.maxunicode)
_FOLDING = re.ASCII | re.UNICODE | re.IGNORECASE | re.DOTALL
_TYPES = re.ASCII | re.LOCALE | re.UNICODE
_LAST_CASED = 0x1FFFF  # the alphabets are in the first two planes
_WITHOUT = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}
_WORD = (op.IN, [(op.CATEGORY, op.CATEGORY_WORD)])


def program_of(pattern: re.Pattern[str]) -> dict[str, Any]:
    r"""Return the program of a pattern as the engine reads it: its groups, its classes and its tree.

    Raises:
        DetectorError: The pattern uses what the engine does not run: bytes, locales, references that fold beyond ASCII.

    Example:
        >>> program_of(re.compile(r"a[bc]+\Z", re.ASCII))["root"]
        ['all', ['text', 'a'], ['repeat', 'greedy', 1, None, ['one', 0]], ['at', 'text_end']]
        >>> program_of(re.compile("[bc]", re.ASCII))["sets"]
        [((98, 99),)]
    """
    if not isinstance(pattern.pattern, str) or pattern.flags & re.LOCALE:
        raise DetectorError("the engine runs patterns over characters, without locales")
    tree = _parser.parse(pattern.pattern, pattern.flags)
    writer = _Writer()
    root = writer.all(tree, tree.state.flags)
    return {"groups": pattern.groups, "sets": list(writer.sets), "root": root}


class _Writer:
    def __init__(self) -> None:
        self.sets: dict[Ranges, int] = {}

    def all(self, tree: Iterable[tuple[Any, Any]], flags: int) -> Node:
        """Return a sequence, in which characters that follow each other are one text."""
        nodes: list[Node] = []
        for code, value in tree:
            node = self._node(code, value, flags)
            if node[0] == "text" and nodes and nodes[-1][0] == "text":
                nodes[-1] = ["text", nodes[-1][1] + node[1]]
            else:
                nodes.append(node)
        return nodes[0] if len(nodes) == 1 else ["all", *nodes]

    def _node(self, code: Any, value: Any, flags: int) -> Node:
        if code is op.LITERAL and not (flags & re.IGNORECASE):
            return ["text", chr(value)]
        if code in _ONE:
            return ["one", self._class(code, value, flags)]
        return _NODES[code](self, value, flags)

    def _class(self, code: Any, value: Any, flags: int) -> int:
        ranges = _ranges_of(code, value, flags)
        return self.sets.setdefault(ranges, len(self.sets))

    def repeat(self, mode: str, value: Any, flags: int) -> Node:
        """Return a repeat of a part."""
        least, most, part = value
        if mode == "possessive" and not (len(part) == 1 and part[0][0] in _ONE):
            raise DetectorError("the engine runs possessive repeats of single characters alone")
        return ["repeat", mode, least, None if most is op.MAXREPEAT else most, self.all(part, flags)]

    def group(self, value: Any, flags: int) -> Node:
        """Return a group, or what it holds if nothing is remembered of it."""
        number, added, removed, part = value
        node = self.all(part, _combined(flags, added, removed))
        return node if number is None else ["group", number, node]

    def look(self, negated: bool, value: Any, flags: int) -> Node:
        """Return what must stand ahead or behind, or must not."""
        direction, part = value
        width = 0 if direction >= 0 else part.getwidth()[0]
        return ["look", "ahead" if direction >= 0 else "behind", negated, width, self.all(part, flags)]

    def at(self, value: Any, flags: int) -> Node:
        """Return a place between characters."""
        if flags & re.MULTILINE:
            value = op.AT_MULTILINE.get(value, value)
        if value in _BOUNDARIES:
            return ["at", _BOUNDARIES[value], self._class(*_WORD, flags & ~re.IGNORECASE)]
        return ["at", _PLACES[value]]

    def same(self, value: Any, flags: int) -> Node:
        """Return a reference to what a group matched."""
        if flags & re.IGNORECASE and not flags & re.ASCII:
            raise DetectorError("the engine does not fold references beyond ASCII")
        return ["same", value, bool(flags & re.IGNORECASE)]

    def choice(self, value: Any, flags: int) -> Node:
        """Return what depends on whether a group took part."""
        group, yes, no = value
        return ["if", group, self.all(yes, flags), self.all(no or (), flags)]


_ONE = (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY)
_BOUNDARIES = {op.AT_BOUNDARY: "boundary", op.AT_NON_BOUNDARY: "no_boundary"}
_PLACES = {
    op.AT_BEGINNING: "text_start",
    op.AT_BEGINNING_STRING: "text_start",
    op.AT_BEGINNING_LINE: "line_start",
    op.AT_END: "last_line_end",
    op.AT_END_LINE: "line_end",
    op.AT_END_STRING: "text_end",
}
_NODES: Mapping[Any, Callable[[_Writer, Any, int], Node]] = {
    op.MAX_REPEAT: lambda writer, value, flags: writer.repeat("greedy", value, flags),
    op.MIN_REPEAT: lambda writer, value, flags: writer.repeat("lazy", value, flags),
    op.POSSESSIVE_REPEAT: lambda writer, value, flags: writer.repeat("possessive", value, flags),
    op.BRANCH: lambda writer, value, flags: ["any", *(writer.all(branch, flags) for branch in value[1])],
    op.FAILURE: lambda _writer, _value, _flags: ["any"],
    op.SUBPATTERN: _Writer.group,
    op.ATOMIC_GROUP: lambda writer, value, flags: ["atomic", writer.all(value, flags)],
    op.ASSERT: lambda writer, value, flags: writer.look(False, value, flags),
    op.ASSERT_NOT: lambda writer, value, flags: writer.look(True, value, flags),
    op.AT: _Writer.at,
    op.GROUPREF: _Writer.same,
    op.GROUPREF_EXISTS: _Writer.choice,
}


def _combined(flags: int, added: int, removed: int) -> int:
    return ((flags & ~_TYPES if added & _TYPES else flags) | added) & ~removed


def _ranges_of(code: Any, value: Any, flags: int) -> Ranges:
    """Return what one character of a pattern may be: asked of `re`, but beyond ASCII only where case may fold."""
    return _known_ranges(repr((code, value)), flags & _FOLDING, _Asked(code, value))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A class in the words of `re`: known by what it is written as."""

    code: Any = field(compare=False)
    value: Any = field(compare=False)


@lru_cache(maxsize=4096)
def _known_ranges(_written: str, flags: int, asked: _Asked) -> Ranges:
    within = _matched(asked, flags, _ASCII)
    beyond: Iterable[tuple[int, int]] = _BEYOND_ASCII[asked.code](asked.value, flags)
    if flags & re.IGNORECASE and not flags & re.ASCII:
        cased, stretches = _cased()
        beyond = [*_intersection(_joined(beyond), _complement(stretches)), *_matched(asked, flags, cased)]
    return _joined([*within, *beyond])


@lru_cache(maxsize=1)
def _cased() -> tuple[str, Ranges]:
    """Return all characters beyond ASCII that case may fold, and the stretches that they make."""
    found = [one for one in map(chr, range(128, _LAST_CASED)) if not one == one.lower() == one.upper()]
    return "".join(found), _joined((ord(one), ord(one)) for one in found)


@lru_cache(maxsize=1)
def _categories() -> Mapping[Any, Ranges]:
    """Return what each of Unicode's categories holds beyond ASCII, as `re` reads it."""
    points = array("I", range(128, sys.maxunicode + 1))
    beyond = points.tobytes().decode(f"utf-32-{sys.byteorder[0]}e", "surrogatepass")
    return {category: _stretches(category, beyond) for category in _WITHOUT.values()}


def _stretches(category: Any, beyond: str) -> Ranges:
    one = _parser.SubPattern(_parser.State(), [(op.IN, [(op.CATEGORY, category)])])
    run = [(op.MAX_REPEAT, (1, op.MAXREPEAT, one))]
    runs = _compiler.compile(_parser.SubPattern(_parser.State(), run), re.UNICODE)
    return tuple((128 + match.start(), 127 + match.end()) for match in runs.finditer(beyond))


def _matched(asked: _Asked, flags: int, characters: str) -> Ranges:
    """Return which of some characters a class holds."""
    one = _parser.SubPattern(_parser.State(), [(asked.code, asked.value)])
    found = _compiler.compile(one, flags).findall(characters)
    return _joined((ord(character), ord(character)) for character in found)


def _of_members(members: Sequence[tuple[Any, Any]], flags: int) -> Ranges:
    """Return what a class holds beyond ASCII without folding."""
    held = _joined(range_ for code, value in members for range_ in _of_member(code, value, flags))
    return _complement(held) if members[0][0] is op.NEGATE else held


def _of_member(code: Any, value: Any, flags: int) -> Iterable[tuple[int, int]]:
    if code is op.CATEGORY:
        category = _WITHOUT.get(value, value)
        held = () if flags & re.ASCII else _categories()[category]
        return held if category is value else _complement(held)
    if code in (op.LITERAL, op.RANGE):
        first, last = (value, value) if code is op.LITERAL else value
        return ((max(first, 128), last),) if last > 127 else ()
    return ()


def _complement(held: Ranges) -> Ranges:
    """Return what else there is beyond ASCII."""
    firsts = [128, *(last + 1 for _, last in held)]
    lasts = [*(first - 1 for first, _ in held), sys.maxunicode]
    return tuple((first, last) for first, last in zip(firsts, lasts, strict=True) if first <= last)


def _intersection(one: Ranges, other: Ranges) -> Ranges:
    """Return what two classes beyond ASCII share."""
    return _complement(_joined([*_complement(one), *_complement(other)]))


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


_BEYOND_ASCII: Mapping[Any, Callable[[Any, int], Ranges]] = {
    op.LITERAL: lambda value, flags: _of_members([(op.LITERAL, value)], flags),
    op.NOT_LITERAL: lambda value, flags: _of_members([(op.NEGATE, None), (op.LITERAL, value)], flags),
    op.ANY: lambda _value, _flags: (_ALL_BEYOND_ASCII,),
    op.IN: _of_members,
}

"""Tell which characters of a text are still there after an engine redacted it, from the two texts alone.

The output is cut at the tokens that engines write (`<KIND>`, `[KIND_1]`, `{{KIND}}`, pseudonyms,
truncated addresses). The pieces between them were not touched, so they stand in the input in the same
order, the first at its start and the last at its end; what lies between two pieces was replaced. Where
the pieces fit in several ways, the way that keeps the fewest personal characters is taken, then the one
that cuts the fewest words: a value counts as gone when the output can be explained without any character
of it. An output that no such reading explains (an engine that changed text without a token) is compared
character by character.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_V4_NETWORK = r"(?<![\d.])(?:\d{1,3}\.){3}0(?:/|%2F)24(?!\d)"
_V6_NETWORK = r"(?<![\w:.])[0-9a-fA-F:]{2,}::(?:/|%2F)48(?!\d)|(?<![\w:.])::(?:/|%2F)48(?!\d)"
_PSEUDONYM = r"(?:uin|usr|req|res|adr|fld|eml|phn|psn)_[0-9a-z]{1,8}_[a-z2-7]{20}"
_KIND = r"<[A-Z][A-Z0-9_]*>|%3C[A-Z][A-Z0-9_]*%3E|\[[A-Z][A-Z_]*_\d+\]|\{\{[A-Z][A-Z0-9_+-]*\}\}"
TOKEN = re.compile("|".join((_KIND, _PSEUDONYM, _V4_NETWORK, _V6_NETWORK)))
_WORD_CHARACTER = re.compile(r"\w")
_PERSONAL_COST = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the input, [start, end), and the token that stands for it in the output."""

    start: int
    end: int
    token: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which characters of the input were kept, what was replaced, and whether the tokens explain it all."""

    kept: bytearray
    gaps: tuple[Gap, ...]
    exact: bool


def align(before: str, after: str, personal: Sequence[tuple[int, int]] = ()) -> Alignment:
    """Return what is left of a text.

    Example:
        >>> found = align("user bob from 10.1.2.3", "user <USERNAME> from 10.1.2.0/24")
        >>> [before for before in ("user bob from 10.1.2.3"[gap.start:gap.end] for gap in found.gaps)]
        ['bob', '10.1.2.3']
        >>> align("abc", "abc").kept == b"\\x01" * 3
        True
    """
    if before == after:
        return Alignment(bytearray(b"\x01" * len(before)), (), True)
    pieces, tokens = _cut(after)
    starts = _place(before, pieces, _costs(before, personal)) if tokens else None
    if starts is None:
        return _compare(before, after)
    gaps = []
    for index, token in enumerate(tokens):
        gap = Gap(starts[index] + len(pieces[index]), starts[index + 1], token)
        if before[gap.start : gap.end] != token:
            gaps.append(gap)
    return Alignment(_kept(len(before), gaps), tuple(gaps), True)


def _cut(after: str) -> tuple[list[str], list[str]]:
    """Return the pieces between tokens and the tokens; tokens that touch are one."""
    pieces: list[str] = []
    tokens: list[str] = []
    last = 0
    for match in TOKEN.finditer(after):
        if tokens and match.start() == last:
            tokens[-1] += match.group()
        else:
            pieces.append(after[last : match.start()])
            tokens.append(match.group())
        last = match.end()
    pieces.append(after[last:])
    return pieces, tokens


def _costs(before: str, personal: Sequence[tuple[int, int]]) -> list[int]:
    """Return the cost of keeping the first n characters, for each n."""
    marked = bytearray(len(before))
    for start, end in personal:
        marked[start:end] = b"\x01" * (end - start)
    sums = [0]
    for mark in marked:
        sums.append(sums[-1] + mark * _PERSONAL_COST)
    return sums


def _place(before: str, pieces: list[str], costs: list[int]) -> list[int] | None:
    """Return where each piece begins in the input in the cheapest reading, or None if there is none."""
    if not before.startswith(pieces[0]):
        return None
    reached = [(0, costs[len(pieces[0])] + _splits(before, len(pieces[0])), -1)]
    rows = [reached]
    for number, piece in enumerate(pieces[1:], 1):
        places = [len(before) - len(piece)] if number == len(pieces) - 1 else _occurrences(before, piece)
        reached = _extend(before, piece, places, reached, len(pieces[number - 1]), costs)
        if not reached:
            return None
        rows.append(reached)
    if not before.endswith(pieces[-1]):
        return None
    index = min(range(len(reached)), key=lambda at: reached[at][1])
    starts = []
    for row in reversed(rows):
        starts.append(row[index][0])
        index = row[index][2]
    return starts[::-1]


def _extend(
    before: str,
    piece: str,
    places: list[int],
    reached: list[tuple[int, int, int]],
    previous_length: int,
    costs: list[int],
) -> list[tuple[int, int, int]]:
    """Return (start, cost, index of the cheapest predecessor) for each place that can be reached."""
    row, cheapest, at = [], -1, 0
    for start in places:
        while at < len(reached) and reached[at][0] + previous_length < start:
            if cheapest < 0 or reached[at][1] <= reached[cheapest][1]:
                cheapest = at
            at += 1
        if cheapest >= 0:
            end = start + len(piece)
            cost = costs[end] - costs[start] + _splits(before, start) + _splits(before, end)
            row.append((start, reached[cheapest][1] + cost, cheapest))
    return row


def _occurrences(text: str, piece: str) -> list[int]:
    places, at = [], text.find(piece)
    while at >= 0:
        places.append(at)
        at = text.find(piece, at + 1)
    return places


def _splits(text: str, at: int) -> int:
    """Return 1 when a word goes on across the position."""
    inside = 0 < at < len(text)
    return int(inside and bool(_WORD_CHARACTER.match(text[at - 1]) and _WORD_CHARACTER.match(text[at])))


def _kept(length: int, gaps: list[Gap]) -> bytearray:
    kept = bytearray(b"\x01" * length)
    for gap in gaps:
        kept[gap.start : gap.end] = bytes(gap.end - gap.start)
    return kept


def _compare(before: str, after: str) -> Alignment:
    kept, gaps = bytearray(len(before)), []
    for operation, start, end, left, right in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if operation == "equal":
            kept[start:end] = b"\x01" * (end - start)
        elif end > start:
            token = TOKEN.search(after[left:right])
            gaps.append(Gap(start, end, token.group() if token else ""))
    return Alignment(kept, tuple(gaps), False)

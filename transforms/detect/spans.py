"""Spans of personal data in a text, and how overlapping ones become one replacement each."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.policy.policy import PREFIXES
from transforms.pseudonyms import PSEUDONYM

KIND = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_PROTECTED = [
    (marks, re.compile(form))
    for marks, form in (
        (tuple(f"{prefix}_" for prefix in PREFIXES), rf"(?<![A-Za-z0-9]){PSEUDONYM.pattern}(?![A-Za-z0-9])"),
        (("<",), r"<[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*>"),
        (("/24",), r"(?<![\d.])(?:\d{1,3}\.){3}0/24(?!\d)"),
        (("/48",), r"(?<![\w:.])(?:[0-9a-f]{1,4}:){0,3}:/48(?!\d)"),
    )
]
PROTECTED = rf"{PSEUDONYM.pattern}|<[A-Z][A-Z0-9_]*>|\.0/24|:/48"
"""Occurs in every text that holds what redaction itself has written."""

OWN = "own_people"
"""Name of the recognizer of the event's own people."""

_READINGS = 4
_JOINTS = frozenset("+-_.")


class RedactedText(NamedTuple):
    """A text without personal data, how many values of each kind were replaced, and how many an allow list let be.

    Both are sorted by name; the latter by kind and entry, `USERNAME/policy.words.1`.
    """

    text: str
    detections: tuple[tuple[str, int], ...] = ()
    allowed: tuple[tuple[str, int], ...] = ()


class Span(NamedTuple):
    """A stretch [start, end) of a text that holds personal data.

    `score` is between 0 and 1, `recognizer` names who found it; `replacement` is None where the token of the
    kind stands for the value.
    """

    start: int
    end: int
    kind: str
    score: float
    recognizer: str
    replacement: str | None = None

    @property
    def token(self) -> str:
        """Return what is written in place of the value."""
        return self.replacement or f"<{self.kind}>"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stretch [start, end) of a text that a recognizer's pattern matched and that it did not take, and why."""

    start: int
    end: int
    kind: str
    recognizer: str
    reason: str


def merge(spans: Iterable[Span]) -> list[Span]:
    """Unite spans that overlap; the best of each group gives kind and replacement.

    Best is the one with the highest score, then the longest, then the earliest, then by name: a total order. One of
    the event's own people stands for itself alone: if it is the best and does not cover the group, the longest is
    (`anna.smith@example.com` is no `anna`).

    Example:
        >>> merged = merge([Span(0, 6, "A", 0.5, "a"), Span(4, 10, "B", 0.9, "b"), Span(10, 12, "C", 0.5, "c")])
        >>> [(span.start, span.end, span.kind) for span in merged]
        [(0, 10, 'B'), (10, 12, 'C')]
        >>> [span.token for span in merge([Span(0, 4, "USERNAME", 0.99, OWN, "usr_1"), Span(0, 9, "EMAIL", 0.9, "b")])]
        ['<EMAIL>']
    """
    merged: list[Span] = []
    group: list[Span] = []
    end = -1
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if group and span.start >= end:
            merged.append(_unite(group, end))
            group = []
        group.append(span)
        end = max(end, span.end) if len(group) > 1 else span.end
    if group:
        merged.append(_unite(group, end))
    return merged


def _unite(group: list[Span], end: int) -> Span:
    if len(group) == 1:
        return group[0]
    best = min(group, key=_rank)
    if best.recognizer == OWN and (best.start, best.end) != (group[0].start, end):
        best = min(group, key=lambda span: (span.start - span.end, *_rank(span)))
    return Span(group[0].start, end, best.kind, best.score, best.recognizer, best.replacement)


def _rank(span: Span) -> tuple[float, int, int, str]:
    return (-span.score, span.start - span.end, span.start, span.recognizer)


def without_protected(text: str, spans: Sequence[Span]) -> list[Span]:
    """Cut out of spans what redaction itself has written: pseudonyms, tokens and truncated addresses.

    Example:
        >>> without_protected("bob <EMAIL>", [Span(0, 11, "PERSON", 0.5, "r")])
        [Span(start=0, end=3, kind='PERSON', score=0.5, recognizer='r', replacement=None)]
    """
    protected = sorted(
        match.span()
        for marks, form in _PROTECTED
        if any(map(text.__contains__, marks))
        for match in form.finditer(text)
    )
    return _without(text, spans, protected) if protected else list(spans)


def _without(text: str, spans: Sequence[Span], cuts: Sequence[tuple[int, int]]) -> list[Span]:
    starts, ends = zip(*cuts, strict=True)
    return [
        piece
        for span in spans
        for piece in _pieces(text, span, cuts[bisect_right(ends, span.start) : bisect_left(starts, span.end)])
    ]


def _pieces(text: str, span: Span, cuts: Sequence[tuple[int, int]]) -> Iterator[Span]:
    if not cuts:
        yield span
        return
    # What follows the token that begins a value was left beside it when the token was written, and a part of an
    # address is none.
    if cuts[0][0] <= span.start or span.kind == "IP_ADDRESS":
        return
    at = span.start
    for start, end in [*cuts, (span.end, span.end)]:
        piece = text[at:start]
        if any(map(str.isalnum, piece)):
            left = at + len(piece) - len(piece.lstrip())
            yield span._replace(start=left, end=left + len(piece.strip()))
        at = max(at, end)


def settled(
    texts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    find: Callable[[Sequence[str]], Sequence[Sequence[Span]]],
) -> list[Sequence[Span]]:
    """Add to the spans of each text those that show only once the values that they touch are replaced.

    `find` reads texts afresh, all that need it in one call.

    Example:
        >>> find = lambda texts: [[Span(8, 9, "DIGIT", 0.5, "d")] if text == "a<EMAIL>7" else [] for text in texts]
        >>> [(span.start, span.end) for span in settled(["ab@c.cn7"], [[Span(1, 7, "EMAIL", 0.5, "e")]], find)[0]]
        [(1, 7), (7, 8)]
    """
    result = list(spans)
    places: Sequence[int] = range(len(result))
    for _ in range(_READINGS):
        places = [place for place in places if _touching(texts[place], result[place])]
        if not places:
            break
        redacted = [replace(texts[place], result[place]).text for place in places]
        more = map(_shown, redacted, [result[place] for place in places], find(redacted))
        added = {place: spans for place, spans in zip(places, more, strict=True) if spans}
        for place, shown in added.items():
            result[place] = sorted([*result[place], *shown], key=lambda span: span.start)
        places = list(added)
    return result


def _shown(redacted: str, spans: Sequence[Span], found: Sequence[Span]) -> list[Span]:
    """Return the spans that were found in a text without the values of others, as spans of the text as it was."""
    tokens = list(_tokens(spans))
    more = _without(redacted, found, [token for token, _ in tokens])
    ends = [end for (_, end), _ in tokens]
    shifts = [0, *(shift for _, shift in tokens)]
    moved = ((shifts[bisect_right(ends, span.start)], span) for span in more)
    return [span._replace(start=span.start - by, end=span.end - by) for by, span in moved]


def _touching(text: str, spans: Sequence[Span]) -> bool:
    """Tell whether a span stands beside what could go on in its value: patterns end there, but not at a token."""
    for span in spans:
        if _goes_on(text[span.end : span.end + 1]) or _goes_on(text[max(0, span.start - 1) : span.start]):
            return True
    return False


def _goes_on(character: str) -> bool:
    return character.isalnum() or character in _JOINTS


def _tokens(spans: Sequence[Span]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield where the token of each span stands once all are written, and how far it moves what follows."""
    shift = 0
    for span in spans:
        start = span.start + shift
        shift += len(span.token) - (span.end - span.start)
        yield (start, start + len(span.token)), shift


def replace(text: str, spans: Sequence[Span]) -> RedactedText:
    """Write the tokens of spans that are sorted and apart, and count them by kind.

    Example:
        >>> replace("call 123 now", [Span(5, 8, "PHONE", 1.0, "phone")])
        RedactedText(text='call <PHONE> now', detections=(('PHONE', 1),), allowed=())
    """
    if not spans:
        return RedactedText(text)
    counts: dict[str, int] = {}
    parts: list[str] = []
    last = 0
    for span in spans:
        parts += (text[last : span.start], span.token)
        last = span.end
        counts[span.kind] = counts.get(span.kind, 0) + 1
    parts.append(text[last:])
    return RedactedText("".join(parts), tuple(sorted(counts.items())))

"""Ask the recognizers for their spans in many texts at once: one scan tells which of them to ask for which text."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import chain, islice
from operator import or_
from typing import NamedTuple, Protocol, TypeGuard

from transforms.detect.composed import is_composed
from transforms.detect.lines import Line, lines_of, stays_in_line
from transforms.detect.scan import compile_scan
from transforms.detect.spans import PROTECTED, Span, merge, without_protected
from transforms.detect.triggers import ALWAYS, NEVER
from transforms.detect.views import TRIGGER as ENCODED
from transforms.detect.views import View, decode

WINDOW = 65_536
OVERLAP = 8_192
"""A text of more than `WINDOW` characters is read once, in windows that overlap, so that memory and time stay linear."""

_REMEMBERED_MASKS = 50_000
_ENCODED_BIT, _PROTECTED_BIT, _FIRST_BIT = 1, 2, 4  # of a mask: the last is that of the first recognizer

Resolve = Callable[[Span, str], Span | None]
"""Gives the span of a value its replacement by the policy; None where the value stays as it is."""


class Recognizer(Protocol):
    """What is asked: a trigger for the scan, and the spans of a text."""

    @property
    def name(self) -> str:
        """Return the recognizer's name."""

    @property
    def trigger(self) -> str:
        """Return an expression that occurs in every text in which the recognizer finds something."""

    def find(self, text: str) -> Iterable[Span]:
        """Return the spans of a text."""


class LineRecognizer(Recognizer, Protocol):
    """A recognizer that may be asked for a line alone where `stays_in_line` is true: other lines mean nothing to it."""

    stays_in_line: bool

    def find(self, text: str, start: int = 0, end: int = ...) -> Iterable[Span]:
        """Return the spans of the part [start, end) of a text."""


class Found(NamedTuple):
    """The spans of a text, sorted and apart, and its view where it holds anything encoded."""

    spans: Sequence[Span]
    view: View | None


class _Scanned(NamedTuple):
    """The set bits of the triggers that occur in each text, and the lines of those that have several, by their place."""

    masks: list[int]
    lines: dict[int, list[Line]]


class Search:
    """The recognizers and the compiled automaton of their triggers: built where it is used and never pickled."""

    def __init__(
        self, recognizers: Sequence[Recognizer], resolve: Resolve, engine: str | None = None
    ) -> None:
        self.recognizers = tuple(recognizers)
        self.resolve = resolve
        triggers = [NEVER if r.trigger == ALWAYS else r.trigger for r in recognizers]
        _, scan = compile_scan([ENCODED, PROTECTED, *triggers], engine)
        always = sum(_FIRST_BIT << number for number, trigger in enumerate(triggers) if trigger == NEVER)
        self._scan = scan if not always else lambda texts: [mask | always for mask in scan(texts)]
        self._numbers = lru_cache(maxsize=_REMEMBERED_MASKS)(self._numbers_of)
        self._over_lines = any(map(_may_need_two_lines, recognizers))

    def find(self, texts: Sequence[str]) -> list[Found]:
        """Return what is found in each text and in its view."""
        scanned = self._scanned(texts)
        found = self._ask(texts, scanned)
        encoded = [
            place
            for place, mask in enumerate(scanned.masks)
            if mask & _ENCODED_BIT or not is_composed(texts[place])
        ]
        views = {place: view for place in encoded if (view := decode(texts[place])) is not None}
        if views:
            answers = self._ask_views(views, texts, scanned)
            for (place, view), spans in zip(views.items(), answers, strict=True):
                found[place] += mapped(spans, view)
        for place, mask in enumerate(scanned.masks):
            if mask & _PROTECTED_BIT and found[place]:
                found[place] = without_protected(texts[place], found[place])
        return [Found(merge(spans) if spans else (), views.get(place)) for place, spans in enumerate(found)]

    def asked(self, text: str) -> tuple[Recognizer, ...]:
        """Return the recognizers whose trigger occurs in a text: those that are asked for it."""
        return tuple(self.recognizers[number] for number in self._numbers(self._scan([text])[0]))

    def resolved(self, spans: Iterable[Span], text: str) -> list[Span]:
        """Return the spans of a text with what each becomes, without those whose values stay as they are."""
        resolve = self.resolve
        return [kept for span in spans if (kept := resolve(span, text[span.start : span.end])) is not None]

    def _scanned(self, texts: Sequence[str]) -> _Scanned:
        """Scan texts by their lines, but for those that are read in windows."""
        cut = [text.split("\n") if "\n" in text and len(text) <= WINDOW else [text] for text in texts]
        of_pieces = iter(self._scan(list(chain.from_iterable(cut))))
        lines: dict[int, list[Line]] = {}
        masks: list[int] = []
        for place, pieces in enumerate(cut):
            if len(pieces) == 1:
                masks.append(next(of_pieces))
                continue
            placed = lines_of(islice(of_pieces, len(pieces)), pieces)
            masks.append(reduce(or_, [line.mask for line in placed]))
            lines[place] = placed
        return _Scanned(self._scan(texts) if lines and self._over_lines else masks, lines)

    def _ask(self, texts: Sequence[str], scanned: _Scanned) -> list[list[Span]]:
        """Ask one recognizer after the other: what has just run, its expression and its words, is in the core's cache."""
        found: list[list[Span]] = [[] for _ in texts]
        resolve, lines = self.resolve, scanned.lines
        for number, places in self._places(scanned.masks):
            recognizer, bit = self.recognizers[number], _FIRST_BIT << number
            for place in places:
                text = texts[place]
                for span in _answer(recognizer, text, bit, lines.get(place)):
                    kept = resolve(span, text[span.start : span.end])
                    if kept is not None:
                        found[place].append(kept)
        return found

    def _ask_views(
        self, views: Mapping[int, View], texts: Sequence[str], of_texts: _Scanned
    ) -> list[list[Span]]:
        """Ask for the views of some of the texts, by their place, without the lines that were asked for as they stand."""
        decoded = [view.text for view in views.values()]
        scanned = self._scanned(decoded)
        for number, (place, view) in enumerate(views.items()):
            if number in scanned.lines and place in of_texts.lines:
                lines = scanned.lines[number]
                scanned.lines[number] = [line for line in lines if not _repeats(line, view, texts[place])]
        return self._ask(decoded, scanned)

    def _places(self, masks: Sequence[int]) -> list[tuple[int, list[int]]]:
        """Return the numbers of the recognizers that are asked, each with the places of the texts that it is asked for."""
        places: dict[int, list[int]] = {}
        for place, mask in enumerate(masks):
            if mask >= _FIRST_BIT:
                for number in self._numbers(mask):
                    places.setdefault(number, []).append(place)
        return sorted(places.items())

    def _numbers_of(self, mask: int) -> tuple[int, ...]:
        """Return which recognizers the bits of a mask stand for."""
        numbers: list[int] = []
        left = mask // _FIRST_BIT
        while left:  # few of several hundred bits are set
            numbers.append((left & -left).bit_length() - 1)
            left &= left - 1
        return tuple(numbers)


def mapped(spans: Iterable[Span], view: View) -> list[Span]:
    """Return the spans of a view as spans of the text behind it."""
    return [
        Span(*view.original(span.start, span.end), span.kind, span.score, span.recognizer, span.replacement)
        for span in spans
    ]


def _answer(recognizer: Recognizer, text: str, bit: int, lines: Sequence[Line] | None) -> Iterable[Span]:
    """Ask for a text: for those of its lines alone that hold the recognizer's trigger if they can be told apart."""
    if lines is not None and _reads_lines(recognizer):
        asked = (line for line in lines if line.mask & bit)
        return chain.from_iterable(recognizer.find(text, line.start, line.end) for line in asked)
    return _windowed(recognizer, text) if len(text) > WINDOW else recognizer.find(text)


def _repeats(line: Line, view: View, text: str) -> bool:
    """Tell whether a line of a view is that of the text behind it, which was asked for already."""
    last = min(line.end, len(view.text))
    if line.start >= last:
        return True
    start, end = view.original(line.start, last)
    return (
        text[start:end] == view.text[line.start : last]
        and text[start - 1 : start] in ("", "\n")
        and (end == len(text) or text[end - 1] == "\n")
    )


def _may_need_two_lines(recognizer: Recognizer) -> bool:
    """Tell whether a trigger might occur in no line of a text in which its recognizer finds something."""
    return not (_reads_lines(recognizer) or stays_in_line(re.compile(recognizer.trigger)))


def _reads_lines(recognizer: Recognizer) -> TypeGuard[LineRecognizer]:
    return getattr(recognizer, "stays_in_line", False) is True


def _windowed(recognizer: Recognizer, text: str) -> Iterator[Span]:
    for start in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        for span in recognizer.find(text[start : start + WINDOW]):
            yield span._replace(start=start + span.start, end=start + span.end)

"""The engine: one scan finds which recognizers to ask, their spans are united and replaced."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple, Protocol, TypeGuard

from transforms.detect.lines import Line, lines_of
from transforms.detect.own import Known, People, folded
from transforms.detect.scan import compile_scan
from transforms.detect.spans import RedactedText, Span, merge, replace, settled, without_protected
from transforms.detect.urls import url_spans
from transforms.detect.views import TRIGGER as ENCODED
from transforms.detect.views import View, decode
from transforms.remembered import LONGEST, Remembered

CACHED_TEXTS = 50_000
"""How many texts are remembered with their spans: log lines repeat."""

CACHED_URLS = 20_000
"""How many URLs are remembered with what they become."""

WINDOW = 65_536
OVERLAP = 8_192
"""A text of more than `WINDOW` characters is read once, in windows that overlap, so that memory and time stay linear."""

Treat = Callable[[str, str], str | None]


class Recognizer(Protocol):
    """What the engine asks: a trigger for the scan, and the spans of a text."""

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


class TextRedactor:
    """Redacts texts; holds the compiled automaton, so it is built where it is used and never pickled."""

    def __init__(
        self,
        recognizers: Sequence[Recognizer],
        resolve: Callable[[Span, str], Span | None],
        query_keys: frozenset[str] = frozenset(),
        engine: str | None = None,
    ) -> None:
        self.recognizers = tuple(recognizers)
        self.resolve = resolve
        self._query_keys = query_keys
        self.engine, self._scan = compile_scan([ENCODED, *(r.trigger for r in recognizers)], engine)
        self._owners: dict[int, tuple[tuple[int, Recognizer], ...]] = {}
        self._recent: dict[str, _Analysed] = {}
        self._older: dict[str, _Analysed] = {}
        self._urls = Remembered(self._plain_url, CACHED_URLS)

    def redact(
        self,
        texts: Sequence[str],
        known: Sequence[Sequence[Known]],
        are_urls: Sequence[bool] | None = None,
    ) -> list[RedactedText]:
        """Return the texts without personal data; `known[i]` are the people of `texts[i]`.

        Of a text that `are_urls` says is a URL, scheme, host, port and the shape of the path stay.
        """
        detected = self._detected(texts)
        return [
            (self._urls[text] if is_url else analysed.redacted)
            if spans is analysed.spans
            else self._redacted_url(text, spans)
            if is_url
            else replace(text, spans)
            for text, spans, analysed, is_url in zip(
                texts,
                self._with_people(texts, known, detected),
                detected,
                [False] * len(texts) if are_urls is None else are_urls,
                strict=True,
            )
        ]

    def redact_url(self, urls: Sequence[str], known: Sequence[Sequence[Known]]) -> list[RedactedText]:
        """Return URLs of which scheme, host, port and the shape of the path stay."""
        return self.redact(urls, known, [True] * len(urls))

    def _plain_url(self, url: str) -> RedactedText:
        """Redact a URL that names none of its event's people: it becomes the same wherever it stands."""
        return self._redacted_url(url, self._detected([url])[0].spans)

    def _redacted_url(self, url: str, spans: Sequence[Span]) -> RedactedText:
        return replace(url, merge(without_protected(url, [*spans, *self.url_parts(url)])))

    def url_parts(self, url: str) -> Iterator[Span]:
        """Yield the parts of a URL that go whatever they look like."""
        for span in url_spans(url, self._query_keys):
            kept = self.resolve(span, url[span.start : span.end])
            if kept is not None:
                yield kept

    def find(self, text: str, known: Sequence[Known] = ()) -> list[Span]:
        """Return the spans that would be replaced, from left to right."""
        return list(self.spans([text], [known])[0])

    def spans(self, texts: Sequence[str], known: Sequence[Sequence[Known]]) -> list[Sequence[Span]]:
        """Return the spans of each text that are replaced."""
        return self._with_people(texts, known, self._detected(texts))

    def _with_people(
        self, texts: Sequence[str], known: Sequence[Sequence[Known]], detected: Sequence["_Analysed"]
    ) -> list[Sequence[Span]]:
        """Return the spans of each text with those of its people; a text without any keeps the spans it had."""
        result: list[Sequence[Span]] = [analysed.spans for analysed in detected]
        start = 0
        while start < len(known):
            people, end = known[start], start + 1
            while end < len(known) and known[end] is people:
                end += 1
            read = "\n".join([analysed.read for analysed in detected[start:end]])
            for person in people:
                if person.literal in read:
                    result[start:end] = map(
                        _with_people, texts[start:end], detected[start:end], repeat(people)
                    )
                    break
            start = end
        return result

    def _detected(self, texts: Sequence[str]) -> Sequence["_Analysed"]:
        """Return what the recognizers find without knowing anybody."""
        remembered = list(map(self._recent.get, texts))
        missing = dict.fromkeys(text for text, one in zip(texts, remembered, strict=True) if one is None)
        older = self._older
        found = {text: older[text] for text in missing if text in older}
        fresh = [text for text in missing if text not in found]
        if fresh:
            found.update(zip(fresh, self._analyse(fresh), strict=True))
        if found:
            self._remember(found)
        return [found[text] if one is None else one for text, one in zip(texts, remembered, strict=True)]

    def _remember(self, found: Mapping[str, "_Analysed"]) -> None:
        """Keep texts in two generations: dropping the older one whole costs less than finding the oldest texts."""
        if len(self._recent) >= CACHED_TEXTS // 2:
            self._older, self._recent = self._recent, {}
        self._recent.update((text, one) for text, one in found.items() if len(text) <= LONGEST)

    def _analyse(self, texts: Sequence[str]) -> Iterator["_Analysed"]:
        masks = self._scan(texts)
        views = {
            text: view for text, mask in zip(texts, masks, strict=True) if mask & 1 and (view := decode(text))
        }
        view_masks = (
            dict(zip(views, self._scan([view.text for view in views.values()]), strict=True)) if views else {}
        )
        for text, mask in zip(texts, masks, strict=True):
            view = views.get(text) if mask & 1 else None
            if mask < 2 and view is None:
                yield _Analysed((), None, folded(text), RedactedText(text))
                continue
            found = self._merged(text, mask, view, view_masks.get(text, 0))
            spans = settled(text, found, self._alone) if found and len(text) <= WINDOW else found
            read = f"{text}\n{view.text}" if view else text
            yield _Analysed(spans, view, folded(read), replace(text, spans))

    def _alone(self, text: str) -> Sequence[Span]:
        mask = self._scan([text])[0]
        view = decode(text) if mask & 1 else None
        return self._merged(text, mask, view, self._scan([view.text])[0] if view else 0)

    def _merged(self, text: str, mask: int, view: View | None, view_mask: int) -> Sequence[Span]:
        spans = self._ask(text, mask)
        if view is not None:
            spans += _mapped(self._ask(view.text, view_mask), view)
        return merge(without_protected(text, spans)) if spans else ()

    def _ask(self, text: str, mask: int) -> list[Span]:
        if mask < 2:
            return []
        resolve = self.resolve
        is_long = len(text) > WINDOW
        lines = self._lines(text) if "\n" in text and not is_long else ()
        found: list[Span] = []
        for bit, recognizer in self._owners_of(mask):
            if is_long:
                spans: Iterable[Span] = _windowed(recognizer, text)
            elif lines and _reads_lines(recognizer):
                spans = _in_lines(recognizer, text, bit, lines)
            else:
                spans = recognizer.find(text)
            for span in spans:
                kept = resolve(span, text[span.start : span.end])
                if kept is not None:
                    found.append(kept)
        return found

    def _lines(self, text: str) -> list[Line]:
        lines = text.split("\n")
        return lines_of(self._scan(lines), lines)

    def asked(self, text: str) -> tuple[Recognizer, ...]:
        """Return the recognizers whose trigger occurs in a text: those that are asked for it."""
        return tuple(recognizer for _, recognizer in self._owners_of(self._scan([text])[0]))

    def _owners_of(self, mask: int) -> tuple[tuple[int, Recognizer], ...]:
        owners = self._owners.get(mask)
        if owners is None:
            owners = tuple((1 << n, one) for n, one in enumerate(self.recognizers, 1) if mask >> n & 1)
            if len(self._owners) < CACHED_TEXTS:
                self._owners[mask] = owners
        return owners


class _Analysed(NamedTuple):
    """What the recognizers found in a text, its view where it holds anything encoded, and what it becomes.

    `read` is the text as people are searched for in it: folded, with that of its view behind it.
    """

    spans: Sequence[Span]
    view: View | None
    read: str
    redacted: RedactedText


def _with_people(text: str, analysed: _Analysed, known: Sequence[Known]) -> Sequence[Span]:
    """Return the spans of a text with those of the people that it names."""
    named = [person for person in known if person.literal in analysed.read]
    if not named:
        return analysed.spans
    people = People(named)
    found = list(people.find(text))
    if analysed.view is not None:
        found += _mapped(people.find(analysed.view.text), analysed.view)
    known_spans = _named(analysed.spans, text, people)
    return merge(without_protected(text, [*known_spans, *found])) if found else known_spans


def _named(spans: Sequence[Span], text: str, people: People) -> Sequence[Span]:
    """Give the spans that are one of the people, found by a cue, the people's replacement."""
    by_text = people.by_text
    for span in spans:
        if folded(text[span.start : span.end]) in by_text:
            return [_as_known(span, text, people) for span in spans]
    return spans


def _as_known(span: Span, text: str, people: People) -> Span:
    person = people.by_text.get(folded(text[span.start : span.end]))
    if person is None or person.replacement == span.replacement:
        return span
    return Span(span.start, span.end, person.kind, span.score, span.recognizer, person.replacement)


def _mapped(spans: Iterable[Span], view: View) -> list[Span]:
    return [
        Span(*view.original(span.start, span.end), span.kind, span.score, span.recognizer, span.replacement)
        for span in spans
    ]


def _in_lines(recognizer: LineRecognizer, text: str, bit: int, lines: Sequence[Line]) -> Iterator[Span]:
    """Return what a recognizer finds in the lines that hold its trigger."""
    asked = (line for line in lines if line.mask & bit)
    return chain.from_iterable(recognizer.find(text, line.start, line.end) for line in asked)


def _reads_lines(recognizer: Recognizer) -> TypeGuard[LineRecognizer]:
    return getattr(recognizer, "stays_in_line", False) is True


def _windowed(recognizer: Recognizer, text: str) -> Iterator[Span]:
    for start in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        for span in recognizer.find(text[start : start + WINDOW]):
            yield Span(
                start + span.start, start + span.end, span.kind, span.score, span.recognizer, span.replacement
            )

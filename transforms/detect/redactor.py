"""Redact texts and URLs: what is found in them is replaced, and what they become is remembered."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from transforms.batches.remembered import LONGEST, Remembered
from transforms.detect.allow import Allowed, Left
from transforms.detect.echoes import repeatable, with_echoes
from transforms.detect.own import Known, People, folded, literal_of
from transforms.detect.search import WINDOW, Search, mapped
from transforms.detect.spans import RedactedText, Span, merge, replace, settled, without_protected
from transforms.detect.urls import url_spans
from transforms.detect.views import View

_NOBODY: tuple[Known, ...] = ()
"""What texts that belong to no event have in common: they are searched for nobody whom another one names."""

CACHED_TEXTS = 100_000
CACHED_CHARACTERS = 20_000_000
"""How many texts are remembered with their spans, for log lines repeat, and how long these are together at most."""

CACHED_URLS = 20_000
"""How many URLs are remembered with what they become."""


class Alone(NamedTuple):
    """What a text becomes by itself, None if it stays; its view where that differs; whom it names for other texts."""

    redacted: RedactedText | None
    view: str | None
    echoes: tuple[Known, ...]


class TextRedactor:
    """Redacts texts; `search` is compiled, so it is built where it is used and never pickled."""

    def __init__(
        self, search: Search, query_keys: frozenset[str] = frozenset(), allowed: Allowed | None = None
    ) -> None:
        self.search = search
        self._allowed = allowed
        self._query_keys = query_keys
        self._recent: dict[str, _Analysed] = {}
        self._older: dict[str, _Analysed] = {}
        self._recent_characters = 0
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
            (self._urls[text] if is_url else analysed.redacted or RedactedText(text))
            if spans is analysed.spans
            else self._redacted_url(text, spans, people)
            if is_url
            else self._replaced(text, spans, people)
            for text, people, spans, analysed, is_url in zip(
                texts,
                known,
                self._with_people(texts, known, detected),
                detected,
                [False] * len(texts) if are_urls is None else are_urls,
                strict=True,
            )
        ]

    def redact_url(self, urls: Sequence[str], known: Sequence[Sequence[Known]]) -> list[RedactedText]:
        """Return URLs of which scheme, host, port and the shape of the path stay."""
        return self.redact(urls, known, [True] * len(urls))

    def alone(self, texts: Sequence[str], are_urls: Sequence[bool]) -> Iterator[Alone]:
        """Yield what texts and URLs become where nobody of their events is named, and what may name somebody there."""
        for text, analysed, is_url in zip(texts, self._detected(texts), are_urls, strict=True):
            redacted = self._urls[text] if is_url else analysed.redacted
            yield Alone(redacted, None if analysed.view is None else analysed.view.text, analysed.echoes)

    def _plain_url(self, url: str) -> RedactedText:
        """Redact a URL that names none of its event's people: it becomes the same wherever it stands."""
        return self._redacted_url(url, self._detected([url])[0].spans)

    def _redacted_url(self, url: str, spans: Sequence[Span], people: Sequence[Known] = ()) -> RedactedText:
        return self._replaced(url, merge(without_protected(url, [*spans, *self.url_parts(url)])), people)

    def _replaced(self, text: str, spans: Sequence[Span], people: Sequence[Known] = ()) -> RedactedText:
        left = self.left(text, spans, people)
        return (
            replace(text, left.spans)._replace(allowed=left.counts) if left.allowed else replace(text, spans)
        )

    def left(self, text: str, spans: Sequence[Span], people: Sequence[Known] = ()) -> Left:
        """Part the spans of a text into those that are replaced and those that an allow list lets be."""
        return Left(spans, []) if self._allowed is None else self._allowed.left(text, spans, people)

    def url_parts(self, url: str) -> list[Span]:
        """Return the parts of a URL that go whatever they look like."""
        return self.search.resolved(url_spans(url, self._query_keys), url)

    def find(self, text: str, known: Sequence[Known] = ()) -> list[Span]:
        """Return the spans that would be replaced, from left to right."""
        return list(self.spans([text], [known])[0])

    def spans(self, texts: Sequence[str], known: Sequence[Sequence[Known]]) -> list[Sequence[Span]]:
        """Return the spans of each text that are replaced."""
        found = self._with_people(texts, known, self._detected(texts))
        return [self.left(*of_text).spans for of_text in zip(texts, found, known, strict=True)]

    def taken(self, text: str, known: Sequence[Known] = (), url: bool = False) -> Left:
        """Return the spans of a text, or of a URL, and which of them an allow list lets be."""
        spans = self._with_people([text], [known], self._detected([text]))[0]
        if url:
            spans = merge(without_protected(text, [*spans, *self.url_parts(text)]))
        return self.left(text, spans, known)

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
            read = _read_for_people(texts[start:end], detected[start:end])
            named = [person for person in people if person.literal in read]
            if end - start > 1 and people is not _NOBODY:
                named += _named_elsewhere(detected[start:end], people, read)
            if named:
                result[start:end] = map(
                    _with_people, texts[start:end], detected[start:end], repeat(People(named))
                )
            start = end
        return result

    def _detected(self, texts: Sequence[str]) -> Sequence["_Analysed"]:
        """Return what the recognizers find without knowing anybody."""
        detected: list[Any] = list(map(self._recent.get, texts))
        missing = [place for place, one in enumerate(detected) if one is None]
        if missing:
            found = self._recalled([texts[place] for place in missing])
            for place in missing:
                detected[place] = found[texts[place]]
        return detected

    def _recalled(self, texts: Sequence[str]) -> Mapping[str, "_Analysed"]:
        """Return what is found in texts that were not read lately, and remember it."""
        older = self._older
        found = {text: older[text] for text in texts if text in older}
        fresh = [text for text in dict.fromkeys(texts) if text not in found]
        if fresh:
            found.update(zip(fresh, self._analyse(fresh), strict=True))
        self._remember(found)
        return found

    def _remember(self, found: Mapping[str, "_Analysed"]) -> None:
        """Keep texts in two generations: dropping the older one whole costs less than finding the oldest texts."""
        if len(self._recent) >= CACHED_TEXTS // 2 or self._recent_characters >= CACHED_CHARACTERS // 2:
            self._older, self._recent, self._recent_characters = self._recent, {}, 0
        short = {text: one for text, one in found.items() if len(text) <= LONGEST}
        self._recent.update(short)
        self._recent_characters += sum(map(len, short))

    def _analyse(self, texts: Sequence[str]) -> Iterator["_Analysed"]:
        found = self.search.find(texts)
        short = [place for place, one in enumerate(found) if one.spans and len(texts[place]) <= WINDOW]
        shorts = [texts[place] for place in short]
        settled_spans = dict(
            zip(short, settled(shorts, [found[place].spans for place in short], self._alone), strict=True)
        )
        for place, (spans, view) in enumerate(found):
            text, echoes = texts[place], _NOBODY
            if place in settled_spans:
                spans = settled_spans[place]
                echoes = repeatable(text, self.left(text, spans).spans)
                spans = with_echoes(text, spans, view, echoes)
            if spans or view is not None:
                yield _Analysed(spans, view, self._replaced(text, spans), echoes)
            else:
                yield _NOTHING

    def _alone(self, texts: Sequence[str]) -> list[Sequence[Span]]:
        return [one.spans for one in self.search.find(texts)]


class _Analysed(NamedTuple):
    """What the recognizers found in a text, its view where it holds anything encoded, what it becomes, and whom it names.

    Of texts in which nothing was found no more is remembered than that: they become what they are.
    """

    spans: Sequence[Span]
    view: View | None
    redacted: RedactedText | None
    echoes: tuple[Known, ...]


_NOTHING = _Analysed((), None, None, ())


def _named_elsewhere(detected: Sequence[_Analysed], people: Sequence[Known], read: str) -> list[Known]:
    """Return whom one text of an event names so that the others are searched for him; the event's own people come first."""
    echoes = [echo for analysed in detected for echo in analysed.echoes if read.count(echo.literal) > 1]
    own = {person.literal for person in people} if echoes else ()
    return [echo for echo in echoes if echo.literal not in own]


def _read_for_people(texts: Sequence[str], detected: Sequence[_Analysed]) -> str:
    """Return texts and their views as people are searched for in them, one behind the other."""
    views = [analysed.view.text for analysed in detected if analysed.view is not None]
    return folded("\n".join([*texts, *views]))


def _with_people(text: str, analysed: _Analysed, people: People) -> Sequence[Span]:
    """Return the spans of a text with those of the people that it names."""
    found = list(people.find(text))
    if analysed.view is not None:
        found += mapped(people.find(analysed.view.text), analysed.view)
    known_spans = _named(analysed.spans, text, people)
    return merge(without_protected(text, [*known_spans, *found])) if found else known_spans


def _named(spans: Sequence[Span], text: str, people: People) -> Sequence[Span]:
    """Give the spans that are one of the people, found by a cue, the people's replacement."""
    by_text = people.by_text
    for span in spans:
        if literal_of(text[span.start : span.end]) in by_text:
            return [_as_known(span, text, people) for span in spans]
    return spans


def _as_known(span: Span, text: str, people: People) -> Span:
    person = people.by_text.get(literal_of(text[span.start : span.end]))
    if person is None or person.replacement == span.replacement:
        return span
    return Span(span.start, span.end, person.kind, span.score, span.recognizer, person.replacement)

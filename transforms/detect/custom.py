"""Recognizers that a file of Presidio's recognizer registry defines by patterns, a deny list and context words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import regex  # type: ignore[import-untyped]

from schemas.errors import DetectorError, RecognizerFileError
from schemas.recognizer_file import DEFAULT_FLAGS, CustomEntry, WeightedPattern
from transforms.detect.presidio_context import score_in_context
from transforms.detect.spans import Refusal, Span
from transforms.detect.triggers import ALWAYS, derive_trigger

LONGEST_SEARCH_SECONDS = 5.0
"""A pattern that takes longer on one text has failed, and its event is rejected: `regex` may backtrack."""


@dataclass(frozen=True)
class CustomRecognizer:
    """Finds what Presidio's `PatternRecognizer` of the same definition finds, without importing Presidio.

    The patterns are of the `regex` dialect, their flags `flags`; the whole match is the span. Its score, raised by
    context words, must be above 0 and reach `threshold`.
    """

    source: ClassVar[str] = "an entry of the recognizers' file"
    name: str
    kind: str
    patterns: tuple[WeightedPattern, ...]
    context: tuple[str, ...] = ()
    threshold: float = 0.0
    flags: int = DEFAULT_FLAGS
    trigger: str = field(default=ALWAYS, repr=False)

    @classmethod
    def of(cls, entry: CustomEntry) -> "CustomRecognizer":
        """Return the recognizer of an entry.

        Raises:
            RecognizerFileError: A pattern does not compile.
        """
        patterns = entry.patterns
        triggers = [pattern.regex for pattern in patterns]
        if entry.deny_list:
            words = "|".join(map(regex.escape, entry.deny_list))
            patterns += (
                WeightedPattern("deny_list", rf"(?:^|(?<=\W))({words})(?:(?=\W)|$)", entry.deny_list_score),
            )
            triggers.append(words)
        _check(entry, patterns)
        threshold = threshold_of(entry.thresholds, entry.entity)
        trigger = derive_trigger(triggers, entry.flags)
        return cls(entry.name, entry.entity, patterns, entry.context, threshold, entry.flags, trigger)

    @cached_property
    def _compiled(self) -> tuple[tuple[Any, float], ...]:
        return tuple((regex.compile(one.regex, self.flags), one.score) for one in self.patterns)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the spans of a text, pattern by pattern.

        Raises:
            DetectorError: A pattern took too long.
        """
        return (span for span in self._candidates(text) if span.score >= self.threshold)

    def refused(self, text: str) -> Iterator[Refusal]:
        """Yield what a pattern matched and its score did not suffice for."""
        for span in self._candidates(text):
            if span.score < self.threshold:
                reason = f"its score {span.score:.3g} is below the threshold {self.threshold:.3g}"
                yield Refusal(span.start, span.end, span.kind, self.name, reason)

    def _candidates(self, text: str) -> Iterator[Span]:
        for compiled, score in self._compiled:
            if score <= 0:
                continue
            for start, end in self._matches(compiled, text):
                yield Span(
                    start, end, self.kind, score_in_context(text, start, end, score, self.context), self.name
                )

    def _matches(self, compiled: Any, text: str) -> Iterable[tuple[int, int]]:
        try:
            spans = [match.span() for match in compiled.finditer(text, timeout=LONGEST_SEARCH_SECONDS)]
        except TimeoutError:
            raise DetectorError(
                f"recognizer {self.name}: a pattern took over {LONGEST_SEARCH_SECONDS} s"
            ) from None
        return [span for span in spans if span[0] < span[1]]


def threshold_of(thresholds: Mapping[str, float], entity: str) -> float:
    """Return the threshold of an entity: its own, else the recognizer's, else Presidio's default of 0."""
    return thresholds.get(entity, thresholds.get("default", 0.0))


def _check(entry: CustomEntry, patterns: Iterable[WeightedPattern]) -> None:
    for pattern in patterns:
        try:
            regex.compile(pattern.regex, entry.flags)
        except (regex.error, ValueError, OverflowError) as error:
            raise RecognizerFileError(
                f"{entry.place}: pattern {pattern.name!r} does not compile: {error}"
            ) from None

"""Logveil's recognizers as Presidio's; `transforms.detect.presidio` gives them without importing Presidio before that."""

from collections.abc import Sequence
from typing import Any

from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from schemas.errors import DetectorError
from transforms.detect.search import Recognizer, Search
from transforms.detect.spans import Span

ALL = "logveil"
"""Name of the recognizer that asks all others."""

_ENGINE = "re2"
"""Compiles a trigger in a hundredth of Hyperscan's time, scans as fast for few, and threads may share it."""


class LogveilRecognizer(LocalRecognizer):
    """Asks some of logveil's recognizers as logveil itself asks them, and unites those of their spans that overlap.

    It needs no NLP artifacts. It reads what is percent-encoded or escaped too, long texts in windows, and leaves
    alone what redaction has written: pseudonyms, tokens, truncated addresses. An explanation names who found the
    span and the source of the form, and holds nothing of the text. It pickles, and is loaded again where it is used.

    Raises:
        DetectorError: A recognizer says of no kind that it finds it.
    """

    def __init__(self, name: str, recognizers: Sequence[Recognizer], language: str = "en") -> None:
        self._recognizers = tuple(recognizers)
        self._sources = {one.name: getattr(one, "source", "") for one in recognizers}
        self._search: Search | None = None
        kinds = sorted({kind for one in recognizers for kind in kinds_of(one)})
        super().__init__(kinds, name, language)

    def load(self) -> None:
        """Compile the triggers."""
        self._search = Search(self._recognizers, _as_found, _ENGINE)

    def analyze(
        self, text: str, entities: Sequence[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return what is found of the entities asked for, all if none is named, from left to right.

        Raises:
            DetectorError: A recognizer failed on the text.
        """
        if self._search is None:
            self.load()
        assert self._search is not None
        (found,) = self._search.find([text])
        return [self._result(span) for span in found.spans if not entities or span.kind in entities]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is compiled."""
        return self.__dict__ | {"_search": None, "is_loaded": False}

    def _result(self, span: Span) -> RecognizerResult:
        by = span.recognizer
        explanation = AnalysisExplanation(by, span.score, textual_explanation=self._sources.get(by, ""))
        named = {
            RecognizerResult.RECOGNIZER_NAME_KEY: by,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return RecognizerResult(span.kind, span.start, span.end, span.score, explanation, named)


def kinds_of(recognizer: Recognizer) -> list[str]:
    """Return the kinds of personal data that a recognizer finds: its `kinds`, or its one `kind`, sorted.

    Raises:
        DetectorError: It has neither.

    Example:
        >>> from transforms.detect import CATALOG
        >>> kinds_of(next(detector for detector in CATALOG if detector.name == "ipv4"))
        ['IP_ADDRESS']
    """
    kinds: Any = getattr(recognizer, "kinds", None) or [getattr(recognizer, "kind", None)]
    if not all(isinstance(kind, str) for kind in kinds):
        raise DetectorError(
            f"recognizer {recognizer.name} says of no kind that it finds it: give it `kind` or `kinds`"
        )
    return sorted(kinds)


def _as_found(span: Span, _value: str) -> Span:
    return span

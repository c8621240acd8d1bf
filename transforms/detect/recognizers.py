"""Logveil's recognizers as a recognizer of Presidio; importing this imports Presidio's analyzer."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from schemas.errors import DetectorError
from schemas.policy.file import default_policy
from transforms.detect.catalog.network import REVERSED
from transforms.detect.configuration import Detection
from transforms.detect.search import Recognizer, Search
from transforms.detect.spans import Span

ALL = "logveil"
"""Name of the recognizer that asks all others."""

REVERSED_ADDRESS = "REVERSED_IP_ADDRESS"
"""The entity of an address that stands backwards, as in reverse DNS: it has no network in front that could be kept."""

_ENGINE = "re2"
"""Compiles triggers in a hundredth of Hyperscan's time, scans as fast for few, and threads may share it."""

_SELECTIONS = 16
"""For how many selections of entities a recognizer stays compiled."""


class LogveilRecognizer(LocalRecognizer):
    """Asks logveil's recognizers as logveil itself asks them: one scan, and spans that overlap become one.

    `recognizers` are all of the shipped policy's detection unless others are given; `supported_entities` narrows what they
    are asked for. What is not asked for is not united with what is. No NLP artifacts are needed. What is
    percent-encoded or escaped is read too, long texts are read in windows, and what redaction has written is left alone:
    pseudonyms, tokens, truncated addresses. An explanation names who found the span and where its form is defined, and holds
    nothing of the text. It pickles, and is loaded again where it is used; threads may share it.

    Raises:
        DetectorError: A recognizer says of no kind that it finds it, or none of them finds an entity.

    Example:
        >>> found = LogveilRecognizer().analyze("clone https://token@git.example.com/r.git")
        >>> [(one.entity_type, one.start, one.end) for one in found]
        [('SECRET', 14, 35)]
    """

    def __init__(
        self,
        supported_language: str = "en",
        name: str = ALL,
        supported_entities: Sequence[str] | None = None,
        recognizers: Sequence[Recognizer] | None = None,
    ) -> None:
        if recognizers is None:
            recognizers = Detection.of(default_policy()).recognizers()
        self._kinds = [(one, kinds_of(one)) for one in recognizers]
        self._sources = {one.name: getattr(one, "source", "") for one in recognizers}
        self._search: Callable[[frozenset[str]], Search] | None = None
        found = sorted(frozenset[str]().union(*(kinds for _, kinds in self._kinds)))
        if unknown := sorted(set(supported_entities or ()).difference(found)):
            raise DetectorError(
                f"recognizer {name}: it does not find {', '.join(unknown)}, but {', '.join(found)}"
            )
        super().__init__(list(supported_entities or found), name, supported_language)

    def load(self) -> None:
        """Prepare the search, whose triggers are compiled for the entities that are asked for."""
        self._search = lru_cache(maxsize=_SELECTIONS)(self._search_for)

    def analyze(
        self, text: str, entities: Collection[str] = (), nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return what is found of the entities asked for, all if none is named, from left to right.

        Raises:
            DetectorError: A recognizer failed on the text.
        """
        if self._search is None:
            self.load()
        assert self._search is not None
        asked = frozenset(kind for kind in self.supported_entities if not entities or kind in entities)
        (found,) = self._search(asked).find([text])
        return [self._result(span) for span in found.spans]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is compiled."""
        return self.__dict__ | {"_search": None, "is_loaded": False}

    def _search_for(self, entities: frozenset[str]) -> Search:
        """Return the search by those who find some of the entities, for these alone."""

        def resolve(span: Span, _value: str) -> Span | None:
            return span if span.kind in entities else None

        asked = [one for one, kinds in self._kinds if not entities.isdisjoint(kinds)]
        return Search(asked, resolve, _ENGINE)

    def _result(self, span: Span) -> RecognizerResult:
        by = span.recognizer
        explanation = AnalysisExplanation(by, span.score, textual_explanation=self._sources.get(by, ""))
        named = {
            RecognizerResult.RECOGNIZER_NAME_KEY: by,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        entity = REVERSED_ADDRESS if by == REVERSED else span.kind
        return RecognizerResult(entity, span.start, span.end, span.score, explanation, named)


def kinds_of(recognizer: Recognizer) -> frozenset[str]:
    """Return the kinds of personal data that a recognizer finds: its `kinds`, or its one `kind`.

    Raises:
        DetectorError: It has neither.

    Example:
        >>> from transforms.detect import CATALOG
        >>> kinds_of(next(detector for detector in CATALOG if detector.name == "ipv4"))
        frozenset({'IP_ADDRESS'})
    """
    kinds: Any = getattr(recognizer, "kinds", None) or [getattr(recognizer, "kind", None)]
    if not all(isinstance(kind, str) for kind in kinds):
        raise DetectorError(
            f"recognizer {recognizer.name} says of no kind that it finds it: give it `kind` or `kinds`"
        )
    return frozenset(kinds)

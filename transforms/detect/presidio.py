"""Presidio's recognizers as recognizers of this engine, and the other way; Presidio is imported only where one is used."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from schemas.errors import DetectorError, RecognizerFileError
from schemas.policy.file import default_policy
from schemas.recognizer_file import PredefinedEntry
from transforms.detect.configuration import Detection
from transforms.detect.custom import threshold_of
from transforms.detect.presidio_context import score_in_context
from transforms.detect.spans import KIND, Refusal, Span
from transforms.detect.triggers import ALWAYS, derive_trigger

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_MODELS = ("ner", "nlp_engine_recognizers", "third_party")
"""Packages of Presidio whose recognizers need an NLP model or a service."""


def logveil_recognizers(language: str = "en", detection: Detection | None = None) -> list["EntityRecognizer"]:
    """Return every detector of logveil as an `EntityRecognizer`, to be added to the registry of an `AnalyzerEngine`.

    They find the same in every language: `language` is the one that the engine is asked in. `detection` adds keys and
    recognizers; without it they are those of the shipped policy. `transforms.detect.recognizers.LogveilRecognizer` is all
    of them in one, which takes a fraction of the time.

    Raises:
        DetectorError: A recognizer of the detection says of no kind that it finds it.

    Example:
        >>> recognizers = {recognizer.name: recognizer for recognizer in logveil_recognizers()}
        >>> found = recognizers["ipv4"].analyze("from 203.0.113.77", ["IP_ADDRESS"], None)
        >>> [(one.entity_type, one.start, one.end, one.score) for one in found]
        [('IP_ADDRESS', 5, 17, 0.9)]
    """
    from transforms.detect.recognizers import LogveilRecognizer

    asked = (detection or Detection.of(default_policy())).recognizers()
    return [LogveilRecognizer(language, one.name, recognizers=[one]) for one in asked]


class PresidioRecognizer:
    """Asks a Presidio recognizer, which must work without NLP artifacts and be picklable, for its spans.

    Its thresholds and context words count as in `CustomRecognizer`. Presidio itself passes over a pattern
    that takes longer than its REGEX_TIMEOUT_SECONDS (60 by default).

    Raises:
        DetectorError: The recognizer needs an NLP model, or an entity is no upper-case name.
    """

    def __init__(self, recognizer: Any, thresholds: Mapping[str, float] | None = None) -> None:
        self.name: str = recognizer.name
        self.source = f"Presidio's {type(recognizer).__name__}"
        self._recognizer = recognizer
        self._thresholds = dict(thresholds or {})
        self._context = tuple(recognizer.context or ())
        if any(part in _MODELS for part in type(recognizer).__module__.split(".")):
            raise DetectorError(
                f"recognizer {self.name}: it needs an NLP model or a service; set enabled: false"
            )
        for entity in recognizer.supported_entities:
            if KIND.fullmatch(entity) is None:
                raise DetectorError(
                    f"recognizer {self.name}: {entity!r} is not upper-case words joined by underscores"
                )
        self.trigger = _trigger(recognizer)
        _stay_offline()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a recognizer in a worker process, which must not go to the network either."""
        self.__dict__.update(state)
        _stay_offline()

    @classmethod
    def of(cls, entry: PredefinedEntry) -> "PresidioRecognizer":
        """Return the recognizer that an entry names.

        Raises:
            RecognizerFileError: Presidio has none of the name, it refuses the settings, or it needs an NLP model.
        """
        from presidio_analyzer.recognizer_registry.recognizers_loader_utils import (
            PredefinedRecognizerNotFoundError,
            RecognizerListLoader,
        )

        settings: dict[str, Any] = {"type": "predefined", "name": entry.name, "class_name": entry.class_name}
        settings["supported_languages"] = [
            {"language": entry.language, "context": list(entry.context) or None}
        ]
        if entry.entities:
            settings["supported_entities"] = list(entry.entities)
        try:
            (made,) = RecognizerListLoader.get([settings], [entry.language], entry.flags)  # type: ignore[arg-type]
            return cls(made, entry.thresholds)
        except PredefinedRecognizerNotFoundError:
            raise RecognizerFileError(
                f"{entry.place}: Presidio has no recognizer {entry.class_name!r}"
            ) from None
        except (TypeError, ValueError, ImportError, DetectorError) as error:
            raise RecognizerFileError(f"{entry.place}: {error}") from None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the entities that the recognizer finds."""
        return tuple(self._recognizer.supported_entities)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the spans of a text.

        Raises:
            DetectorError: The recognizer failed.
        """
        return (span for span in self._candidates(text) if span.score >= self._threshold(span.kind))

    def refused(self, text: str) -> Iterator[Refusal]:
        """Yield what the recognizer found and its score did not suffice for."""
        for span in self._candidates(text):
            if span.score < self._threshold(span.kind):
                reason = f"its score {span.score:.3g} is below the threshold {self._threshold(span.kind):.3g}"
                yield Refusal(span.start, span.end, span.kind, self.name, reason)

    def _threshold(self, kind: str) -> float:
        return threshold_of(self._thresholds, kind)

    def _candidates(self, text: str) -> Iterator[Span]:
        try:
            results = self._recognizer.analyze(text, self._recognizer.supported_entities, None)
        except Exception as error:  # noqa: BLE001  (whatever others' code raises may hold the text)
            raise DetectorError(f"recognizer {self.name} failed: {type(error).__name__}") from None
        for found in results or ():
            if found.start < found.end:
                score = score_in_context(text, found.start, found.end, found.score, self._context)
                yield Span(found.start, found.end, found.entity_type, score, self.name)


def _trigger(recognizer: Any) -> str:
    from presidio_analyzer import PatternRecognizer

    if getattr(type(recognizer), "analyze", None) is not PatternRecognizer.analyze:
        return ALWAYS
    patterns = [pattern.regex for pattern in recognizer.patterns]
    return derive_trigger(patterns, int(recognizer.global_regex_flags))


def _stay_offline() -> None:
    """Give tldextract, which the e-mail and URL recognizers ask, its shipped list in place of a download."""
    import tldextract.tldextract as shared

    shared.TLD_EXTRACTOR = shared.TLDExtract(cache_dir=None, suffix_list_urls=())

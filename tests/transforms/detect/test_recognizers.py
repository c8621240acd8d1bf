"""Logveil's detectors in Presidio's engine find what they find in logveil's."""

import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

from schemas.errors import DetectorError
from schemas.policy.file import default_policy
from tests.acme_detectors import TICKET
from tests.transforms.detect.test_catalog import unmarked
from transforms.detect import CATALOG, Detection, Detector, Span
from transforms.detect.catalog.network import REVERSED
from transforms.detect.keyed import KEYED
from transforms.detect.presidio import logveil_recognizers
from transforms.detect.recognizers import REVERSED_ADDRESS, LogveilRecognizer
from transforms.detect.vocabulary import Vocabulary


def engine_of(*recognizers: LogveilRecognizer) -> AnalyzerEngine:
    """Return an engine that asks these recognizers alone and runs no language model."""
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    return AnalyzerEngine(RecognizerRegistry(list(recognizers)), nlp)


@pytest.fixture(scope="module")
def recognizers() -> dict[str, LogveilRecognizer]:
    return {recognizer.name: recognizer for recognizer in logveil_recognizers()}


@pytest.fixture(scope="module")
def engine(recognizers: dict[str, LogveilRecognizer]) -> AnalyzerEngine:
    return engine_of(*recognizers.values())


def _cases() -> Iterator[object]:
    for detector in CATALOG:
        for index, text in enumerate((*detector.examples, *detector.counter_examples, detector.boundary)):
            yield pytest.param(detector, text, id=f"{detector.name}-{index}")


def test_every_detector_of_the_catalogue_is_given_with_what_it_finds(
    recognizers: dict[str, LogveilRecognizer],
) -> None:
    given = {name: recognizer.supported_entities for name, recognizer in recognizers.items()}

    assert {detector.name: [detector.kind] for detector in CATALOG}.items() <= given.items()
    assert set(given) == {recognizer.name for recognizer in Detection.of(default_policy()).recognizers()}


@pytest.mark.parametrize(("detector", "marked"), list(_cases()))
def test_an_analyzer_engine_finds_what_the_cases_of_a_detector_mark_and_nothing_else(
    recognizers: dict[str, LogveilRecognizer], detector: Detector, marked: str
) -> None:
    text, expected = unmarked(marked)

    found = engine_of(recognizers[detector.name]).analyze(text, "en")

    entity = REVERSED_ADDRESS if detector.name == REVERSED else detector.kind
    assert sorted((one.entity_type, one.start, one.end, one.score) for one in found) == [
        (entity, start, end, detector.score) for start, end in expected
    ]


@pytest.mark.parametrize("detector", CATALOG, ids=lambda detector: detector.name)
def test_no_marked_character_is_missed_where_all_recognizers_are_asked_at_once(
    engine: AnalyzerEngine, detector: Detector
) -> None:
    for marked in (*detector.examples, detector.boundary):
        text, expected = unmarked(marked)
        covered = {at for one in engine.analyze(text, "en") for at in range(one.start, one.end)}
        assert {at for start, end in expected for at in range(start, end)} <= covered


def test_a_value_is_found_by_the_key_before_it_under_the_aliases_of_the_policy(
    engine: AnalyzerEngine,
) -> None:
    found = engine.analyze("loginUin=100012345678 用户名：qiaolin", "en")

    assert {(one.entity_type, one.start, one.end) for one in found} == {
        ("UIN", 9, 21),
        ("USERNAME", 26, 33),
    }


def test_the_keyed_recognizer_says_of_every_kind_that_its_keys_name(
    recognizers: dict[str, LogveilRecognizer],
) -> None:
    kinds = Vocabulary({"passport-alias": "PASSPORT_ALIAS"}).kinds

    assert {"UIN", "USERNAME", "SECRET", "PASSPORT_ALIAS"} <= kinds
    assert set(recognizers[KEYED].supported_entities) == kinds - {"PASSPORT_ALIAS"}


def test_only_the_entities_that_are_asked_for_are_answered(engine: AnalyzerEngine) -> None:
    found = engine.analyze("user=anna mail a.smith@example.com", "en", entities=["EMAIL"])

    assert [(one.entity_type, one.start, one.end) for one in found] == [("EMAIL", 15, 34)]


def test_what_is_encoded_is_read_and_what_redaction_wrote_is_left_alone(engine: AnalyzerEngine) -> None:
    encoded = "mail=a.smith%40example.com"

    assert [(one.start, one.end) for one in engine.analyze(encoded, "en")] == [(5, len(encoded))]
    assert engine.analyze("user=usr_1_c3lhkz3nubgk36ljmayr ip=203.0.113.0/24 mail=<EMAIL>", "en") == []


def test_an_explanation_names_the_source_of_the_form_and_holds_nothing_of_the_text(
    recognizers: dict[str, LogveilRecognizer],
) -> None:
    text = "mail a.smith@example.com"
    (found,) = engine_of(recognizers["email"]).analyze(text, "en", return_decision_process=True)
    (email,) = (detector for detector in CATALOG if detector.name == "email")

    explained = found.analysis_explanation.to_dict()
    assert (explained["recognizer"], explained["textual_explanation"]) == ("email", email.source)
    assert "smith" not in repr(explained)
    assert set(found.recognition_metadata) == {"recognizer_name", "recognizer_identifier"}


def test_one_recognizer_of_all_unites_what_overlaps_as_logveil_does(engine: AnalyzerEngine) -> None:
    text = "jdbc via mysql://app:s3cret@db.example.com/x"
    together = engine_of(LogveilRecognizer())

    assert [(one.entity_type, one.start, one.end) for one in together.analyze(text, "en")] == [
        ("SECRET", 17, 42)
    ]
    assert len(engine.analyze(text, "en")) > 1
    assert set(together.get_supported_entities("en")) == set(engine.get_supported_entities("en"))


def test_one_recognizer_of_all_finds_what_the_redactor_finds() -> None:
    together = engine_of(LogveilRecognizer())
    redactor = Detection.of(default_policy()).build()

    for detector in CATALOG:
        for marked in (*detector.examples, *detector.counter_examples, detector.boundary):
            text, _ = unmarked(marked)
            found = together.analyze(text, "en", return_decision_process=True)
            expected = redactor.find(text)
            assert sorted((one.start, one.end, one.entity_type) for one in found) == [
                (span.start, span.end, REVERSED_ADDRESS if span.recognizer == REVERSED else span.kind)
                for span in expected
            ]
            assert {one.analysis_explanation.recognizer for one in found} == {
                span.recognizer for span in expected
            }


def test_what_is_not_asked_for_hides_nothing_that_is() -> None:
    text = "clone https://token@git.example.com/r.git"
    together = engine_of(LogveilRecognizer())

    assert [(one.entity_type, one.start, one.end) for one in together.analyze(text, "en")] == [
        ("SECRET", 14, 35)
    ]
    assert [
        (one.entity_type, one.start, one.end) for one in together.analyze(text, "en", entities=["EMAIL"])
    ] == [("EMAIL", 14, 35)]


def test_a_registry_file_of_presidio_names_the_recognizer_and_narrows_it(tmp_path: Path) -> None:
    file = tmp_path / "registry.yaml"
    file.write_text(
        "supported_languages: [en]\n"
        "recognizers:\n"
        "  - {name: Logs, class_name: LogveilRecognizer, type: predefined,\n"
        "     supported_entities: [EMAIL, UIN], score_thresholds: {EMAIL: 0.1}}\n"
    )
    registry = RecognizerRegistryProvider(conf_file=file).create_recognizer_registry()
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])

    found = AnalyzerEngine(registry, nlp).analyze(
        "mail a@example.com uin=100012345678 from 203.0.113.7", "en"
    )

    assert sorted(one.entity_type for one in found) == ["EMAIL", "UIN"]
    assert [one.name for one in registry.recognizers] == ["Logs"]


def test_an_entity_that_no_recognizer_finds_is_refused(recognizers: dict[str, LogveilRecognizer]) -> None:
    (ipv4,) = (detector for detector in CATALOG if detector.name == "ipv4")

    with pytest.raises(DetectorError) as caught:
        LogveilRecognizer("en", "mine", ["EMAIL_ADDRESS", "IP_ADDRESS"], [ipv4])

    assert str(caught.value) == "recognizer mine: it does not find EMAIL_ADDRESS, but IP_ADDRESS"


def test_threads_share_an_engine() -> None:
    together = engine_of(LogveilRecognizer())
    texts = [unmarked(marked)[0] for detector in CATALOG for marked in detector.examples]

    def find(text: str) -> list[str]:
        return list(map(str, together.analyze(text, "en")))

    alone = list(map(find, texts))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(find, texts)) == alone


def test_a_recognizer_is_of_the_language_that_its_engine_is_asked_in() -> None:
    nlp = NoOpNlpEngine(models=[{"lang_code": "zh", "model_name": "none"}])
    registry = RecognizerRegistry(logveil_recognizers("zh"), supported_languages=["zh"])
    engine = AnalyzerEngine(registry, nlp, supported_languages=["zh"])

    found = engine.analyze("联系电话：13800138000", "zh")
    assert {(one.start, one.end) for one in found} == {(5, 16)}


def test_detectors_beyond_the_catalogue_come_along() -> None:
    extra = Detection(extra=(TICKET,))

    engine = engine_of(*logveil_recognizers(detection=extra))

    assert [(one.entity_type, one.start, one.end) for one in engine.analyze("see ACME-1234", "en")] == [
        ("TICKET", 4, 13)
    ]


def test_a_recognizer_reaches_another_process_through_a_pickle(
    recognizers: dict[str, LogveilRecognizer],
) -> None:
    text = "from 203.0.113.77"
    recognizers["ipv4"].analyze(text, [])

    arrived = pickle.loads(pickle.dumps(recognizers["ipv4"]))

    assert not arrived.is_loaded
    assert [(one.start, one.end) for one in arrived.analyze(text, ["IP_ADDRESS"])] == [(5, 17)]


class _Nameless:
    name = "nameless"
    trigger = "a"

    def find(self, text: str) -> list[Span]:
        return []


def test_a_recognizer_that_says_of_no_kind_that_it_finds_it_is_refused() -> None:
    message = "recognizer nameless says of no kind that it finds it: give it `kind` or `kinds`"

    with pytest.raises(DetectorError, match=f"^{re.escape(message)}$"):
        LogveilRecognizer(recognizers=[_Nameless()])

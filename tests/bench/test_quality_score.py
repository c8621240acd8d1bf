import doctest
from importlib import import_module

import pytest
from quality_forms import Mark
from quality_samples import Sample, event_samples
from quality_score import Score, score, words
from quality_tables import missed_targets

MODULES = ["quality_align", "quality_samples", "quality_score", "quality_real"]
EMPTY = {
    "url": "",
    "application_description": "",
    "dns_domain_name": "",
    "error_message": "",
    "output": "",
    "single_step_debugging_information": "",
    "uin": "100001",
    "username": "bob",
    "ip_address": "10.0.0.1",
    "client_ip": "10.0.0.2",
    "source_ip": "10.0.0.3",
}


def sample(text: str, *spans: Mark, natural: tuple[Mark, ...] = (), decoys: tuple[Mark, ...] = ()) -> Sample:
    return Sample("7/nested", 1, "description", text, spans, natural, decoys, ())


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_hold(module: str) -> None:
    result = doctest.testmod(import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("after", "left"),
    [
        pytest.param("user <USERNAME> ok", 0, id="gone"),
        pytest.param("user bob.lee ok", 1, id="untouched"),
        pytest.param("user <USERNAME>.lee ok", 1, id="its end is left"),
        pytest.param("user <USERNAME>. ok", 0, id="swallowed with what is behind it"),
    ],
)
def test_a_value_is_found_only_when_no_character_is_left(after: str, left: int) -> None:
    before = "user bob.lee ok" if left or "." not in after else "user bob.lee. ok"
    result = score([sample(before, Mark(5, 12, "USERNAME", "own"))], [after])
    assert result.spans["USERNAME", "own"] == 1
    assert result.left["USERNAME", "own"] == left


def test_lost_words_are_counted_outside_personal_values_only() -> None:
    text = "2026-03-01 bob at 10.1.2.3 done"
    spans, natural = Mark(11, 14, "USERNAME", "own"), Mark(18, 26, "IP_ADDRESS", "")
    result = score([sample(text, spans, natural=(natural,))], ["<DATE> <USERNAME> at <IP_ADDRESS> done"])
    assert dict(result.lost) == {"DATE": 3}
    assert result.words == 10


def test_a_word_glued_to_a_value_is_lost_when_it_is_taken_along() -> None:
    result = score([sample("mail=a@b.cd", Mark(5, 11, "EMAIL_ADDRESS", "own"))], ["<EMAIL>"])
    assert dict(result.lost) == {"EMAIL": 1}
    assert result.left.total() == 0


def test_lost_decoys_are_counted_by_kind_and_as_lost_words() -> None:
    text = "version 1.2.3.400"
    result = score([sample(text, decoys=(Mark(8, 17, "DECOY_VERSION", ""),))], ["version <IP_ADDRESS>"])
    assert result.decoys_lost["DECOY_VERSION"] == 1
    assert result.lost.total() == 4


def test_examples_hold_coordinates_and_no_text() -> None:
    result = score([sample("user bob", Mark(5, 8, "USERNAME", "own"))], ["user bob"])
    [example] = result.examples_left["USERNAME", "own"]
    assert example.coordinates() == "7/nested:1:description:5-8"


def test_an_object_is_read_as_its_json_text_with_labels_moved_along() -> None:
    event = EMPTY | {"description": {"log": ['say "bob"', 2], "ok": True}}
    label = {
        "line": 4,
        "spans": [
            {"field": ["description", "log", 0], "start": 5, "end": 8, "entity": "USERNAME", "sub": "own"}
        ],
        "natural": [],
        "decoys": [],
    }
    [only] = event_samples("7/nested", event, label)
    assert only.text == '{"log":["say \\"bob\\"",2],"ok":true}'
    [span] = only.spans
    assert only.text[span.start : span.end] == "bob"


def test_labels_of_other_fields_are_not_taken() -> None:
    event = EMPTY | {"description": "bob", "output": "bob was here"}
    label = {
        "line": 4,
        "spans": [{"field": "output", "start": 0, "end": 3, "entity": "USERNAME", "sub": "own"}],
        "natural": [],
        "decoys": [],
    }
    description, output = event_samples("7/nested", event, label)
    assert (len(description.spans), len(output.spans)) == (0, 1)


def test_words_end_at_han_characters_and_at_values() -> None:
    text = "错误error1 ab"
    found = [text[start:end] for start, end, _ in words(text, [Mark(9, 10, "X", "")])]
    assert found == ["错误", "error1", "a", "b"]


def test_targets_name_every_figure_that_is_missed() -> None:
    result = Score(words=1000)
    result.spans["UIN", "own"] = 100
    result.left["UIN", "own"] = 2
    result.lost["DATE"] = 6
    assert missed_targets(result) == [
        "recall 98.00 % is under 99.5 %",
        "UIN: 2 of 100 left, recall under 99 %",
        "0.60 % of the words lost, over 0.5 %",
    ]


def test_targets_are_met_at_their_edge() -> None:
    result = Score(words=1000)
    result.spans["UIN", "own"] = 200
    result.left["UIN", "own"] = 1
    result.lost["DATE"] = 5
    assert missed_targets(result) == []

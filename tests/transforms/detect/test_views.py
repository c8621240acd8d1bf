import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.detect.scan import compile_scan
from transforms.detect.views import TRIGGER, decode

CASES = [
    pytest.param("a%40b", "a@b", id="percent"),
    pytest.param("a%2540b", "a@b", id="percent twice"),
    pytest.param("%E5%BC%A0", "张", id="percent of UTF-8"),
    pytest.param(r"\u0061\u0040", "a@", id="unicode escapes"),
    pytest.param(r"{\"a\":\"b\"}", '{"a":"b"}', id="JSON in a string"),
    pytest.param(r"{\\\"a\\\":1}", '{"a":1}', id="JSON in a string in a string"),
    pytest.param("a&#64;b&#x40;&amp;", "a@b@&", id="HTML entities"),
    pytest.param("\x1b[31mred\x1b[0m", "red", id="ANSI colours"),
    pytest.param("a\u200bb\ufeffc\u202ed", "abcd", id="invisible characters"),
    pytest.param("１３８ＡＢ＠．", "138AB@.", id="full width"),
    pytest.param("٣٤", "34", id="Arabic-Indic digits"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_escapes_are_read_as_what_they_stand_for(text: str, expected: str) -> None:
    view = decode(text)

    assert view is not None
    assert view.text == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_trigger_occurs_in_every_encoded_text(text: str, expected: str) -> None:
    _, scan = compile_scan([TRIGGER])

    assert scan([text, expected]) == [1, 0]


def test_offsets_lead_back_to_the_original() -> None:
    text = "x=%E5%BC%A0!\u200bq"
    view = decode(text)

    assert view is not None
    assert view.original(2, 3) == (2, 11)
    assert view.original(4, 5) == (13, 14)


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=repr(text)) for text in ("", "plain", "用户：张伟", "100%", "a\\b")]
)
def test_plain_text_has_no_view(text: str) -> None:
    assert decode(text) is None


@pytest.mark.parametrize(
    "text",
    ["%", "%4", "%ff%fe", "\\u12", "&#;", "&#99999999;", "&#1114112;", "\x1b[", "\ud800%41", "\\ud800"],
)
def test_broken_escapes_do_no_harm(text: str) -> None:
    view = decode(text)

    assert view is None or all(view.original(at, at + 1) for at in range(len(view.text)))


PIECES = [
    "%",
    "%41",
    "%2540",
    "%E5%BC%A0",
    "\\u0061",
    "\\n",
    "\\\\",
    "&#64;",
    "&amp;",
    "&lt",
    ";",
    "\u200b",
    "\x1b[0m",
    "Ａ",
    "٣",
    "a",
    "用",
    "25",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_each_character_of_a_view_stands_for_a_stretch_that_reads_as_it_does(text: str) -> None:
    view = decode(text)
    assume(view is not None)
    assert view is not None
    end = 0
    for at, character in enumerate(view.text):
        start, end_before = view.original(at, at + 1)[0], end
        end = view.original(at, at + 1)[1]
        alone = decode(text[start:end])
        assert end_before <= start < end <= len(text)
        assert (text[start:end] if alone is None else alone.text) == character
        assert view.original(0, at + 1) == (view.original(0, 1)[0], end)

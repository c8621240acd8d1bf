import unicodedata

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


COMPOSED = [
    pytest.param("Mu\u0308ller", "M\u00fcller", id="accent"),
    pytest.param("mu%CC%88ller", "m\u00fcller", id="percent-encoded accent"),
    pytest.param("nguye\u0302\u0303n", "nguy\u1ec5n", id="two accents"),
    pytest.param("o\u0301\u0323", "\u1ecd\u0301", id="accents in another order"),
    pytest.param("\u1112\u1161\u11ab", "\ud55c", id="Hangul"),
    pytest.param("\u212b", "\u00c5", id="one character for another"),
    pytest.param("\u0958", "\u0915\u093c", id="a letter that Unicode writes as two"),
    pytest.param("e\u0301" * 3, "\u00e9" * 3, id="in a row"),
]


@pytest.mark.parametrize(("text", "expected"), COMPOSED)
def test_letters_are_read_with_their_marks(text: str, expected: str) -> None:
    view = decode(f"a {text}/b")

    assert view is not None
    assert view.text == f"a {expected}/b"
    assert view.original(2, 2 + len(expected)) == (2, 2 + len(text))


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_text_is_read_alike_composed_and_decomposed(text: str) -> None:
    whole = unicodedata.normalize("NFC", text)
    view = decode(unicodedata.normalize("NFD", whole))

    assert view is None or view.text == (whole if (of_whole := decode(whole)) is None else of_whole.text)


def test_a_letter_with_marks_without_end_is_read_in_parts() -> None:
    view = decode("e" + "\u0301\u0323" * 20_000)

    assert view is not None
    assert view.text.startswith("\u1eb9")
    assert view.original(len(view.text) - 1, len(view.text))[1] == 40_001


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=repr(text))
        for text in ("", "plain", "m\u00fcller", "q\u0303", "用户：张伟", "100%", "a\\b")
    ],
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
    "e\u0301",
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

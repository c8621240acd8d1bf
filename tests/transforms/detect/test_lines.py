import re

import pytest

from transforms.detect import CATALOG, Span, TextRedactor
from transforms.detect.formats import shipped_formats
from transforms.detect.lines import stays_in_line
from transforms.detect.scan import ENGINES
from transforms.detect.search import Search


@pytest.mark.parametrize(
    "pattern",
    [
        r"a\nb",
        r"a[\n\r]",
        r"a\s{0,3}b",
        r"[^a]",
        r"(?:a|\W)",
        r"(a\D)+",
        r"a\Sb(?>\s)",
        r"a(?=\s+b)",
        r"(?<!\n\n)a",
        r"(?s:a.)",
        r"[\t-\r]",
        r"^a",
        r"a$",
        r"(a)(?(1)b|c)",
    ],
)
def test_a_pattern_that_may_reach_beyond_its_line_reads_the_whole_text(pattern: str) -> None:
    assert not stays_in_line(re.compile(pattern, re.ASCII))


@pytest.mark.parametrize(
    "pattern",
    [
        r"\ba.[^\s,]*\Z",
        r"(?<=\s)a(?!\s)",
        r"(?<![\w.])(?P<q>['\"])[a-z]{1,9}(?P=q)",
        r"(?i:a|[b-d]+?)",
        r"(?<=ab)c",
        r"(?m)^a",
        r"(?m)a$",
    ],
)
def test_a_pattern_that_stays_in_its_line_reads_no_other(pattern: str) -> None:
    assert stays_in_line(re.compile(pattern, re.ASCII))


def test_most_of_the_catalogue_reads_lines() -> None:
    whole = {detector.name for detector in CATALOG if not detector.stays_in_line}

    assert "private_key" in whole
    assert len(whole) < len(CATALOG) / 5


def test_every_format_reads_lines() -> None:
    assert [one.name for one in shipped_formats() if not one.stays_in_line] == []


def reading_lines() -> tuple[TextRedactor, list[str]]:
    """Return a redactor whose one recognizer takes the first x of a line, and the list of the lines that it was given."""
    asked: list[str] = []

    class Reading:
        name, trigger, stays_in_line = "reading", "x", True

        def find(self, text: str, start: int = 0, end: int = 1 << 60) -> list[Span]:
            asked.append(text[start:end])
            first = text.index("x", start)
            return [Span(first, first + 1, "X", 0.5, self.name)]

    redactor = TextRedactor(Search([Reading()], lambda span, _value: span))
    return redactor, asked


def test_a_recognizer_of_lines_is_asked_for_those_with_its_trigger() -> None:
    redactor, asked = reading_lines()

    assert (
        redactor.redact(["x one\ntwo\nx\n\nx last", "no", "x only"], [()] * 3)[0].text
        == "<X> one\ntwo\n<X>\n\n<X> last"
    )
    assert asked == ["x one\n", "x\n", "x last", "x only"]


def test_of_a_decoded_text_the_lines_that_differ_are_read_again() -> None:
    redactor, asked = reading_lines()

    assert redactor.redact(["x one\n%78\nx two\\nx three\n\u200bx\nx"], [()])[0].text == (
        "<X> one\n<X>\n<X> two\\n<X> three\n\u200b<X>\n<X>"
    )
    assert asked == ["x one\n", "x two\\nx three\n", "\u200bx\n", "x", "x\n", "x two\n", "x three\n", "x\n"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trigger_that_reaches_over_lines_occurs_in_a_text_of_several(engine: str) -> None:
    class Reading:
        name, trigger = "reading", r"a[^0-9]+b"

        def find(self, text: str) -> list[Span]:
            return [Span(*match.span(), "X", 0.5, self.name) for match in re.finditer(r"a\s+b", text)]

    redactor = TextRedactor(Search([Reading()], lambda span, _value: span, engine))

    assert [one.text for one in redactor.redact(["1 a\n\n b", "a\n1b", "a", "b"], [()] * 4)] == [
        "1 <X>", "a\n1b", "a", "b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "sid=1",
        "user anna from 10.0.0.1",
        "<user>\nbob</user>",
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    ],
)
def test_lines_of_one_text_are_redacted_as_texts_of_their_own(line: str, redactor: TextRedactor) -> None:
    alone = redactor.redact([line], [()])[0].text

    assert redactor.redact([f"a\n{line}\n\nb"], [()])[0].text == f"a\n{alone}\n\nb"

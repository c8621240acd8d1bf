import pytest

from transforms.detect.scan import ENGINES, compile_scan
from transforms.detect.spans import PROTECTED, RedactedText, Span, merge, replace, without_protected


def span(start: int, end: int, kind: str, score: float = 0.5) -> Span:
    return Span(start, end, kind, score, kind.lower())


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([span(0, 4, "A"), span(2, 6, "B", 0.9)], [(0, 6, "B")], id="partial"),
        pytest.param([span(0, 9, "A"), span(2, 4, "B", 0.9)], [(0, 9, "B")], id="nested"),
        pytest.param([span(0, 4, "A"), span(4, 6, "B")], [(0, 4, "A"), (4, 6, "B")], id="adjacent"),
        pytest.param([span(0, 4, "B"), span(0, 4, "A")], [(0, 4, "A")], id="equal"),
        pytest.param(
            [span(0, 4, "A"), span(3, 6, "B"), span(5, 9, "C", 0.9)], [(0, 9, "C")], id="a chain of overlaps"
        ),
        pytest.param(
            [span(0, 9, "A"), span(1, 2, "B"), span(8, 12, "C")], [(0, 12, "A")], id="behind a nested one"
        ),
    ],
)
def test_overlapping_spans_are_replaced_as_one(
    spans: list[Span], expected: list[tuple[int, int, str]]
) -> None:
    assert [(one.start, one.end, one.kind) for one in merge(spans)] == expected
    assert merge(reversed(spans)) == merge(spans)


def test_each_kind_is_counted() -> None:
    spans = [span(0, 1, "B"), span(2, 3, "A"), span(4, 5, "B")]

    assert replace("a b c d", spans) == RedactedText("<B> <A> <B> d", (("A", 1), ("B", 2)))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("usr_1_k3vabcdefghijklmn234", id="pseudonym"),
        pytest.param("<EMAIL>", id="token"),
        pytest.param("203.0.113.0/24", id="v4 network"),
        pytest.param("2001:db8:1::/48", id="v6 network"),
    ],
)
def test_what_redaction_wrote_is_not_redacted_again(written: str) -> None:
    text = f"x {written} y"

    assert without_protected(text, [span(2, 2 + len(written), "ANY")]) == []
    assert [compile_scan([PROTECTED], engine)[1]([text, "x"]) for engine in ENGINES] == [[1, 0]] * len(
        ENGINES
    )


def test_a_pseudonym_with_a_prefix_that_is_not_ours_is_redacted() -> None:
    assert without_protected("usr_ abc_1_k3vabcdefghijklmn234", [found := span(5, 31, "ANY")]) == [found]


def test_what_stands_beside_a_token_is_still_redacted() -> None:
    pieces = without_protected("bob <EMAIL> li", [span(0, 14, "PERSON")])

    assert [(piece.start, piece.end) for piece in pieces] == [(0, 3), (12, 14)]

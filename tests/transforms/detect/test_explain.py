"""Why a stretch of a text is replaced, and why another is not: with simple detectors, so that each reason is alone."""

from collections.abc import Sequence

import pytest

from schemas.policy.policy import Treatment
from transforms.detect import Detector, Known, Recognizer, Span, TextRedactor
from transforms.detect.explain import (
    CUE_NEEDED,
    NO_MATCH,
    OWN_FIELD,
    PROTECTED,
    UNCHANGED,
    Taken,
    TextExplanation,
    explain_text,
)
from transforms.detect.search import Search
from transforms.detect.spans import Refusal
from transforms.detect.triggers import ALWAYS


def detector(name: str, pattern: str, **more: object) -> Detector:
    return Detector(
        name, name.upper(), pattern, more.pop("trigger", pattern), f"source of {name}", (), (), "", **more
    )  # type: ignore[arg-type]


def unresolved(span: Span, value: str) -> Span | None:
    return None if value == "same" else span


def explained(
    text: str, *recognizers: Recognizer, known: Sequence[Known] = (), url: bool = False
) -> TextExplanation:
    return explain_text(TextRedactor(Search(recognizers, unresolved)), text, known, url)


def test_what_is_taken_is_told_with_kind_score_treatment_and_source() -> None:
    assert explained("a 12 b", detector("digits", "[0-9]+", score=0.7)) == TextExplanation(
        "a 12 b",
        "a <DIGITS> b",
        (Taken(2, 4, "DIGITS", "digits", 0.7, "<DIGITS>", Treatment.REDACT_TEXT, "source of digits"),),
        (),
    )


def test_a_match_that_its_check_refuses_is_told() -> None:
    odd = detector("digits", "[0-9]+", check=lambda match: int(match[0]) % 2 == 0)

    assert explained("12 13", odd).not_taken == (
        Refusal(3, 5, "DIGITS", "digits", "its check refused the match"),
    )


def test_a_trigger_without_a_match_is_told_where_it_occurs() -> None:
    one = detector("user", r"user=\w+", trigger="user")

    assert explained("é user: x", one).not_taken == (Refusal(2, 6, "USER", "user", NO_MATCH),)


def test_a_trigger_beside_what_its_detector_found_is_not_told() -> None:
    one = detector("user", r"user=(?P<value>\w+)", trigger="user")

    assert explained("user=x", one).not_taken == ()


def test_a_trigger_that_occurs_in_every_text_is_not_told() -> None:
    assert explained("x", detector("user", "user", trigger=ALWAYS)).not_taken == ()


def test_a_span_that_a_better_one_swallows_is_told_with_both_scores() -> None:
    weak, strong = detector("weak", "[0-9]{2}", score=0.5), detector("strong", "[0-9]{4}", score=0.9)
    found = explained("1234", weak, strong)

    assert [(one.recognizer, one.becomes) for one in found.taken] == [("strong", "<STRONG>")]
    assert found.not_taken == (
        Refusal(0, 2, "WEAK", "weak", "united with STRONG of strong, whose score is 0.9 against 0.5"),
        Refusal(2, 4, "WEAK", "weak", "united with STRONG of strong, whose score is 0.9 against 0.5"),
    )


def test_what_redaction_itself_wrote_is_told_as_protected() -> None:
    found = explained("<EMAIL> x", detector("capitals", "<?[A-Z]+>?"))

    assert found.taken == ()
    assert found.not_taken == (Refusal(0, 7, "CAPITALS", "capitals", PROTECTED),)


def test_a_value_that_its_treatment_leaves_as_it_is_is_told() -> None:
    assert explained("same", detector("word", "[a-z]+")).not_taken == (
        Refusal(0, 4, "WORD", "word", UNCHANGED),
    )


def test_the_events_own_people_are_told_as_such_also_where_a_detector_found_them_too() -> None:
    people = (Known("zhang.wei", "usr_1_z", "USERNAME"),)
    found = explained("by zhang.wei", detector("by", "by (?P<value>[a-z.]+)", trigger="by"), known=people)

    assert found.taken == (
        Taken(3, 12, "USERNAME", "own_people", 0.99, "usr_1_z", Treatment.PSEUDONYMISE, OWN_FIELD),
    )
    assert found.not_taken == (
        Refusal(3, 12, "BY", "by", "united with USERNAME of own_people, whose score is 0.99 against 0.8"),
    )


@pytest.mark.parametrize("name", ["li", "root"])
def test_a_short_or_common_own_name_is_told_as_wanting_a_cue(name: str) -> None:
    assert explained(f"x {name} y", known=(Known(name, "usr_1_l", "USERNAME"),)).not_taken == (
        Refusal(2, 2 + len(name), "USERNAME", "own_people", CUE_NEEDED),
    )


def test_what_stands_encoded_is_told_at_its_place_in_the_original() -> None:
    found = explained("x%31%32", detector("digits", "x(?P<value>[0-9]+)", trigger="x[0-9]"))

    assert [(one.start, one.end) for one in found.taken] == [(1, 7)]
    assert found.redacted == "x<DIGITS>"


def test_the_parts_of_a_url_are_told() -> None:
    found = explained("https://h.example/?q=x", url=True)

    assert [(one.kind, one.reason) for one in found.taken] == [
        ("QUERY_VALUE", "this part of a URL goes whatever it looks like")
    ]


def test_an_explanation_ends_in_what_the_redactor_gives(redactor: TextRedactor) -> None:
    people = (Known("zhang.wei", "usr_1_zzzzzzzzzzzzzzzzzzzz", "USERNAME"),)
    texts = ["by zhang%2Ewei from 203.0.113.7", "user=bob &#64; a\u200b@b.cn", "", "card 4111 1111 1111 1111"]

    assert [explain_text(redactor, text, people).redacted for text in texts] == [
        one.text for one in redactor.redact(texts, [people] * 4)
    ]
    assert [explain_text(redactor, text, people, url=True).redacted for text in texts] == [
        one.text for one in redactor.redact_url(texts, [people] * 4)
    ]


def test_a_longer_text_than_a_window_is_explained(redactor: TextRedactor) -> None:
    text = "x " * 40_000 + "mail a.b@example.com"

    assert [one.kind for one in explain_text(redactor, text).taken] == ["EMAIL"]

import pytest
from quality_align import align


def left(before: str, after: str, personal: str = "") -> str:
    start = before.find(personal)
    marks = [(start, start + len(personal))] if personal else []
    alignment = align(before, after, marks)
    return "".join(character if kept else "·" for character, kept in zip(before, alignment.kept, strict=True))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("user bob in", "user <USERNAME> in", "user ··· in", id="angle brackets"),
        pytest.param("user bob in", "user [USER_1] in", "user ··· in", id="datafog's brackets"),
        pytest.param("user bob in", "user {{NAME}} in", "user ··· in", id="scrubadub's braces"),
        pytest.param("user bob in", "user usr_1_" + "a" * 20 + " in", "user ··· in", id="pseudonym"),
        pytest.param("at 10.1.2.3:80", "at 10.1.2.0/24:80", "at ········:80", id="truncated v4"),
        pytest.param("at fe80:1:2:3::4.", "at fe80:1:2::/48.", "at ·············.", id="truncated v6"),
        pytest.param("bob", "<USERNAME>", "···", id="everything"),
        pytest.param("bob ann", "<USERNAME><USERNAME>", "·······", id="adjacent tokens are one"),
        pytest.param("x=bob", "x=<USERNAME>b", "x=··b", id="a fragment behind the token is left"),
        pytest.param("x=bob", "x=b<USERNAME>", "x=b··", id="a fragment before the token is left"),
        pytest.param(
            "in <INIT> for bob", "in <INIT> for <USERNAME>", "in <INIT> for ···", id="token in text"
        ),
        pytest.param("10.1.2.0/24 bob", "10.1.2.0/24 <USERNAME>", "10.1.2.0/24 ···", id="network in text"),
        pytest.param("a?k=v", "a", "a····", id="cut off without a token"),
        pytest.param("a b c", "a b c", "a b c", id="nothing"),
    ],
)
def test_characters_outside_replaced_stretches_are_kept(before: str, after: str, expected: str) -> None:
    assert left(before, after) == expected


def test_of_several_readings_the_one_without_the_personal_value_is_taken() -> None:
    assert left("q7 7 z", "<KIND>7<KIND>") == "···7··"
    assert left("q7 7 z", "<KIND>7<KIND>", "7 z") == "·7····"


def test_of_equal_readings_the_one_that_cuts_no_word_is_taken() -> None:
    assert left("p a ba q", "<KIND>a<KIND>") == "··a·····"


def test_tokens_that_touch_may_stand_for_one_character() -> None:
    assert align("x", "<KIND><OTHER>").exact


def test_an_output_that_tokens_do_not_explain_is_compared_by_character() -> None:
    alignment = align("user bob in", "USER <USERNAME> in")
    assert not alignment.exact
    assert bytes(alignment.kept[5:8]) == bytes(3)


def test_gaps_name_what_was_replaced_and_by_which_token() -> None:
    before = "from 10.1.2.3 by bob"
    gaps = align(before, "from 10.1.2.0/24 by <USERNAME>").gaps
    assert [(before[gap.start : gap.end], gap.token) for gap in gaps] == [
        ("10.1.2.3", "10.1.2.0/24"),
        ("bob", "<USERNAME>"),
    ]

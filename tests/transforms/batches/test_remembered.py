import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.batches.remembered import LONGEST, Remembered


@given(texts=st.lists(st.sampled_from("abcdef")), limit=st.integers(1, 4))
def test_what_is_remembered_is_what_would_be_made_and_bounded(texts: list[str], limit: int) -> None:
    remembered = Remembered(str.upper, limit)
    for text in texts:
        assert remembered[text] == text.upper()
        assert len(remembered) <= limit


def test_a_text_is_made_once_while_it_is_remembered() -> None:
    asked: list[str] = []
    remembered = Remembered(asked.append, 2)
    for text in ("a", "a", "b", "a", "c", "a"):
        assert remembered[text] is None
    assert asked == ["a", "b", "c", "a"]


@pytest.mark.parametrize(("length", "kept"), [(LONGEST, 1), (LONGEST + 1, 0)])
def test_only_texts_up_to_a_length_are_remembered(length: int, kept: int) -> None:
    remembered = Remembered(len, 2)
    assert remembered["x" * length] == length
    assert len(remembered) == kept

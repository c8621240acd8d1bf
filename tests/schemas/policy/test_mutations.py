"""Any slip of the hand in the shipped policy is refused, and no text at all crashes the loader."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import PolicyError
from schemas.policy.file import DEFAULT_POLICY, load_policy

TEXT = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
LINES = TEXT.splitlines(keepends=True)
WRITTEN = [number for number, line in enumerate(LINES) if line.split("#")[0].strip()]
OTHER_TYPES = ["1", "1.10", "180.0", "no", "~", "2024-10-22", "[a]", "{a: b}", "[]", "''"]


def spans(node: yaml.Node) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Return where the keys stand in the text, and where the values stand with their type."""
    keys: list[tuple[int, int]] = []
    values: list[tuple[int, int, str]] = []
    children = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        keys = [(key.start_mark.index, key.end_mark.index) for key, _ in node.value]
        children = [value for _, value in node.value]
    for child in children:
        if isinstance(child, yaml.ScalarNode):
            values.append((child.start_mark.index, child.end_mark.index, child.tag))
        inner_keys, inner_values = spans(child)
        keys += inner_keys
        values += inner_values
    return keys, values


KEYS, VALUES = spans(yaml.compose(TEXT, Loader=yaml.SafeLoader))


@given(st.sampled_from(KEYS), st.sampled_from(["x", "_", "2"]))
@settings(max_examples=60, deadline=None)
def test_a_renamed_key_is_refused(span: tuple[int, int], suffix: str) -> None:
    end = span[1]
    with pytest.raises(PolicyError):
        load_policy(TEXT[:end] + suffix + TEXT[end:], "own.yaml")


@given(st.sampled_from(VALUES), st.sampled_from(OTHER_TYPES))
@settings(max_examples=120, deadline=None)
def test_a_value_of_another_type_is_refused(span: tuple[int, int, str], other: str) -> None:
    start, end, tag = span
    replacement = "'180'" if tag.endswith(":int") and other == "1" else other
    with pytest.raises(PolicyError):
        load_policy(TEXT[:start] + replacement + TEXT[end:], "own.yaml")


@given(st.sampled_from(WRITTEN))
@settings(max_examples=60, deadline=None)
def test_a_line_written_twice_is_refused(number: int) -> None:
    with pytest.raises(PolicyError):
        load_policy("".join([*LINES[: number + 1], *LINES[number:]]), "own.yaml")


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 12), st.text(max_size=6))
@settings(max_examples=80, deadline=None)
def test_a_spoilt_place_is_refused_or_still_a_policy(start: int, length: int, text: str) -> None:
    try:
        fields = load_policy(TEXT[:start] + text + TEXT[start + length :], "own.yaml").fields
    except PolicyError:
        return
    assert len(fields) == 17


@given(st.text(alphabet=st.characters() | st.sampled_from("-:?[]{},&*!|>'\"%@`#\n\t ")))
@settings(max_examples=200, deadline=None)
def test_no_text_is_taken_for_a_policy(text: str) -> None:
    with pytest.raises(PolicyError, match=r"^own\.yaml:"):
        load_policy(text, "own.yaml")

"""The policy is plain YAML, and each value has the type that is asked for."""

import re
from collections.abc import Callable
from importlib.resources import files

import pytest
import yaml
from _pytest.mark.structures import ParameterSet

from schemas.errors import MissingFieldRule, PolicyError, PolicySyntaxError, UnknownPolicyKey
from schemas.policy.comparison import compare
from schemas.policy.file import DEFAULT_POLICY, load_policy


def case(name: str, error: type[PolicyError], old: str, new: str, message: str) -> ParameterSet:
    """Return one mistake: what is replaced in the small policy, and how the error starts."""
    return pytest.param(error, old, new, message, id=name)


MISTAKES = [
    case(
        "unknown key",
        UnknownPolicyKey,
        "title: Small",
        "titel: Small",
        "2: titel: unknown key; allowed here: ",
    ),
    case(
        "missing key", MissingFieldRule, "    label: Who\n", "", "23: fields.who: the key 'label' is missing"
    ),
    case(
        "repeated key",
        PolicySyntaxError,
        "title: Small",
        "title: Small\ntitle: Big",
        "3: title: the key is repeated; it stands first at line 2",
    ),
    case(
        "repeated field",
        PolicySyntaxError,
        "  state:",
        "  who:",
        "30: fields.who: the key is repeated; it stands first at line 23",
    ),
    case(
        "no without quotes",
        PolicySyntaxError,
        '"no"',
        "no",
        "32: fields.state.personal: expected a string, found 'no', which YAML reads as bool",
    ),
    case(
        "version without quotes",
        PolicySyntaxError,
        '"2026-01-01.1"',
        "1.10",
        "1: version: expected a string, found '1.10', which YAML reads as float",
    ),
    case(
        "date without quotes",
        PolicySyntaxError,
        'updated: "2026-01-01"',
        "updated: 2026-01-01",
        "4: updated: expected a string, found '2026-01-01', which YAML reads as timestamp",
    ),
    case(
        "days with a fraction",
        PolicySyntaxError,
        "retention_days: 180",
        "retention_days: 180.0",
        "18: categories.events.retention_days: expected a whole number of days from 1 to 36500, "
        "found '180.0', which YAML reads as float",
    ),
    case(
        "days in quotes",
        PolicySyntaxError,
        "retention_days: 180",
        'retention_days: "180"',
        "18: categories.events.retention_days: expected a whole number of days",
    ),
    case(
        "days in base 16",
        PolicySyntaxError,
        "retention_days: 180",
        "retention_days: 0x10",
        "18: categories.events.retention_days: expected a whole number of days",
    ),
    case(
        "days in base 60",
        PolicySyntaxError,
        "retention_days: 180",
        "retention_days: 3:00",
        "18: categories.events.retention_days: expected a whole number of days",
    ),
    case(
        "no days",
        PolicySyntaxError,
        "retention_days: 180",
        "retention_days: 0",
        "18: categories.events.retention_days: expected a whole number of days",
    ),
    case(
        "negative days",
        PolicySyntaxError,
        "retention_days: 180",
        "retention_days: -180",
        "18: categories.events.retention_days: expected a whole number of days",
    ),
    case(
        "too many days",
        PolicySyntaxError,
        "retention_days: 180",
        "retention_days: 99999",
        "18: categories.events.retention_days: expected a whole number of days",
    ),
    case(
        "word for a list",
        PolicySyntaxError,
        "systems: [store]",
        "systems: store",
        "19: categories.events.systems: expected a list, found 'store', which YAML reads as str",
    ),
    case(
        "empty list",
        PolicySyntaxError,
        "systems: [store]",
        "systems: []",
        "19: categories.events.systems: expected a list with at least one item",
    ),
    case(
        "repeated item",
        PolicySyntaxError,
        "systems: [store]",
        "systems: [store, store]",
        "19: categories.events.systems[1]: 'store' is repeated",
    ),
    case(
        "yes without quotes",
        PolicySyntaxError,
        "personal: direct",
        "personal: yes",
        "25: fields.who.personal: expected a string, found 'yes', which YAML reads as bool",
    ),
    case(
        "off without quotes",
        PolicySyntaxError,
        '"OFF"',
        "OFF",
        "34: fields.state.form[1]: expected a string, found 'OFF', which YAML reads as bool",
    ),
    case(
        "blank text",
        PolicySyntaxError,
        "title: Small",
        "title: ' '",
        "2: title: expected a string, found a blank one",
    ),
    case(
        "value on two lines",
        PolicySyntaxError,
        "aliases: [status]",
        "aliases: [status\n      stat]",
        "35: fields.state.aliases[0]: expected a string on one line; is a comma or a colon missing?",
    ),
    case(
        "null",
        PolicySyntaxError,
        "title: Small",
        "title: ~",
        "2: title: expected a string, found '~', which YAML reads as null",
    ),
    case(
        "key that is a number",
        PolicySyntaxError,
        "title: Small",
        "1: Small",
        "2: policy: expected a string, found '1', which YAML reads as int",
    ),
    case(
        "key that is a list",
        PolicySyntaxError,
        "title: Small",
        "? [title]\n: Small",
        "2: policy: expected a string, found a list",
    ),
    case(
        "anchor",
        PolicySyntaxError,
        "title: Small",
        "title: &a Small",
        "2: anchors and aliases are not allowed",
    ),
    case("tag", PolicySyntaxError, "title: Small", "title: !!str Small", "2: tags are not allowed"),
    case(
        "tag that would run code",
        PolicySyntaxError,
        "title: Small",
        "title: !!python/name:os.system x",
        "2: tags are not allowed",
    ),
    case(
        "deep nesting",
        PolicySyntaxError,
        "title: Small",
        "title: " + "[" * 5000,
        "2: nested more than 12 levels deep",
    ),
    case(
        "bracket left open", PolicySyntaxError, "title: Small", "title: [", "4: not YAML: expected ',' or ']'"
    ),
    case(
        "second document",
        PolicySyntaxError,
        "title: Small",
        "---\ntitle: Small",
        "2: not YAML: but found another document",
    ),
    case(
        "character beyond Unicode",
        PolicySyntaxError,
        "title: Small",
        'title: "\\U99999999"',
        " not YAML: a character that YAML does not allow",
    ),
    case(
        "NUL",
        PolicySyntaxError,
        "title: Small",
        "title: \x00",
        " not YAML: a character that YAML does not allow",
    ),
]


@pytest.mark.parametrize(("error", "old", "new", "message"), MISTAKES)
def test_a_wrong_value_is_refused_by_file_line_key_and_what_was_expected(
    error: type[PolicyError], old: str, new: str, message: str, changed: Callable[[str, str], str]
) -> None:
    with pytest.raises(error, match="^" + re.escape(f"own.yaml:{message}")) as caught:
        load_policy(changed(old, new), "own.yaml")
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "own.yaml:1: the document is empty", id="nothing"),
        pytest.param("# only a comment\n", "own.yaml:1: the document is empty", id="comment"),
        pytest.param("- a\n", "own.yaml:1: policy: expected a mapping, found a list", id="list"),
    ],
)
def test_a_document_that_is_no_mapping_is_refused(text: str, message: str) -> None:
    with pytest.raises(PolicySyntaxError, match="^" + re.escape(message)):
        load_policy(text, "own.yaml")


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"sort_keys": False},
        {"allow_unicode": True},
        {"default_flow_style": True},
        {"explicit_start": True},
    ],
)
def test_a_policy_that_a_program_has_written_again_says_the_same(style: dict[str, bool]) -> None:
    text = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
    written = yaml.safe_dump(yaml.safe_load(text), **style)

    differences = compare(load_policy(text, "a.yaml"), load_policy(written, "b.yaml"))

    assert {difference.place for difference in differences} <= {"fields"}  # their order


@pytest.mark.parametrize(
    "title", ["'Small\n  policy'", ">-\n  Small\n  policy", ">\n  Small\n  policy", "Small\n  policy"]
)
def test_a_text_may_be_folded(title: str, small_policy: str) -> None:
    policy = load_policy(small_policy.replace("title: Small", f"title: {title}"), "own.yaml")

    assert policy.title == "Small policy"


def test_a_text_of_several_lines_is_refused(small_policy: str) -> None:
    with pytest.raises(PolicySyntaxError, match="expected a string on one line"):
        load_policy(small_policy.replace("title: Small", "title: |\n  Small\n  policy"), "own.yaml")

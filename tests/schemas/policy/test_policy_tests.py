"""Tests of a policy are data of a closed form, and those of the shipped policy reach each of its fields."""

import json
from importlib.resources import files

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource

from schemas.errors import PolicyError
from schemas.policy.file import default_policy, load_policy
from schemas.policy.policy_tests import PolicyTest, load_test_file, own_tests

GOOD = 'tests: [{name: a, event: {state: "ON", list: [1, null, {b: true}]}, record: {state: "ON"}}]\n'
FOLDER = files("schemas.policy")


def validator() -> jsonschema.Draft202012Validator:
    """Return the validator that an editor would use for a file of tests."""
    of_policy, of_tests = (
        json.loads(FOLDER.joinpath(name).read_text(encoding="utf-8"))
        for name in ("policy.schema.json", "policy-test.schema.json")
    )
    registry = Registry().with_resource("policy.schema.json", Resource.from_contents(of_policy))
    return jsonschema.Draft202012Validator(of_tests, registry=registry)


def test_a_test_holds_an_event_as_json_has_it() -> None:
    assert load_test_file(GOOD, "a.policy-test.yaml").tests == (
        PolicyTest(
            "a", "a.policy-test.yaml:1", {"state": "ON", "list": [1, None, {"b": True}]}, {"state": "ON"}
        ),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("name: a, ", "", id="no name"),
        pytest.param("event: {", "events: {", id="an unknown key"),
        pytest.param('record: {state: "ON"}', "rejected: x, record: {}", id="a record and a rejection"),
        pytest.param(', record: {state: "ON"}', "", id="nothing expected"),
        pytest.param('record: {state: "ON"}', "record: {state: 1}", id="a number for a text"),
        pytest.param('record: {state: "ON"}', "record: {state: ON}", id="a word that YAML reads otherwise"),
        pytest.param(
            'event: {state: "ON", list: [1, null, {b: true}]}', "event: [a]", id="a list for an event"
        ),
        pytest.param("tests: [", "tests: []\nx: [", id="no test"),
    ],
)
def test_schema_and_loader_refuse_the_same_mistake(old: str, new: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    with pytest.raises(PolicyError):
        load_test_file(text, "a.policy-test.yaml")
    assert not validator().is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param('"ON", list', "2026-11-23, list", "a value of JSON.*put quotes around it", id="a date"),
        pytest.param("}]\n", "}, {name: a, event: {}, rejected: x}]\n", "is there twice", id="a name twice"),
    ],
)
def test_what_a_schema_cannot_see_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        load_test_file(GOOD.replace(old, new), "a.policy-test.yaml")


def test_a_policy_may_hold_its_tests_which_are_checked_with_it(small_policy: str) -> None:
    text = small_policy + GOOD
    assert load_policy(text, "own.yaml").digest == load_policy(small_policy, "own.yaml").digest
    assert [test.name for test in own_tests(text, "own.yaml")] == ["a"]
    assert own_tests(small_policy, "own.yaml") == ()
    with pytest.raises(PolicyError, match="unknown key"):
        load_policy(small_policy + GOOD.replace("name: a", "nam: a"), "own.yaml")


def test_the_shipped_policy_has_a_test_of_each_field_that_the_schema_accepts() -> None:
    text = FOLDER.joinpath("healthcare_omics.policy-test.yaml").read_text(encoding="utf-8")
    validator().validate(yaml.safe_load(text))
    tests = load_test_file(text, "healthcare_omics.policy-test.yaml").tests
    covered = {name for test in tests if test.expires_after_days == 180 for name in test.record or ()}
    assert covered == {rule.name for rule in default_policy().fields}

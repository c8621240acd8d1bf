"""The JSON Schema, by which editors complete a policy, agrees with the loader."""

import json
from collections.abc import Callable
from importlib.resources import files

import jsonschema
import pytest
import yaml

from schemas.errors import PolicyError
from schemas.policy.file import DEFAULT_POLICY, load_policy

MISTAKES = [
    pytest.param("title: Small", "titel: Small", id="unknown key"),
    pytest.param("    label: Who\n", "", id="missing key"),
    pytest.param('"no"', "no", id="no without quotes"),
    pytest.param('"2026-01-01.1"', "1.10", id="version without quotes"),
    pytest.param('updated: "2026-01-01"', "updated: 2026-01-01", id="date without quotes"),
    pytest.param('updated: "2026-01-01"', 'updated: "2026-13-01"', id="month 13"),
    pytest.param("retention_days: 180", 'retention_days: "180"', id="days in quotes"),
    pytest.param("retention_days: 180", "retention_days: 0", id="no days"),
    pytest.param("retention_days: 180", "retention_days: -180", id="negative days"),
    pytest.param("retention_days: 180", "retention_days: 99999", id="too many days"),
    pytest.param("    retention_days: 180\n", "", id="no time limit"),
    pytest.param(
        "    retention_days: 180\n",
        "    retention_days: 180\n    erase_within_days: 30\n",
        id="two time limits",
    ),
    pytest.param("systems: [store]", "systems: store", id="word for a list"),
    pytest.param("systems: [store]", "systems: []", id="empty list"),
    pytest.param("systems: [store]", "systems: [store, store]", id="repeated item"),
    pytest.param("  store: The store", "  Store: The store", id="name with a capital"),
    pytest.param("dpv:RepairImpairments", "repair", id="not a DPV identifier"),
    pytest.param("personal: direct", "personal: yes", id="yes without quotes"),
    pytest.param("personal: direct", "personal: maybe", id="unknown relation"),
    pytest.param("treatment: pseudonymise", "treatment: mask", id="unknown treatment"),
    pytest.param("    prefix: usr\n", "", id="pseudonym without a prefix"),
    pytest.param("prefix: usr", "prefix: abc", id="unknown prefix"),
    pytest.param("entity: USERNAME", "entity: username", id="entity in small letters"),
    pytest.param('    form: ["ON", "OFF"]\n', "", id="kept without a form"),
    pytest.param('personal: "no"', "personal: direct", id="direct identifier kept"),
    pytest.param("treatment: pseudonymise", "treatment: redact_text", id="direct identifier read as text"),
    pytest.param(
        "time_fields: [__TIME__]",
        "time_fields: [__TIME__]\nacknowledged_weakenings: [{change: a, reason: b}]",
        id="acknowledgement of nobody",
    ),
    pytest.param('"OFF"', "OFF", id="off without quotes"),
    pytest.param("title: Small", "title: Small\ntokens: plain", id="unknown tokens"),
    pytest.param("title: Small", "title: Small\nallow: {}", id="an allow list of nothing"),
    pytest.param(
        "title: Small", "title: Small\nallow: {word: [vep]}", id="an unknown list of what is allowed"
    ),
    pytest.param("title: Small", "title: Small\nallow: {prefixes: [v]}", id="a short prefix"),
    pytest.param("prefix: usr", "prefix: eml", id="a prefix that is no field's"),
    pytest.param("title: Small", "title: ' '", id="blank text"),
    pytest.param("title: Small", "title: ~", id="null"),
    pytest.param("title: Small", "1: Small", id="key that is a number"),
]


def read(name: str) -> str:
    """Return the text of a file beside the shipped policy."""
    return files("schemas.policy").joinpath(name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    """Return the validator that an editor would use."""
    return jsonschema.Draft202012Validator(json.loads(read("policy.schema.json")))


@pytest.mark.parametrize(("old", "new"), MISTAKES)
def test_schema_and_loader_refuse_the_same_mistake(
    old: str, new: str, changed: Callable[[str, str], str], schema: jsonschema.Draft202012Validator
) -> None:
    text = changed(old, new)
    with pytest.raises(PolicyError):
        load_policy(text, "own.yaml")
    # JSON has no dates: an editor's parser hands the schema some value that is not a string.
    assert not schema.is_valid(json.loads(json.dumps(yaml.safe_load(text), default=lambda _: 0)))


def test_schema_and_loader_accept_the_small_policy(
    small_policy: str, schema: jsonschema.Draft202012Validator
) -> None:
    stated = small_policy + "acknowledged_weakenings: [{change: a, reason: b, person: c}]\n"
    for text in (small_policy, stated):
        load_policy(text, "own.yaml")
        schema.validate(yaml.safe_load(text))


def test_the_schema_accepts_the_shipped_policy(schema: jsonschema.Draft202012Validator) -> None:
    schema.validate(yaml.safe_load(read(DEFAULT_POLICY)))


def test_the_schema_is_itself_valid(schema: jsonschema.Draft202012Validator) -> None:
    schema.check_schema(schema.schema)


def test_the_shipped_policy_points_editors_at_its_schema() -> None:
    assert read(DEFAULT_POLICY).splitlines()[0] == "# yaml-language-server: $schema=policy.schema.json"

"""Each difference between two policies is seen, with its direction and its reason."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import PolicyError
from schemas.policy.comparison import compare, unacknowledged
from schemas.policy.differences import Direction, compare_rest
from schemas.policy.file import DEFAULT_POLICY, load_policy
from schemas.policy.policy import Acknowledgement, Policy

TEXT = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
SHIPPED = load_policy(TEXT, DEFAULT_POLICY)
WEAKER, STRONGER, NEUTRAL = Direction
MONTH = "categories.troubleshooting_data.retention_days: 180 -> 30"


def found(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the differences that changed places make, the other way round too: each weaker has its stronger."""
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    other = load_policy(text, "new.yaml")
    there, back = compare(SHIPPED, other), compare(other, SHIPPED)
    assert {one.place for one in there} == {one.place for one in back}
    return [(one.direction.value, one.change) for one in there]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("retention_days: 180", "retention_days: 30", [("stronger", MONTH)], id="fewer days"),
        pytest.param(
            "time_fields:",
            "allow: {words: [hisat, vep], patterns: ['dbsnp_[0-9]{3}']}\ntime_fields:",
            [
                ("weaker", "allow.words: absent -> hisat"),
                ("weaker", "allow.words: absent -> vep"),
                ("weaker", "allow.patterns: absent -> dbsnp_[0-9]{3}"),
            ],
            id="words that are let be",
        ),
        pytest.param(
            "time_fields:",
            "tokens: keyed\ntime_fields:",
            [("weaker", "tokens: masked -> keyed")],
            id="persons that can be followed",
        ),
        pytest.param(
            "label: State\n",
            "label: State\n    retention_days: 7\n",
            [("stronger", "fields.state.retention_days: 180 -> 7")],
            id="fewer days of a field",
        ),
        pytest.param(
            "treatment: pseudonymise\n    prefix: usr",
            "treatment: drop\n    prefix: usr",
            [("stronger", "fields.username.treatment: pseudonymise -> drop")],
            id="a field dropped",
        ),
        pytest.param(
            "label: Client IP\n    personal: indirect\n    treatment: truncate_ip",
            "label: Client IP\n    personal: indirect\n    treatment: redact_text",
            [("weaker", "fields.client_ip.treatment: truncate_ip -> redact_text")],
            id="an address read as text",
        ),
        pytest.param(
            "label: URL\n    personal: indirect\n    treatment: redact_url",
            "label: URL\n    personal: indirect\n    treatment: redact_text",
            [("weaker", "fields.url.treatment: redact_url -> redact_text")],
            id="what cannot be compared",
        ),
        pytest.param(
            "remote_user, cs-username",
            "cs-username",
            [("weaker", "fields.username.aliases: remote_user -> absent")],
            id="a spelling of a person gone",
        ),
        pytest.param(
            "desc, summary",
            "desc",
            [("stronger", "fields.description.aliases: summary -> absent")],
            id="a spelling of a text gone",
        ),
        pytest.param(
            "desc, summary",
            "desc, remark, summary",
            [("weaker", "fields.description.aliases: absent -> remark")],
            id="a spelling of a text come",
        ),
        pytest.param(
            "remote_user, cs-username",
            "remote_user, assignee, cs-username",
            [("stronger", "fields.username.aliases: absent -> assignee")],
            id="a spelling of a person come",
        ),
        pytest.param(
            "desc, summary",
            "summary, desc",
            [("neutral", "fields.description.aliases: ")],
            id="the order of spellings",
        ),
        pytest.param(
            "page, page_size",
            "page, tab, page_size",
            [("weaker", "url_query_keys: absent -> tab")],
            id="a query key come",
        ),
        pytest.param(
            "page, page_size",
            "page_size",
            [("stronger", "url_query_keys: page -> absent")],
            id="a query key gone",
        ),
        pytest.param(
            "[__TIMESTAMP__]",
            "[__TIMESTAMP__, ts_event]",
            [("weaker", "time_fields: absent -> ts_event")],
            id="a time field come",
        ),
        pytest.param(
            "[__TAG__., ", "[", [("weaker", "alias_prefixes: tag -> absent")], id="a prefix of spellings gone"
        ),
        pytest.param(
            "- '-?[0-9]{1,3}'",
            "- '-?[0-9]{1,3}'\n      - 'PAUSING'",
            [("weaker", "fields.state.form: absent -> PAUSING")],
            id="a form come",
        ),
        pytest.param(
            "      - '-?[0-9]{1,3}'\n",
            "",
            [("stronger", "fields.state.form: -?[0-9]{1,3} -> absent")],
            id="a form gone",
        ),
        pytest.param(
            'label: State\n    personal: "no"',
            "label: State\n    personal: indirect",
            [("stronger", "fields.state.personal: no -> indirect")],
            id="closer to a person",
        ),
        pytest.param(
            "label: State\n",
            "label: Status\n",
            [("neutral", "fields.state.label: State -> Status")],
            id="a label",
        ),
        pytest.param(
            "systems: [ciam, cvm, cfs, tke, vpc, tdsql_c, cls, tencentdb_mysql]\n    fields: [uin",
            "systems: [ciam, cvm, cfs, tke, vpc, tdsql_c, cls]\n    fields: [uin",
            [("stronger", "categories.account_information.systems: tencentdb_mysql -> absent")],
            id="a system fewer",
        ),
        pytest.param(
            "erase_within_days: 30",
            "erase_within_days: 7",
            [("stronger", "categories.account_information.erase_within_days: 30 -> 7")],
            id="accounts erased sooner",
        ),
        pytest.param(
            "fields: [uin, username]",
            "fields: [uin]",
            [("weaker", "categories.account_information.fields: username -> absent")],
            id="a field that is not erased with its account",
        ),
        pytest.param(
            'version: "2024-10-22.1"', 'version: "2024-10-22.2"', [("neutral", "version: ")], id="the version"
        ),
    ],
)
def test_a_change_is_seen_with_its_direction(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    changes = found((old, new))
    assert len(changes) == len(expected)
    for (direction, change), (wanted, start) in zip(changes, expected, strict=True):
        assert (direction, change[: len(start)]) == (wanted, start)


def test_a_spelling_that_moves_takes_the_treatment_of_its_new_field() -> None:
    moved = ("clientAddr, remoteIp", "remoteIp"), ("netType, netKind", "netType, clientAddr, netKind")
    assert found(*moved) == [("weaker", "aliases.clientAddr: client_ip -> network_type")]
    tighter = ("netType, netKind", "netType"), ("desc, summary", "desc, netKind, summary")
    assert found(*tighter) == [("stronger", "aliases.netKind: network_type -> description")]


def test_a_field_of_people_that_goes_is_weaker_and_a_text_that_goes_stronger() -> None:
    for name, direction in (("source_ip", "weaker"), ("application_description", "stronger")):
        start = TEXT.index(f"  {name}:\n")
        rule = TEXT[start : TEXT.index("\n  ", TEXT.index("      ]\n", start)) + 1]
        (change, *_) = found((rule, ""), (f"      - {name}\n", ""))
        assert change[0] == direction, change


def test_a_field_under_another_name_is_neutral() -> None:
    renamed = (
        ("  state:\n", "  outcome:\n"),
        ("      - state\n", "      - outcome\n"),
        ("stat, phase", "stat, state, phase"),
    )
    assert {direction for direction, _ in found(*renamed)} == {"neutral"}


@pytest.mark.parametrize(
    ("old", "new"), [("folded_name", "name"), ("name", "folded_name"), ("number", "name")]
)
def test_other_spellings_of_an_account_are_weaker_either_way(old: str, new: str) -> None:
    text = (
        TEXT if f"identity: {old}\n" in TEXT else TEXT.replace("identity: folded_name", f"identity: {old}", 1)
    )
    before = load_policy(text, "old.yaml")
    after = load_policy(text.replace(f"identity: {old}\n", f"identity: {new}\n", 1), "new.yaml")

    (difference,) = compare(before, after)

    assert difference.direction is WEAKER
    assert difference.change.endswith(f".identity: {old} -> {new}")


def test_a_part_of_a_rule_that_is_not_known_here_counts_as_weaker() -> None:
    @dataclass(frozen=True)
    class Rule:
        name: str
        zone: str | None

    found = compare_rest("fields.a.", Rule("a", None), Rule("b", "UTC"), known=("name",))
    assert [(one.direction.value, one.change) for one in found] == [
        ("weaker", "fields.a.zone: absent -> UTC")
    ]


def test_equal_policies_have_no_difference() -> None:
    assert compare(SHIPPED, load_policy(TEXT + "# a comment\n", "own.yaml")) == ()


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 20), st.text("abx019[],.:'\n ", max_size=6))
@settings(max_examples=150)
def test_what_the_digest_sees_the_comparison_sees(start: int, length: int, text: str) -> None:
    try:
        other = load_policy(TEXT[:start] + text + TEXT[start + length :], "own.yaml")
    except PolicyError:
        return
    assert bool(compare(SHIPPED, other)) == (other.digest != SHIPPED.digest)


def acknowledging(policy: Policy, *changes: str) -> Policy:
    return replace(policy, acknowledged=tuple(Acknowledgement(change, "why", "who") for change in changes))


def test_a_weakening_is_acknowledged_by_its_exact_change(
    changed: Callable[[str, str], str], small_policy: str
) -> None:
    old = load_policy(small_policy, "old.yaml")
    new = load_policy(changed('"ON", "OFF"', '"ON", "OFF", "IDLE", "BUSY"'), "new.yaml")
    changes = [f"fields.state.form: absent -> {form}" for form in ("IDLE", "BUSY")]
    differences = compare(old, new)
    assert [one.change for one in unacknowledged(differences, new)] == changes
    assert [one.change for one in unacknowledged(differences, acknowledging(new, changes[0]))] == changes[1:]
    assert unacknowledged(differences, acknowledging(new, *changes)) == ()
    assert unacknowledged(compare(new, old), old) == ()

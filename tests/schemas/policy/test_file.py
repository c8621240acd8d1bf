"""The policy holds together: names refer to something, spellings are claimed once, ceilings hold."""

import re
from collections.abc import Callable

import pytest
from _pytest.mark.structures import ParameterSet

from schemas.errors import MissingFieldRule, PolicyError, PolicySyntaxError
from schemas.policy.file import default_policy, load_policy

ACCOUNTS = """\
  accounts:
    text: Accounts
    clause: Section 2
    purpose: repair
    legal_basis: contract
    erase_within_days: 30
    systems: [store]
    fields: [who]
"""


def case(name: str, error: type[PolicyError], old: str, new: str, message: str) -> ParameterSet:
    """Return one mistake: what is replaced in the small policy, and how the error starts."""
    return pytest.param(error, old, new, message, id=name)


MISTAKES = [
    case(
        "month 13",
        PolicySyntaxError,
        'updated: "2026-01-01"',
        'updated: "2026-13-01"',
        "4: updated: expected a date",
    ),
    case(
        "no time limit",
        MissingFieldRule,
        "    retention_days: 180\n",
        "",
        "13: categories.events: exactly one of retention_days and erase_within_days is required",
    ),
    case(
        "two time limits",
        MissingFieldRule,
        "    retention_days: 180\n",
        "    retention_days: 180\n    erase_within_days: 30\n",
        "13: categories.events: exactly one of",
    ),
    case(
        "days above the category's",
        PolicySyntaxError,
        "    label: Who\n",
        "    label: Who\n    retention_days: 181\n",
        "25: fields.who.retention_days: 181 days is above the 180 of the category events",
    ),
    case(
        "unknown system",
        PolicySyntaxError,
        "systems: [store]",
        "systems: [stove]",
        "19: categories.events.systems[0]: 'stove' is not allowed; allowed: store",
    ),
    case(
        "unknown purpose",
        PolicySyntaxError,
        "purpose: repair",
        "purpose: resale",
        "16: categories.events.purpose: 'resale' is not allowed; allowed: repair",
    ),
    case(
        "unknown basis",
        PolicySyntaxError,
        "legal_basis: contract",
        "legal_basis: none",
        "17: categories.events.legal_basis: 'none' is not allowed; allowed: contract",
    ),
    case(
        "unused system",
        PolicySyntaxError,
        "  store: The store",
        "  store: The store\n  spare: Unused",
        "8: systems.spare: nothing refers to this",
    ),
    case(
        "name with a capital",
        PolicySyntaxError,
        "  store: The store",
        "  Store: The store",
        "7: systems.Store: 'Store' is not a name",
    ),
    case(
        "not a DPV identifier",
        PolicySyntaxError,
        "dpv:RepairImpairments",
        "repair",
        "9: purposes.repair.dpv: expected a DPV identifier",
    ),
    case(
        "account category that nothing names",
        PolicySyntaxError,
        "time_fields:",
        ACCOUNTS + "time_fields:",
        "21: categories.accounts: account_category does not name this category",
    ),
    case(
        "unknown event category",
        PolicySyntaxError,
        "event_category: events",
        "event_category: event",
        "5: event_category: 'event' is not allowed; allowed: events",
    ),
    case(
        "field without days",
        MissingFieldRule,
        "fields: [who, state]",
        "fields: [who]",
        "30: fields.state: no category with retention_days lists this field",
    ),
    case(
        "field without a rule",
        MissingFieldRule,
        "fields: [who, state]",
        "fields: [who, state, what]",
        "20: categories.events.fields[2]: 'what' is not allowed; allowed: who, state",
    ),
    case(
        "unknown relation",
        PolicySyntaxError,
        "personal: direct",
        "personal: maybe",
        "25: fields.who.personal: 'maybe' is not allowed; allowed: direct, indirect, no",
    ),
    case(
        "unknown treatment",
        PolicySyntaxError,
        "treatment: pseudonymise",
        "treatment: mask",
        "26: fields.who.treatment: 'mask' is not allowed; "
        "allowed: keep, pseudonymise, truncate_ip, redact_url, redact_text, drop",
    ),
    case(
        "pseudonym without a prefix",
        MissingFieldRule,
        "    prefix: usr\n",
        "",
        "23: fields.who: a field that is pseudonymised needs a prefix and an entity",
    ),
    case(
        "unknown prefix",
        PolicySyntaxError,
        "prefix: usr",
        "prefix: abc",
        "27: fields.who.prefix: 'abc' is not allowed; allowed: uin, usr, req, res, adr, fld",
    ),
    case(
        "entity in small letters",
        PolicySyntaxError,
        "entity: USERNAME",
        "entity: username",
        "28: fields.who.entity: expected capitals",
    ),
    case(
        "kept without a form",
        MissingFieldRule,
        '    form: ["ON", "OFF"]\n',
        "",
        "30: fields.state: a field that is kept needs a form",
    ),
    case(
        "direct identifier kept",
        PolicySyntaxError,
        'personal: "no"',
        "personal: direct",
        "33: fields.state.treatment: a field that identifies a person directly cannot be kept",
    ),
    case(
        "form with a backreference",
        PolicySyntaxError,
        '"OFF"',
        "'(a)\\1'",
        "34: fields.state.form[1]: not a regular expression that RE2 can run in linear time: "
        "invalid escape sequence: \\1",
    ),
    case(
        "form that looks ahead",
        PolicySyntaxError,
        '"OFF"',
        "'(?=a)'",
        "34: fields.state.form[1]: not a regular expression that RE2 can run in linear time",
    ),
    case(
        "alias with two claims",
        PolicySyntaxError,
        "aliases: [status]",
        "aliases: [LOG-IN]",
        "35: fields.state.aliases[0]: 'LOG-IN' is claimed by both 'who' and 'state'",
    ),
    case(
        "alias that is another field's name",
        PolicySyntaxError,
        "aliases: [status]",
        "aliases: [Who]",
        "35: fields.state.aliases[0]: 'Who' is claimed by both 'who' and 'state'",
    ),
    case(
        "alias that adds nothing",
        PolicySyntaxError,
        "aliases: [status]",
        "aliases: [STATE]",
        "35: fields.state.aliases[0]: 'STATE' says the same as another spelling of 'state'",
    ),
    case(
        "alias of separators",
        PolicySyntaxError,
        "aliases: [status]",
        "aliases: ['--']",
        "35: fields.state.aliases[0]: '--' holds no letter and no digit",
    ),
    case(
        "field with days from two categories",
        PolicySyntaxError,
        "time_fields:",
        ACCOUNTS.replace("erase_within_days", "retention_days") + "time_fields:",
        "28: categories.accounts.fields[0]: the field 'who' already has its days from events",
    ),
    case(
        "query key that differs in case",
        PolicySyntaxError,
        "time_fields:",
        "url_query_keys: [page, PAGE]\ntime_fields:",
        "21: url_query_keys[1]: 'page' is repeated",
    ),
]


@pytest.mark.parametrize(("error", "old", "new", "message"), MISTAKES)
def test_a_contradiction_is_refused_by_file_line_key_and_allowed_values(
    error: type[PolicyError], old: str, new: str, message: str, changed: Callable[[str, str], str]
) -> None:
    with pytest.raises(error, match="^" + re.escape(f"own.yaml:{message}")) as caught:
        load_policy(changed(old, new), "own.yaml")
    assert type(caught.value) is error


def test_a_field_takes_purpose_basis_and_days_from_its_category(small_policy: str) -> None:
    rule = load_policy(small_policy, "own.yaml")["who"]
    assert (rule.category, rule.purpose, rule.legal_basis, rule.retention_days) == (
        "events",
        "repair",
        "contract",
        180,
    )


def test_a_field_may_be_kept_for_fewer_days_than_its_category(changed: Callable[[str, str], str]) -> None:
    policy = load_policy(changed("    label: Who\n", "    label: Who\n    retention_days: 30\n"), "own.yaml")
    assert [rule.retention_days for rule in policy.fields] == [30, 180]


def test_a_field_of_accounts_keeps_its_days_as_a_field_of_events(changed: Callable[[str, str], str]) -> None:
    text = changed("time_fields:", ACCOUNTS + "account_category: accounts\ntime_fields:")
    policy = load_policy(text, "own.yaml")
    assert policy.account_category == "accounts"
    assert policy.categories["accounts"].erase_within_days == 30
    assert (policy["who"].category, policy["who"].retention_days) == ("events", 180)


def test_the_default_policy_is_loaded_once() -> None:
    assert default_policy() is default_policy()

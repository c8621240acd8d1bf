"""The accounts that events show, for the vault."""

from dataclasses import replace

import pytest

from schemas.accounts import DAY_MS, AccountRules, AccountSighting
from schemas.errors import PolicyError
from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy.file import default_policy
from schemas.policy.policy import Treatment
from transforms.accounts.sight import SightAccountsStep
from transforms.pseudonyms import PseudonymKey, pseudonym

KEY = PseudonymKey(bytes(32), "1")
NOON = DAY_MS // 2
NOW = 300 * DAY_MS + NOON


def event(time, **values):
    """Return an event of this many milliseconds before now."""
    return ClassifiedEvent(RawRecord(b"{}", Source("a")), values, {}, NOW - time)


def sight(*events):
    return SightAccountsStep(default_policy(), KEY, NOW).build()(events).kept


def test_an_account_of_a_batch_is_sighted_once_from_first_to_last():
    seen = sight(
        event(7, uin="1000", username="lin"), event(3, uin="1000", username="lin"), event(5, state="x")
    )
    pseudonyms = (pseudonym(KEY, "uin", "uin", "1000"), pseudonym(KEY, "usr", "username", "lin"))
    assert seen == [AccountSighting("1", *pseudonyms, "1000", "lin", first_seen=NOW - 7, last_seen=NOW - 3)]


def test_a_name_without_a_uin_is_sighted_alone():
    (seen,) = sight(event(7, username="lin"))
    assert (seen.uin, seen.uin_pseudonym, seen.username) == ("", "", "lin")


@pytest.mark.parametrize(
    ("time", "seen"),
    [
        pytest.param(179 * DAY_MS + NOON, True, id="of-day-179"),
        pytest.param(179 * DAY_MS + NOON + 1, False, id="of-day-180"),
        pytest.param(-DAY_MS, True, id="within-the-skew"),
        pytest.param(-DAY_MS - 1, False, id="ahead-of-the-skew"),
    ],
)
def test_an_event_that_is_not_written_shows_nobody(time, seen):
    assert len(sight(event(time, uin="1000"))) == seen


def test_what_has_the_form_of_a_pseudonym_is_a_value_like_any_other():
    forged = pseudonym(KEY, "uin", "uin", "1000")
    assert [one.uin_pseudonym for one in sight(event(7, uin=forged))] == [
        pseudonym(KEY, "uin", "uin", forged)
    ]


def test_a_policy_that_keeps_the_uin_in_the_clear_has_no_vault():
    policy = default_policy()
    fields = tuple(
        replace(rule, treatment=Treatment.KEEP) if rule.name == "uin" else rule for rule in policy.fields
    )
    with pytest.raises(PolicyError, match="pseudonymises uin"):
        AccountRules.of(replace(policy, fields=fields))


def test_a_policy_without_a_deadline_for_accounts_has_no_vault():
    policy = default_policy()
    categories = {name: replace(rule, erase_within_days=None) for name, rule in policy.categories.items()}
    with pytest.raises(PolicyError, match="erase_within_days"):
        AccountRules.of(replace(policy, categories=categories))

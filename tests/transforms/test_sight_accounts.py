"""The accounts that events show, for the vault."""

from schemas.accounts import AccountSighting
from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy_file import default_policy
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.sight_accounts import SightAccountsStep

KEY = PseudonymKey(bytes(32), "1")


def event(time, **values):
    return ClassifiedEvent(RawRecord(b"{}", Source("a")), values, {}, time)


def sight(*events):
    return SightAccountsStep(default_policy(), KEY).build()(events).kept


def test_an_account_of_a_batch_is_sighted_once_from_first_to_last():
    seen = sight(
        event(7, uin="1000", username="lin"), event(3, uin="1000", username="lin"), event(5, state="x")
    )
    pseudonyms = (pseudonym(KEY, "uin", "uin", "1000"), pseudonym(KEY, "usr", "username", "lin"))
    assert seen == [AccountSighting("1", *pseudonyms, "1000", "lin", first_seen=3, last_seen=7)]


def test_a_name_without_a_uin_is_sighted_alone():
    (seen,) = sight(event(7, username="lin"))
    assert (seen.uin, seen.uin_pseudonym, seen.username) == ("", "", "lin")

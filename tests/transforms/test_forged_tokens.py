"""A value that arrives in the form of a pseudonym is pseudonymised like any other: nobody joins another's events."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy.file import default_policy
from transforms.accounts.sight import SightAccountsStep
from transforms.checks.texts import checking_redactor
from transforms.detect import Detection
from transforms.pseudonyms import PSEUDONYM, PseudonymKey, pseudonym
from transforms.redact import RedactStep
from transforms.rejections import Rejecter

KEY = PseudonymKey(bytes(range(32)), "1")
POLICY = default_policy()
VICTIM = pseudonym(KEY, "usr", "username", "zhangwei")
VICTIM_UIN = pseudonym(KEY, "uin", "uin", "100012345678")
TIME = 1_790_000_000_000
REDACT = RedactStep(POLICY, KEY, Rejecter(KEY, "2027-05-23")).build()


def redacted(values: Mapping[str, str], others: Mapping[str, str] | None = None) -> tuple[dict, dict]:
    (event,) = REDACT([ClassifiedEvent(RawRecord(b"", Source("a")), values, others or {}, TIME)]).kept
    return dict(event.values), dict(event.others)


TEXTS = [
    "description", "output", "error_message", "application_description", "dns_domain_name",
    "single_step_debugging_information",
]  # fmt: skip
KEPT = ["request_id", "resource_id", "state", "network_type", "access_time"]


@pytest.mark.parametrize("token", [VICTIM, VICTIM_UIN, "usr_1_" + "a" * 20, "req_9_" + "b" * 20])
@pytest.mark.parametrize("field", ["uin", "username", "ip_address", "url", *TEXTS, *KEPT])
def test_no_field_lets_a_token_pass(field: str, token: str) -> None:
    for value in (token, f"x{token}y", f"user {token} did", f"https://{token}@example.org/{token}?q={token}"):
        values, _ = redacted({field: value})
        assert token not in values[field]


@pytest.mark.parametrize("name", ["username.2", "description.2", "output", "colour"])
def test_no_second_or_unknown_value_lets_a_token_pass(name: str) -> None:
    _, others = redacted({"username": "lin.qiao"}, {name: VICTIM})
    assert VICTIM not in others[name]


def test_the_forger_has_one_pseudonym_in_field_and_text() -> None:
    values, _ = redacted({"username": VICTIM, "output": f"login of {VICTIM} failed"})
    forger = pseudonym(KEY, "usr", "username", VICTIM)
    assert values == {"username": forger, "output": f"login of {forger} failed"}


def test_a_name_beside_a_forged_one_keeps_its_pseudonym() -> None:
    values, _ = redacted({"username": "zhangwei", "output": f"user zhangwei is not {VICTIM}"})
    assert values["username"] == VICTIM
    assert values["output"] == f"user {VICTIM} is not {pseudonym(KEY, 'usr', 'username', VICTIM)}"


def test_the_vault_sights_a_forger_under_the_forged_name() -> None:
    step = SightAccountsStep(POLICY, KEY, TIME, 0).build()
    (seen,) = step([ClassifiedEvent(RawRecord(b"", Source("a")), {"username": VICTIM}, {}, TIME)]).kept
    assert (seen.username, seen.username_pseudonym) == (VICTIM, pseudonym(KEY, "usr", "username", VICTIM))


def test_what_was_written_is_left_alone_by_a_verification() -> None:
    values, _ = redacted({"username": VICTIM, "output": f"login of {VICTIM} by lin.qiao@example.org"})
    redactor = checking_redactor(POLICY, Detection.of(POLICY))
    texts = list(values.values())
    assert [done.text for done in redactor.redact(texts, [[]] * 2, [False] * 2)] == texts


@given(st.from_regex(PSEUDONYM, fullmatch=True), st.text(max_size=8), st.text(max_size=8))
def test_no_token_survives_in_any_text(token: str, before: str, behind: str) -> None:
    values, _ = redacted({"description": f"{before} {token} {behind}"})
    assert token not in values["description"]

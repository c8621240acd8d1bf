"""With `tokens: keyed`, one mail address, number or person in texts has one pseudonym, in every event and run."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.accounts import ErasedMark
from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy.file import default_policy
from schemas.policy.tokens import KEYED_KINDS, Tokens
from transforms.accounts.erased import ErasedAccounts, erasure_digest
from transforms.checks.texts import checking_redactor
from transforms.detect import Detection, Detector
from transforms.detect.explain import explain_text
from transforms.drift import Drift, Remedy, Stored
from transforms.explain_event import explain_event
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.redact import RedactStep
from transforms.rejections import Rejecter
from transforms.tighten import RecordTightener
from transforms.token_treatments import masked_tokens, text_treatment

KEY = PseudonymKey(bytes(range(32)), "1")
KEYED = replace(default_policy(), tokens=Tokens.KEYED)
STEP = RedactStep(KEYED, KEY, Rejecter(KEY, ""))
REDACT = STEP.build()
MAIL = pseudonym(KEY, "eml", "text.mail", "anna.smith@example.com")
PHONE = pseudonym(KEY, "phn", "text.phone", "8613800138000")
PERSON = pseudonym(KEY, "psn", "text.person", "anna smith")


def event(values: Mapping[str, str]) -> ClassifiedEvent:
    return ClassifiedEvent(RawRecord(b"", Source("a")), dict(values), {}, 1_790_000_000_000)


def redacted(**values: str) -> dict[str, str]:
    (done,) = REDACT([event(values)]).kept
    return dict(done.values)


def test_one_address_has_one_pseudonym_in_texts_of_several_events() -> None:
    one = redacted(output="mail to anna.smith@example.com bounced")
    other = redacted(error_message="550 <Anna.Smith@Example.com>: no such mailbox")
    assert one["output"] == f"mail to {MAIL} bounced"
    assert MAIL in other["error_message"]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        pytest.param("email=anna.smith%40example.com", MAIL, id="percent"),
        pytest.param("email=%22anna.smith%40example.com%22", MAIL, id="percent around"),
        pytest.param("to anna.smith%2540example.com", MAIL, id="percent twice"),
        pytest.param("to anna.smith&#64;example.com", MAIL, id="HTML, number"),
        pytest.param("to anna.smith&commat;example.com", MAIL, id="HTML, name"),
        pytest.param('{"email":"anna.smith\\u0040example.com"}', MAIL, id="JSON"),
        pytest.param("phone=138%200013%208000", PHONE, id="number"),
        pytest.param("full_name=Anna%20Smith&x=1", PERSON, id="person"),
        pytest.param("full_name=Anna+Smith&x=1", PERSON, id="person, blanks as plus signs"),
        pytest.param(
            "username=anna%2Esmith", pseudonym(KEY, "usr", "username", "anna.smith"), id="user name"
        ),
        pytest.param("uin=%31%30%30012345678", pseudonym(KEY, "uin", "uin", "100012345678"), id="UIN"),
    ],
)
def test_an_encoded_value_has_the_pseudonym_of_what_it_stands_for(text: str, token: str) -> None:
    assert token in redacted(output=text)["output"]


def test_a_plus_sign_in_a_mail_address_is_none_of_a_blank() -> None:
    tagged = pseudonym(KEY, "eml", "text.mail", "anna+lab@example.com")
    done = redacted(
        output="to anna+lab@example.com, to=anna%2Blab%40example.com, email=anna&#x2B;lab@example.com"
    )
    assert done == {"output": f"to {tagged}, to={tagged}, email={tagged}"}


def test_numbers_and_persons_have_theirs() -> None:
    done = redacted(
        output="联系电话：138-0013-8000, phone=+8613800138000", description="Patient name: Anna Smith"
    )
    assert done == {"output": f"联系电话：{PHONE}, phone={PHONE}", "description": f"Patient name: {PERSON}"}


def test_urls_and_encoded_texts_have_them_too() -> None:
    done = redacted(
        url="https://h.example/a?to=anna.smith%40example.com", output="to=anna.smith%40example.com ok"
    )
    assert done == {"url": f"https://h.example/a?to={MAIL}", "output": f"to={MAIL} ok"}


def test_an_echo_becomes_what_its_cue_became() -> None:
    done = redacted(output="Patient name: Anna Smith", description="re-run for anna smith asked")
    assert done["description"] == f"re-run for {PERSON} asked"


def test_the_events_own_name_stays_its_own_where_it_is_a_mail_address() -> None:
    done = redacted(username="anna.smith@example.com", output="mail to anna.smith@example.com bounced")
    assert done["output"] == f"mail to {done['username']} bounced"
    assert done["username"].startswith("usr_1_")


@pytest.mark.parametrize("kind", ["EMAIL_ADDRESS", "PHONE_NUMBER", "PERSON"])
def test_detectors_of_others_get_them_by_their_kind(kind: str) -> None:
    desk = Detector("desk", kind, r"desk-\d{8}", r"desk-\d", "the desk", (), (), "")
    redactor = Detection.of(KEYED, extra=(desk,)).build(text_treatment(KEYED, KEY))
    text = redactor.redact(["asked desk-12345678 again"], [()])[0].text
    assert re.fullmatch(rf"asked {KEYED_KINDS[kind].prefix}_1_[a-z2-7]{{20}} again", text)


def test_other_kinds_and_other_policies_keep_the_tokens_of_their_kind() -> None:
    done = redacted(output="password=hunter2hunter, mac 00:1b:44:11:3a:b7")
    assert done["output"] == "password=<SECRET>, mac <MAC_ADDRESS>"
    masked = RedactStep(default_policy(), KEY, Rejecter(KEY, "")).build()
    assert masked([event({"output": "to a.smith@example.com"})]).kept[0].values["output"] == "to <EMAIL>"


def test_what_arrives_in_the_form_of_one_gets_one_of_its_own() -> None:
    done = redacted(output=f"mail to {MAIL} and anna.smith@example.com")
    forged = pseudonym(KEY, "eml", "text.mail", MAIL)
    assert done["output"] == f"mail to {forged} and {MAIL}"
    masked = RedactStep(default_policy(), KEY, Rejecter(KEY, "")).build()
    assert masked([event({"output": f"to {MAIL}"})]).kept[0].values["output"] == "to <TOKEN>"


def test_logveils_own_output_comes_out_as_it_is_and_a_check_finds_nothing_in_it() -> None:
    done = redacted(
        output="to anna.smith@example.com, tel 13800138000", url="https://h/a?to=anna.smith@example.com"
    )
    again = replace(STEP, arriving=False).build()([event(done)]).kept[0]
    assert dict(again.values) == done
    checking = checking_redactor(KEYED, Detection.of(KEYED))
    assert checking.find(done["output"]) == []
    assert checking_redactor(default_policy(), Detection.of(default_policy())).find(done["output"]) == []


def test_explain_shows_the_pseudonym_and_why() -> None:
    redactor = Detection.of(KEYED).build(text_treatment(KEYED, KEY))
    (taken,) = explain_text(redactor, "to anna.smith@example.com").taken
    assert (taken.becomes, taken.treatment.value, taken.kind) == (MAIL, "pseudonymise", "EMAIL")
    record = RawRecord(b'{"__TIMESTAMP__": 1790000000000, "msg": "to anna.smith@example.com"}', Source("a"))
    (message,) = [one for one in explain_event(record, KEYED, KEY, Detection.of(KEYED)).fields if one.text]
    assert (message.after, message.text and message.text.redacted) == (f"to {MAIL}", f"to {MAIL}")


def test_a_later_key_gives_another_that_says_so() -> None:
    later = PseudonymKey(bytes(range(1, 33)), "2")
    done = RedactStep(KEYED, later, Rejecter(later, "")).build()(
        [event({"output": "to anna.smith@example.com"})]
    )
    assert done.kept[0].values["output"].startswith("to eml_2_")
    assert MAIL[6:] not in done.kept[0].values["output"]


def test_an_erased_address_does_not_come_back_in_a_text() -> None:
    mark = ErasedMark(erasure_digest(KEY, MAIL), 0, None)
    erased = ErasedAccounts({mark.digest: (mark,)}, (KEY,))
    done = replace(STEP, erased=erased).build()(
        [event({"output": "to Anna.Smith@example.com, b.li@example.com"})]
    )
    assert re.fullmatch(r"to <ERASED>, eml_1_\w{20}", done.kept[0].values["output"])


def test_a_policy_that_masks_brings_stored_texts_to_it() -> None:
    stored = Stored("output", f"to {MAIL} by usr_1_{'a' * 20}", "redact_text", found=True)
    assert masked_tokens(stored.value) == f"to <EMAIL> by usr_1_{'a' * 20}"
    names = frozenset(rule.name for rule in KEYED.fields)
    assert Drift(default_policy(), names).remedy(stored) is Remedy.TREAT
    assert Drift(KEYED, names).remedy(stored) is Remedy.NONE
    assert Drift(default_policy(), names).remedy(stored._replace(name="others.colour")) is Remedy.TREAT
    assert Drift(default_policy(), names).remedy(stored._replace(treatment="pseudonymise")) is Remedy.NONE


def test_tightening_masks_them_and_leaves_accounts_as_they_are() -> None:
    tightener = RecordTightener(default_policy(), (KEY,), [rule.name for rule in KEYED.fields])
    at = datetime(2026, 11, 23, tzinfo=UTC)
    account = pseudonym(KEY, "usr", "username", "anna")
    tag = {"field": "output", "treatment": "redact_text", "detected": [{"kind": "EMAIL", "count": 1}]}
    other = {**tag, "field": "others.colour"}
    record = {rule.name: None for rule in KEYED.fields} | {
        "event_id": "e", "event_time": at, "expires_at": at + timedelta(days=180), "key_epoch": "1", "source": "a",
        "output": f"to {MAIL} by {account}", "others": {"colour": f"of {PHONE}"}, "tags": [tag, other],
    }  # fmt: skip
    (done,) = tightener.tighten([record])
    assert done.record["output"] == f"to <EMAIL> by {account}"
    assert done.record["others"] == {"colour": "of <PHONE>"}
    assert [tag["detected"] for tag in done.record["tags"]] == [[{"kind": "EMAIL", "count": 1}]] * 2
    assert tightener.behind(record) == ["output: redact_text", "others.colour: redact_text"]
    assert tightener.behind(done.record) == []

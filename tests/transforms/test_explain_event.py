"""What an explanation says of one event: the same as the redaction does, with its reasons."""

import json

import pytest

from schemas.events import RawRecord, Reason, Source, Stage
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from transforms.classify import UnknownFields
from transforms.detect import Detection
from transforms.explain_event import EventExplanation, explain_event
from transforms.pseudonyms import PseudonymKey, pseudonym

POLICY = default_policy()
KEY = PseudonymKey(bytes(32), "0")
USER = pseudonym(KEY, "usr", "username", "lin.qiao")
RULE = "the policy's treatment of this field"


def explained(unknown_fields: UnknownFields = UnknownFields.DROP, **fields: object) -> EventExplanation:
    data = json.dumps({"__TIMESTAMP__": NOW_MS, **fields}).encode()
    return explain_event(RawRecord(data, Source("x")), POLICY, KEY, Detection.of(POLICY), unknown_fields)


def test_each_field_is_told_with_its_treatment_and_reason() -> None:
    event = explained(
        username="lin.qiao",
        client_ip="203.0.113.77",
        state="RUNNING",
        network_type="a long story",
        request_id="lin.qiao-4711",
        description="login of lin.qiao",
        url="https://h.example/?q=1",
    )

    told = {one.field: (one.treatment, one.reason, one.before, one.after) for one in event.fields}
    no_form = "the policy says keep, but the value has not this field's form"
    assert told == {
        "username": ("pseudonymise", RULE, "lin.qiao", USER),
        "client_ip": ("truncate_ip", RULE, "203.0.113.77", "203.0.113.0/24"),
        "state": ("keep", RULE, "RUNNING", "RUNNING"),
        "network_type": ("redact_text", no_form, "a long story", "a long story"),
        "request_id": ("redact_text", no_form, "lin.qiao-4711", f"{USER}-4711"),
        "description": ("redact_text", RULE, "login of lin.qiao", f"login of {USER}"),
        "url": ("redact_url", RULE, "https://h.example/?q=1", "https://h.example/?q=<QUERY_VALUE>"),
    }


def test_a_field_that_would_be_kept_but_holds_one_of_the_events_people_is_told() -> None:
    (_, field) = explained(username="running", state="RUNNING").fields

    assert (field.treatment, field.reason) == (
        "redact_text",
        "the policy keeps this field, but it holds one of the event's own people",
    )


def test_free_text_is_told_as_it_is_redacted_with_the_events_own_people() -> None:
    event = explained(username="lin.qiao", userName="mei.lin", description="lin.qiao and mei.lin")
    (text,) = (one.text for one in event.fields if one.field == "description")

    assert text is not None
    assert [(one.recognizer, one.becomes) for one in text.taken] == [
        ("own_people", USER),
        ("own_people", pseudonym(KEY, "usr", "username", "mei.lin")),
    ]
    assert text.redacted == next(one.after for one in event.fields if one.field == "description")


def test_what_the_policy_does_not_know_is_counted_or_told_as_text() -> None:
    assert explained(username="lin.qiao", shoe="by lin.qiao").counts["unknown_field/shoe"] == 1

    kept = explained(UnknownFields.REDACT, username="lin.qiao", shoe="by lin.qiao")
    assert [(one.field, one.reason, one.after) for one in kept.fields] == [
        ("username", RULE, USER),
        ("others.shoe", "a second value of a field, or a field outside the policy", f"by {USER}"),
    ]


@pytest.mark.parametrize(
    ("data", "stage", "reason"),
    [
        pytest.param(b"{", Stage.PARSE, Reason.NOT_JSON, id="not JSON"),
        pytest.param(b'{"state": "RUNNING"}', Stage.CLASSIFY, Reason.MISSING_TIME, id="no time"),
    ],
)
def test_a_rejected_event_is_told_with_stage_and_reason(data: bytes, stage: Stage, reason: Reason) -> None:
    event = explain_event(RawRecord(data, Source("x")), POLICY, KEY, Detection.of(POLICY))

    assert event.rejection is not None
    assert (event.rejection.stage, event.rejection.reason, event.fields) == (stage, reason, ())

"""A written event is checked against what its own schema says of its fields."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.avro import event_schema
from schemas.policy.file import default_policy
from schemas.verification import ProblemKind
from transforms.checks.records import RecordCheck, field_rules

POLICY = default_policy()
RULES = field_rules(event_schema(POLICY))
DAY = date(2027, 5, 23)
CHECK = RecordCheck(RULES, POLICY.event_category, DAY)
EVENT_TIME = datetime(2026, 11, 24, 4, tzinfo=UTC)


def tag(field, treatment="keep"):
    rule = RULES.get(field, RULES["uin"])
    return {
        "field": field,
        "category": POLICY.event_category,
        "purpose": rule.purpose,
        "legal_basis": rule.legal_basis,
        "treatment": treatment,
        "expires_on": DAY,
        "detected": [],
    }


RECORD = {
    **dict.fromkeys(RULES),
    "event_time": EVENT_TIME,
    "expires_at": EVENT_TIME + timedelta(days=180),
    "uin": "uin_1_x",
    "state": "running",
    "others": {"note": "x"},
    "tags": [tag("uin", "pseudonymise"), tag("state"), tag("others.note", "redact_text")],
}


def changed(**changes):
    record = deepcopy(RECORD)
    record.update(changes)
    return record


def with_tag(number, **changes):
    record = deepcopy(RECORD)
    record["tags"][number].update(changes)
    return record


def test_the_schema_gives_a_rule_for_each_field_of_the_policy():
    assert RULES.keys() == {rule.name for rule in POLICY.fields}
    assert RULES["uin"].retention_days == POLICY["uin"].retention_days


def test_a_record_as_it_was_written_has_no_fault():
    assert list(CHECK.faults(RECORD)) == []


def test_the_tag_of_a_dropped_field_needs_no_value():
    record = changed(tags=[*RECORD["tags"], tag("url", "drop")])
    assert list(CHECK.faults(record)) == []


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        pytest.param(
            changed(expires_at=EVENT_TIME + timedelta(days=179)), ProblemKind.PARTITION, id="other-day"
        ),
        pytest.param(
            changed(expires_at=datetime(2027, 5, 23, 4, 0, 0, 1000, tzinfo=UTC)),
            ProblemKind.RETENTION,
            id="a-millisecond-too-long",
        ),
        pytest.param(changed(tags=RECORD["tags"][1:]), ProblemKind.TAGS, id="field-without-tag"),
        pytest.param(changed(tags=RECORD["tags"][:2]), ProblemKind.TAGS, id="other-without-tag"),
        pytest.param(changed(state=None), ProblemKind.TAGS, id="tag-without-field"),
        pytest.param(with_tag(0, purpose="dpv:Marketing"), ProblemKind.TAGS, id="other-purpose"),
        pytest.param(with_tag(0, legal_basis="dpv:Consent"), ProblemKind.TAGS, id="other-basis"),
        pytest.param(with_tag(0, category="rejected"), ProblemKind.TAGS, id="other-category"),
        pytest.param(with_tag(0, treatment=""), ProblemKind.TAGS, id="no-treatment"),
        pytest.param(with_tag(0, expires_on=DAY + timedelta(1)), ProblemKind.TAGS, id="later-expiry"),
        pytest.param(with_tag(2, purpose=""), ProblemKind.TAGS, id="other-without-purpose"),
    ],
)
def test_each_fault_is_named(record, kind):
    assert [fault[0] for fault in CHECK.faults(record)] == [kind]


@pytest.mark.parametrize(
    ("personal", "faults"),
    [
        pytest.param(True, [ProblemKind.RETENTION], id="shortest-personal-field-decides"),
        pytest.param(False, [], id="other-fields-decide-nothing"),
    ],
)
def test_the_shortest_retention_of_the_personal_fields_present_is_the_limit(personal, faults):
    rules = {**RULES, "state": replace(RULES["state"], retention_days=30, personal=personal)}
    record = with_tag(1, expires_on=EVENT_TIME.date() + timedelta(days=30))
    check = RecordCheck(rules, POLICY.event_category, DAY)
    assert [fault[0] for fault in check.faults(record)] == faults


def test_a_tag_of_a_field_that_the_schema_does_not_know_is_a_fault():
    record = changed(tags=[*RECORD["tags"], tag("shoe_size", "drop")])
    assert [fault[0] for fault in CHECK.faults(record)] == [ProblemKind.TAGS]

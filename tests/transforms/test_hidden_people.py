"""A person whom no field is to hold is in no text either: of a dropped field, or of a key unknown to the policy."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.events import RawRecord, Source
from schemas.policy.file import default_policy
from schemas.policy.policy import Policy, Treatment
from schemas.policy.policy_tests import PolicyTest
from transforms.classify import UnknownFields
from transforms.detect import Detection
from transforms.explain_event import explain_event
from transforms.hidden_people import of_unknown
from transforms.policy_tests import failed_tests
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents

POLICY = default_policy()
TIME = 1_795_420_800_000


def dropping(*names: str) -> Policy:
    """Return the shipped policy with fields dropped."""
    fields = (
        replace(rule, treatment=Treatment.DROP) if rule.name in names else rule for rule in POLICY.fields
    )
    return replace(POLICY, fields=tuple(fields))


def forgetting(*keys: str) -> Policy:
    """Return the shipped policy without spellings."""
    return replace(POLICY, aliases={key: name for key, name in POLICY.aliases.items() if key not in keys})


@pytest.mark.parametrize(
    ("policy", "event", "record"),
    [
        pytest.param(
            dropping("username"),
            {"user": "zhangwei", "msg": "zhangwei left", "url": "https://h/x/zhangwei?page=zhangwei"},
            {"output": "<USERNAME> left", "url": "https://h/x/<USERNAME>?page=<USERNAME>"},
            id="a dropped user name",
        ),
        pytest.param(
            dropping("uin", "username"),
            {"user": "zhangwei", "uin": 100012345678, "msg": "zhangwei is 100012345678"},
            {"output": "<USERNAME> is <UIN>"},
            id="both identifiers dropped",
        ),
        pytest.param(
            dropping("username"),
            {"user": "zhangwei", "userName": "lisi", "login": "wangwu", "msg": "zhangwei, lisi, wangwu"},
            {"output": "<USERNAME>, <USERNAME>, <USERNAME>"},
            id="second values of a dropped field",
        ),
        pytest.param(
            forgetting("user"),
            {"user": "zhangwei", "msg": "zhangwei left"},
            {"output": "<USERNAME> left"},
            id="a spelling that the policy forgot",
        ),
        pytest.param(
            POLICY,
            {"ctx.user": "zhangwei", "msg": "zhangwei left"},
            {"output": "<USERNAME> left"},
            id="a flattened path",
        ),
        pytest.param(
            forgetting("taguser"),
            {"__TAG__.user": "zhangwei", "msg": "zhangwei left"},
            {"output": "<USERNAME> left"},
            id="a tag of the log service that the policy forgot",
        ),
        pytest.param(
            forgetting("user"),
            {"user": ["zhangwei", "lisi"], "msg": "zhangwei met lisi"},
            {"output": "<USERNAME> met <USERNAME>"},
            id="a list of people",
        ),
        pytest.param(
            dropping("description"),
            {"description": "started", "msg": "started"},
            {"output": "started"},
            id="a dropped field of no person",
        ),
    ],
)
def test_texts_do_not_name_whom_no_field_holds(
    policy: Policy, event: dict[str, Any], record: dict[str, str]
) -> None:
    test = PolicyTest("one", "own.yaml:1", {"__TIMESTAMP__": TIME, **event}, record)
    assert list(failed_tests(policy, [test])) == []


def test_the_value_of_an_unknown_key_that_names_a_person_is_not_kept_as_text() -> None:
    body = RedactLogEvents(forgetting("user"), PseudonymKey(bytes(32), "0"), TIME, UnknownFields.REDACT)
    line = b'{"__TIMESTAMP__": 1795420800000, "user": "zhangwei", "colour": "of zhangwei"}'
    done = body.build()([RawRecord(line, Source("a"))])
    assert done.kept[0].event.others == {"colour": "of <USERNAME>"}
    assert done.counts["unknown_field/user"] == 1


def test_an_explanation_knows_them_too() -> None:
    policy = dropping("username")
    line = b'{"__TIMESTAMP__": 1795420800000, "user": "zhangwei", "msg": "zhangwei left"}'
    record = RawRecord(line, Source("a"))
    explained = explain_event(record, policy, PseudonymKey(bytes(32), "0"), Detection.of(policy))
    (field,) = explained.fields
    assert field.text is not None
    assert field.after == field.text.redacted == "<USERNAME> left"


@pytest.mark.parametrize("value", [None, "", True, {"a": "b"}, [], 1.5])
def test_a_value_that_names_nobody_hides_nobody(value: Any) -> None:
    assert list(of_unknown(value)) == []

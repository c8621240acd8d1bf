"""Fields that the policy does not know are read by their keys where they are kept, and their people are known."""

from typing import Any

import pytest

from schemas.events import LogEvent, RawRecord, Source
from schemas.policy.file import default_policy
from transforms.classify import ClassifyStep, UnknownFields
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.redact import RedactStep
from transforms.rejections import Rejecter

POLICY = default_policy()
KEY = PseudonymKey(bytes(range(32)), "1")
REJECT = Rejecter(KEY, "2027-05-23")
REDACT = RedactStep(POLICY, KEY, REJECT).build()
UIN, OTHER_UIN = (pseudonym(KEY, "uin", "uin", text) for text in ("100012345678", "100023456789"))
TOMEK, LI = (pseudonym(KEY, "usr", "username", name) for name in ("tomek", "li"))


def redacted(unknown_fields: UnknownFields, **pairs: Any) -> tuple[dict[str, str], dict[str, str]]:
    event = LogEvent(RawRecord(b"", Source("a")), tuple(pairs.items()), {"__TIMESTAMP__": 1_790_000_000_000})
    (classified,) = ClassifyStep(POLICY, REJECT, unknown_fields).build()([event]).kept
    (result,) = REDACT([classified]).kept
    return result.values, result.others


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param("uins", ["100012345678", "100023456789"], f'["{UIN}","{OTHER_UIN}"]', id="array"),
        pytest.param("ownerUins", "100012345678,100023456789", f"{UIN},{OTHER_UIN}", id="text of several"),
        pytest.param("userNames", '["tomek","li"]', f'["{TOMEK}","{LI}"]', id="array as a text"),
        pytest.param("actors", ["tomek", "li"], f'["{TOMEK}","{LI}"]', id="a key that the policy has no field for"),
        pytest.param("actor", "tomek", TOMEK, id="one"),
        pytest.param("password", "hunter2", "<SECRET>", id="secret"),
        pytest.param("users", 3, "3", id="count"),
        pytest.param("accounts", "active", "active", id="state"),
        pytest.param("colours", ["tomek"], '["tomek"]', id="a key of nobody"),
    ],
)  # fmt: skip
def test_a_kept_field_is_read_by_its_key(key: str, value: Any, expected: str) -> None:
    _, others = redacted(UnknownFields.REDACT, state="RUNNING", **{key: value})

    assert others == (
        {key: expected} if expected is not None else {"owner.name": TOMEK, "owner.colour": "red"}
    )


def test_whom_a_kept_field_names_has_one_pseudonym_in_the_event() -> None:
    values, others = redacted(UnknownFields.REDACT, uins=["100023456789"], output="job of 100023456789 done")

    assert values == {"output": f"job of {OTHER_UIN} done"}
    assert others == {"uins": f'["{OTHER_UIN}"]'}


@pytest.mark.parametrize(
    "value", [["100023456789", "lin.qiao"], "100023456789, lin.qiao", '["100023456789","lin.qiao"]']
)
def test_whom_a_dropped_plural_names_is_in_no_text(value: Any) -> None:
    values, others = redacted(UnknownFields.DROP, userIds=value, output="100023456789 is lin.qiao")

    assert values == {"output": "<UIN> is <USERNAME>"}
    assert others == {}


def test_how_users_are_is_no_name() -> None:
    values, _ = redacted(UnknownFields.DROP, users="active", output="still active")

    assert values == {"output": "still active"}

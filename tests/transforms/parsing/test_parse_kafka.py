"""What a consumer of the log service's Kafka-protocol topic gets: one event, however the topic is set up."""

import json
from itertools import product
from typing import Any

import pytest

from schemas.events import ClassifiedEvent, RawRecord, RecordFormat, Source
from schemas.policy.file import default_policy
from transforms.classify import ClassifyStep
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.rejections import Rejecter

TOPIC = "125407-ad2155c6-0000-4000-8000-000000000001"
TIME_MS = 1_795_392_000_000
TAGS = {"region": "ap-guangzhou", "cluster_id": "cls-a1b2c3d4", "username": "lin.qiao"}
NESTED = {
    "single_step_debugging_information": {"step": "align", "exit": 0},
    "userIdentity": {"accountId": "100012345678"},
    "note": {"colour": "red"},
}
METADATA = {"__SOURCE__": "10.0.0.1", "__FILENAME__": "/var/log/x", "__PKGID__": "AB-1", "__PKG_LOGID__": 7}
REJECT = Rejecter(PseudonymKey(bytes(32), "1"), "2027-05-23")


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def message(tag_transaction: int, json_type: int, time: object) -> bytes:
    """Return a message of Format 1 under a topic's `TagTransaction` and `JsonType`."""
    event: dict[str, object] = {"__TIMESTAMP__": time, "__TOPIC__": TOPIC, **METADATA, "output": "done"}
    event |= NESTED if json_type == 1 else {name: compact(value) for name, value in NESTED.items()}
    if tag_transaction == 2:
        event |= {f"__TAG__.{name}": value for name, value in TAGS.items()}
    else:
        event["__TAG__"] = TAGS if json_type == 1 else compact(TAGS)
    return compact(event).encode()


def classified(data: bytes, source: Source) -> ClassifiedEvent:
    parsed = ParseStep(REJECT).build()([RawRecord(data, source)])
    outcome = ClassifyStep(default_policy(), REJECT).build()(parsed.kept)
    assert (parsed.rejections, outcome.rejections) == ([], [])
    (event,) = outcome.kept
    return event


@pytest.mark.parametrize("time", [TIME_MS, TIME_MS // 1000, str(TIME_MS)], ids=["ms", "s", "text"])
@pytest.mark.parametrize(("tag_transaction", "json_type"), list(product((1, 2), (1, 2))))
def test_the_json_form_gives_one_event_under_every_setting(
    tag_transaction: int, json_type: int, time: object
) -> None:
    event = classified(message(tag_transaction, json_type, time), Source(TOPIC))
    assert event.values == {
        "output": "done",
        "single_step_debugging_information": '{"step":"align","exit":0}',
        "uin": "100012345678",
        "username": "lin.qiao",
    }
    assert (event.event_time, event.package) == (TIME_MS, "AB-1/7")
    assert event.source == f"{TOPIC}/ap-guangzhou/cls-a1b2c3d4"


def test_the_original_form_gives_one_output_dated_by_its_line_or_its_message() -> None:
    source = Source(TOPIC, format=RecordFormat.TEXT, modified_ms=TIME_MS)
    dated = classified(b"2026-11-22T08:00:00+08:00 job done", source)
    assert (dated.values, dated.event_time) == (
        {"output": "2026-11-22T08:00:00+08:00 job done"},
        TIME_MS - 86_400_000,
    )
    undated = classified("用户登录".encode(), source)
    assert (undated.values, undated.event_time) == ({"output": "用户登录"}, TIME_MS)

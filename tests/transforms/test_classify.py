"""Keys of log events against the policy's fields."""

import sys

import pytest

from schemas.events import LogEvent, RawRecord, Reason, Source, Stage
from schemas.policy.file import default_policy
from transforms.classify import ClassifyStep, UnknownFields
from transforms.pseudonyms import PseudonymKey
from transforms.rejections import Rejecter
from transforms.sort_keys import MAX_FIELDS
from transforms.unknown_names import settle_names

POLICY = default_policy()
REJECT = Rejecter(PseudonymKey(bytes(32), "1"), "2027-05-23")
TIME = {"__TIMESTAMP__": 1_795_478_400_000}


def classify(pairs, envelope=TIME, unknown_fields=UnknownFields.DROP):
    event = LogEvent(RawRecord(b"{}", Source("a")), tuple(pairs), envelope)
    return ClassifyStep(POLICY, REJECT, unknown_fields).build()([event])


def test_spellings_of_a_field_find_it():
    (event,) = classify([("clientIp", "1.2.3.4"), ("X-Request-Id", "r"), ("errMsg", "no")]).kept
    assert event.values == {"client_ip": "1.2.3.4", "request_id": "r", "error_message": "no"}


def test_a_value_of_another_type_becomes_its_json():
    (event,) = classify([("uin", 12345), ("output", ["a", {"b": None}]), ("state", True)]).kept
    assert event.values == {"uin": "12345", "output": '["a",{"b":null}]', "state": "true"}


def test_an_empty_or_null_value_is_absent():
    (event,) = classify([("uin", None), ("username", ""), ("state", "RUNNING")]).kept
    assert event.values == {"state": "RUNNING"}


def test_the_second_value_of_a_field_becomes_free_text_and_is_counted():
    outcome = classify([("client_ip", "1.2.3.4"), ("clientIp", "5.6.7.8"), ("ClientIP", "9.9.9.9")])
    assert outcome.kept[0].values == {"client_ip": "1.2.3.4"}
    assert outcome.kept[0].others == {"client_ip": "5.6.7.8", "client_ip.2": "9.9.9.9"}
    assert outcome.counts["second_value/client_ip"] == 2


def test_a_field_inside_an_unknown_object_is_found():
    (event,) = classify([("request", {"headers": {"x-request-id": "r1"}, "n": 1})]).kept
    assert event.values == {"request_id": "r1"}


def test_a_field_inside_escaped_json_is_found():
    (event,) = classify([("payload_x", '{"client_ip":"1.2.3.4"}')]).kept
    assert event.values == {"client_ip": "1.2.3.4"}


def test_an_unknown_field_is_dropped_and_its_name_counted():
    outcome = classify([("uin", "1000"), ("operator_mobile", "13912345678"), ("ext", {"a": {"b": 1}})])
    assert outcome.kept[0].others == {}
    names = [name for name in outcome.counts if name.startswith("unknown_field/")]
    assert names == ["unknown_field/operator_mobile", "unknown_field/ext.a.b"]
    assert settle_names(outcome.counts) == {"unknown_field/unnameable": 2}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("13912345678", id="a-number"),
        pytest.param("lin.qiao@example.com", id="an-address"),
        pytest.param("quota_of_lin.qiao", id="the-event's-own-account"),
        pytest.param("x" * 65, id="too-long"),
        pytest.param("备注", id="no-identifier"),
        pytest.param("a\nb", id="line-break"),
        pytest.param("order_123", id="three-digits"),
    ],
)
def test_a_name_that_may_be_personal_is_never_printed(name):
    outcome = classify([("username", "lin.qiao"), (name, "v")])
    assert settle_names(outcome.counts) == {"unknown_field/unnameable": 1}


def test_unknown_fields_are_kept_as_free_text_where_the_run_says_so():
    outcome = classify(
        [("uin", "1000"), ("remark", "call me"), ("备注", "x")], unknown_fields=UnknownFields.REDACT
    )
    assert outcome.kept[0].others == {"remark": "call me", "unnameable": "x"}


def test_unknown_fields_reject_the_event_where_the_run_says_so():
    outcome = classify([("uin", "1000"), ("remark", "call me")], unknown_fields=UnknownFields.REJECT)
    assert [(item.stage, item.reason) for item in outcome.rejections] == [
        (Stage.CLASSIFY, Reason.UNKNOWN_FIELD)
    ]
    assert outcome.kept == []


def test_an_event_without_any_known_field_is_rejected():
    outcome = classify([("a", 1)])
    assert [item.reason for item in outcome.rejections] == [Reason.NO_KNOWN_FIELD]
    assert outcome.counts["rejected/no_known_field"] == 1


def test_an_event_without_a_time_is_rejected():
    assert [item.reason for item in classify([("uin", "1")], envelope={}).rejections] == [Reason.MISSING_TIME]


def test_the_access_time_dates_an_event_that_has_no_log_time():
    (event,) = classify([("access_time", "2026-11-24T08:00:00+08:00")], envelope={}).kept
    assert event.event_time == 1_795_478_400_000


def test_source_and_package_come_from_the_envelope_in_their_form_only():
    envelope = {
        **TIME,
        "__TAG__.region": "ap-guangzhou",
        "__TAG__.cluster_id": "lin.qiao",
        "__PKGID__": "AB-1",
        "__PKG_LOGID__": 7,
    }
    (event,) = classify([("uin", "1")], envelope=envelope).kept
    assert (event.source, event.package) == ("ap-guangzhou", "AB-1/7")


def test_repeated_keys_cost_what_they_are_long_not_their_square():
    pairs = [("client_ip", "1.2.3.4")] * MAX_FIELDS

    def calls(number):
        made = 0

        def count(frame, event, argument):
            nonlocal made
            made += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            classify(pairs[:number])
        finally:
            sys.setprofile(None)
        return made

    assert calls(MAX_FIELDS) < 2.5 * calls(MAX_FIELDS // 2)
    (event,) = classify(pairs).kept
    assert list(event.others)[:2] == ["client_ip", "client_ip.2"]
    assert len(event.others) == MAX_FIELDS - 1


@pytest.mark.parametrize(
    "pairs",
    [
        [("client_ip", "1.2.3.4")] * (MAX_FIELDS + 1),
        [("request", {str(number): "x" for number in range(MAX_FIELDS)}), ("client_ip", "1.2.3.4")],
        [("request", '{"a":{' + ",".join(f'"{n}":1' for n in range(MAX_FIELDS)) + "}}")],
    ],
    ids=["repeated", "nested", "escaped"],
)
def test_an_event_of_too_many_pairs_is_rejected(pairs):
    outcome = classify(pairs)
    assert [rejection.reason for rejection in outcome.rejections] == [Reason.TOO_MANY_FIELDS]
    assert outcome.counts == {"rejected/too_many_fields": 1}


def test_a_long_key_is_not_repeated_in_the_name_of_each_member():
    seen = []

    class Watched(dict):
        def __missing__(self, key):
            seen.append(len(key))

    classifier = ClassifyStep(POLICY, REJECT).build()
    classifier.__self__._sorter._names = Watched()
    event = LogEvent(RawRecord(b"{}", Source("a")), (("k" * 100_000, dict.fromkeys("abc", 1)),), TIME)
    classifier([event])
    assert set(seen) == {1, 258, 100_000}

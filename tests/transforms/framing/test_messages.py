"""A message becomes one record, a LogGroupList one for each log, all with the coordinates of the message."""

import pytest

from schemas.cls_pb2 import LogGroupList
from schemas.events import Reason, RecordFormat, Source
from transforms.framing.messages import MessageFormat, message_records

TIME = 1_795_478_400_000


def records(value, format=MessageFormat.JSON, limit=1000):
    return message_records(value, "topic", 3, 42, TIME, limit, format)


def log_groups(*texts):
    groups = LogGroupList()
    group = groups.logGroupList.add()
    for text in texts:
        log = group.logs.add()
        log.time = TIME
        content = log.contents.add()
        content.key, content.value = "msg", text
    return groups.SerializeToString()


@pytest.mark.parametrize("value", [b'{"a": 1}', b"poison", b"\n{}", b"\xff\x00"])
def test_a_message_is_one_record_of_json_unless_it_is_said_to_be_another(value):
    (record,) = records(value)
    assert (record.data, record.offset, record.line, record.fault) == (value, 42, 0, None)
    assert record.source == Source("topic", "", RecordFormat.JSON, 3)


@pytest.mark.parametrize("value", [None, b""])
def test_a_tombstone_is_an_empty_record(value):
    (record,) = records(value)
    assert (record.data, record.fault) == (b"", None)


def test_an_original_line_is_dated_by_the_broker():
    (record,) = records(b"sshd: failed\n  again", MessageFormat.TEXT)
    assert record.source == Source("topic", "", RecordFormat.TEXT, 3, modified_ms=TIME)


def test_an_original_line_of_a_message_without_a_time_has_none():
    (record,) = message_records(b"line", "topic", 3, 42, -1, 1000, MessageFormat.TEXT)
    assert record.source.modified_ms is None


@pytest.mark.parametrize("format", [MessageFormat.JSON, MessageFormat.PROTOBUF])
def test_a_log_group_list_is_a_record_for_each_log(format):
    found = records(log_groups("one", "two"), format)
    assert [(record.offset, record.line) for record in found] == [(42, 1), (42, 2)]
    assert {record.source.format for record in found} == {RecordFormat.PROTOBUF}
    assert b"two" in found[1].data


@pytest.mark.parametrize("format", [MessageFormat.JSON, MessageFormat.TEXT])
def test_a_message_over_the_limit_has_no_data(format):
    (record,) = records(b"x" * 1001, format)
    assert (record.data, record.length, record.fault) == (b"", 1001, Reason.TOO_LONG)
    (whole,) = records(b"x" * 1000, format)
    assert whole.fault is None


def test_what_is_no_log_group_list_is_one_faulty_record():
    (record,) = records(b"garbage", MessageFormat.PROTOBUF)
    assert (record.fault, record.offset) == (Reason.NOT_PROTOBUF, 42)


def test_a_tombstone_among_log_group_lists_is_an_empty_record():
    (record,) = records(None, MessageFormat.PROTOBUF)
    assert (record.fault, record.offset) == (Reason.EMPTY_LINE, 42)

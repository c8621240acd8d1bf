"""Cutting SearchLog responses and LogGroupLists into one record per log."""

import orjson

from schemas.cls_pb2 import LogGroupList
from schemas.events import Reason, Source
from transforms.framing.documents import frame_log_groups, frame_search_results

SOURCE = Source("x")


def test_each_result_of_each_response_is_one_record() -> None:
    line = orjson.dumps({"Response": {"Results": [{"Time": 1}, {"Time": 2}]}})
    records = [record for batch in frame_search_results(line + b"\n" + line, SOURCE, 99) for record in batch]
    assert [record.data for record in records] == [b'{"Time":1}', b'{"Time":2}'] * 2
    assert [record.offset for record in records] == [0, 1, 2, 3]


def test_a_response_cut_short_is_one_fault() -> None:
    [[record]] = frame_search_results(b'{"Response":{"Results":[{"Time":1},', SOURCE, 99)
    assert (record.fault, record.length) == (Reason.NOT_JSON, 35)


def test_a_result_over_the_limit_is_too_long() -> None:
    [[record]] = frame_search_results(orjson.dumps({"Results": [{"a": "x" * 50}]}), SOURCE, 20)
    assert (record.data, record.fault) == (b"", Reason.TOO_LONG)


def log_groups(sizes: list[int]) -> bytes:
    groups = LogGroupList()
    for size in sizes:
        group = groups.logGroupList.add(source="s")
        for number in range(size):
            group.logs.add(time=number)
    return groups.SerializeToString()


def test_each_log_keeps_the_context_of_its_group_and_its_own_offset() -> None:
    records = [record for batch in frame_log_groups(log_groups([2, 1]), SOURCE, 99) for record in batch]
    lists = [LogGroupList.FromString(record.data) for record in records]
    assert [(one.logGroupList[0].source, one.logGroupList[0].logs[0].time) for one in lists] == [
        ("s", 0),
        ("s", 1),
        ("s", 0),
    ]
    assert len({record.offset for record in records}) == 3


def test_a_list_cut_short_keeps_its_whole_groups_and_has_one_fault() -> None:
    records = [record for batch in frame_log_groups(log_groups([2, 2])[:-1], SOURCE, 99) for record in batch]
    assert [record.fault for record in records] == [None, None, Reason.NOT_PROTOBUF]

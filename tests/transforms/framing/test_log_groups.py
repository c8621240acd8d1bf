"""Cutting LogGroupLists into one record per log."""

from schemas.cls_pb2 import LogGroupList
from schemas.events import Reason, Source
from transforms.framing.log_groups import frame_log_groups

SOURCE = Source("x")


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

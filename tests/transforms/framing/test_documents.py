"""Cutting JSON documents into events as they stream by."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import RawRecord, Reason, Source
from transforms.framing.documents import frame_documents
from transforms.framing.json_stream import BrokenJsonError, JsonStream

SOURCE = Source("x")
EVENT = {"time": "2026-11-26T08:00:00Z", "message": 'a "quoted" {brace} \\ end'}


def framed(data: bytes, limit: int = 999, block: int = 1 << 20) -> list[RawRecord]:
    blocks = [data[at : at + block] for at in range(0, len(data), block)]
    return [record for batch in frame_documents(blocks, SOURCE, limit) for record in batch]


scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
events = st.dictionaries(st.text(max_size=6), values, max_size=4).map(lambda event: {"time": "8:00", **event})
LAYOUTS = (
    lambda found, indent: json.dumps(found, indent=indent),
    lambda found, indent: "\n".join(json.dumps(event, indent=indent) for event in found),
    lambda found, indent: "".join(json.dumps(event, indent=indent) for event in found),
    lambda found, indent: json.dumps({"Records": found, "more": [1]}, indent=indent),
    lambda found, indent: json.dumps(
        {"Response": {"x": "]}", "Results": found, "ListOver": True}}, indent=indent
    ),
)


@given(
    st.lists(events, max_size=4),
    st.sampled_from(LAYOUTS),
    st.sampled_from([None, 1]),
    st.integers(1, 40),
    st.booleans(),
)
def test_events_come_out_of_every_layout_and_any_blocks(found, layout, indent, block, is_ascii) -> None:
    data = layout(found, indent)
    data = (
        data
        if is_ascii
        else json.dumps(json.loads(data), ensure_ascii=False)
        if layout in LAYOUTS[3:]
        else data
    )
    records = framed(data.encode("utf-8", "replace"), block=block)
    assert [record.fault for record in records] == [None] * len(found)
    assert len({record.offset for record in records}) == len(found)
    if is_ascii:
        assert [json.loads(record.data) for record in records] == found


@given(st.lists(events, min_size=1, max_size=6), st.integers(1, 30))
def test_a_wrapper_longer_than_an_event_may_be_streams_all_the_same(found, block) -> None:
    data = json.dumps({"about": "x" * 50, "Records": found}).encode()
    limit = max(len(json.dumps(event)) for event in found)
    assert [json.loads(record.data) for record in framed(data, limit, block)] == found


def test_each_result_of_each_response_is_one_record() -> None:
    line = orjson.dumps({"Response": {"Results": [{"Time": 1}, {"Time": 2}]}})
    records = framed(line + b"\n" + line)
    assert [record.data for record in records] == [b'{"Time":1}', b'{"Time":2}'] * 2
    assert len({record.offset for record in records}) == 4


def test_what_is_cut_short_or_broken_is_one_fault_and_the_next_document_is_read() -> None:
    records = framed(b'[{"a":1},{"b":"cut\n{"c":1}\nnonsense\n{"d":1}\n{"e":')
    assert [(record.data, record.fault) for record in records] == [
        (b'{"a":1}', None),
        (b"", Reason.NOT_JSON),
        (b'{"c":1}', None),
        (b"", Reason.NOT_JSON),
        (b'{"d":1}', None),
        (b"", Reason.NOT_JSON),
    ]


@pytest.mark.parametrize("block", [7, 1 << 20])
def test_an_event_over_the_limit_is_too_long_and_its_neighbours_stay(block: int) -> None:
    long = {"b": "x" * 50, "c": ['"', "\\"]}
    records = framed(json.dumps([{"a": 1}, long, {"d": 1}]).encode(), 20, block)
    assert [record.fault for record in records] == [None, Reason.TOO_LONG, None]
    assert records[1].length == len(json.dumps(long))


def test_an_object_over_the_limit_that_wraps_nothing_is_too_long() -> None:
    [record] = framed(json.dumps({"a": "x" * 50}).encode(), 20)
    assert (record.fault, record.length) == (Reason.TOO_LONG, 59)


def test_an_event_with_a_list_of_objects_and_a_time_is_one_event() -> None:
    assert len(framed(json.dumps({**EVENT, "events": [{"name": "retry"}]}, indent=1).encode())) == 1


@pytest.mark.parametrize("data", [b'{"a', b'{"a":1', b'["a\nb"]', b"[1, 2", b"{1:2}"])
def test_what_is_passed_over_must_be_json(data: bytes) -> None:
    with pytest.raises(BrokenJsonError):
        pass_over(JsonStream([data]))


def pass_over(stream: JsonStream) -> None:
    for _ in stream.members() if stream.peek() == b"{" else stream.elements():
        stream.skip()

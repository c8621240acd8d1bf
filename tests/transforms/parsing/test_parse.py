"""Parsing: every kind of bad line has its stated outcome, and nothing is lost."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cls_pb2 import LogGroupList
from schemas.events import Counts, LogEvent, RawRecord, Reason, RecordFormat, Source
from transforms.parsing.envelope import open_envelope
from transforms.parsing.event_time import event_time_ms
from transforms.parsing.json import MAX_DEPTH, JsonObject, decode_text, load_object
from transforms.parsing.parse import ParseStep, parse_record
from transforms.parsing.text import line_time
from transforms.pseudonyms import PseudonymKey
from transforms.rejections import Rejecter

JSON = Source("x")
REJECTED = {
    "truncated_json": Reason.NOT_JSON,
    "truncated_utf8": Reason.NOT_JSON,
    "not_object": Reason.NOT_AN_OBJECT,
    "empty_line": Reason.EMPTY_LINE,
    "not_json": Reason.NOT_JSON,
    "deep_nesting": Reason.TOO_DEEP,
    "two_objects": Reason.NOT_JSON,
    "single_quotes": Reason.NOT_JSON,
}
REPAIRED = {
    "invalid_utf8": "invalid_utf8",
    "gbk_bytes": "gb18030",
    "nul_byte": "control_character",
    "raw_control_char": "control_character",
    "duplicate_keys": "duplicate_key",
    "nan_literal": "nan",
    "lone_surrogate": "lone_surrogate",
    "big_int": "big_integer",
    "bom": "byte_order_mark",
}
PARSED = ("wrong_type", "huge_line", "missing_time", "bad_time", "missing_required")


def parsed(data: bytes, source: Source = JSON) -> tuple[LogEvent | Reason, Counts]:
    counts = Counts()
    return parse_record(RawRecord(data, source), counts), counts


@pytest.mark.data
def test_each_of_the_22_bad_kinds_has_its_stated_outcome(
    make_events: Callable[..., Path], tmp_path: Path
) -> None:
    labels = tmp_path / "labels"
    events = make_events(count=3000, bad_share=0.5, huge_bytes=20000, huge_keep=1, labels=labels)
    outcomes: dict[str, set[str]] = defaultdict(set)
    for line, label in zip(events.read_bytes().split(b"\n"), labels.read_text().splitlines(), strict=False):
        about = json.loads(label)
        if about["kind"] == "bad":
            result, counts = parsed(line)
            outcomes[about["bad"]].add(
                str(result) if isinstance(result, Reason) else ",".join(sorted(counts))
            )
    expected = {kind: {str(reason)} for kind, reason in REJECTED.items()}
    expected |= {kind: {f"repaired/{repair}"} for kind, repair in REPAIRED.items()}
    expected |= {kind: {""} for kind in PARSED}
    assert outcomes == expected


@pytest.mark.parametrize(
    ("data", "pairs", "repairs"),
    [
        pytest.param(b'{"a":1,"b":2}', (("a", 1), ("b", 2)), set(), id="well_formed"),
        pytest.param(b'{"a":1,"a":2}', (("a", 1), ("a", 2)), {"duplicate_key"}, id="both_of_a_repeated_key"),
        pytest.param(
            b'{"a" : 1, "a":2}', (("a", 1), ("a", 2)), {"duplicate_key"}, id="repeated_behind_a_space"
        ),
        pytest.param(
            b'{"\\\\":1,"\\\\":":"}',
            (("\\", 1), ("\\", ":")),
            {"duplicate_key"},
            id="repeated_with_a_backslash",
        ),
        pytest.param(
            b'{"x":{"a":1,"a":2}}', (("x", {"a": [1, 2]}),), {"duplicate_key"}, id="repeated_inside"
        ),
        pytest.param(b'{"x":[{"a":1}]}', (("x", [{"a": 1}]),), set(), id="objects_in_a_list"),
        pytest.param(
            b'{"a":123456789012345678901234}',
            (("a", "123456789012345678901234"),),
            {"big_integer"},
            id="no_digit_lost",
        ),
        pytest.param(
            b'{"a":18446744073709551615}', (("a", 18446744073709551615),), set(), id="unsigned_64_bit"
        ),
        pytest.param(b'{"a":1e999}', (("a", "1e999"),), {"big_number"}, id="beyond_double"),
        pytest.param(
            b'{"a":"\\ud83d \\ude00"}', (("a", "\ufffd \ufffd"),), {"lone_surrogate"}, id="half_a_pair"
        ),
        pytest.param(b'{"a":"\\u4f60"}', (("a", "\u4f60"),), set(), id="escaped_text"),
    ],
)
def test_an_object_keeps_every_pair(data: bytes, pairs: tuple[object, ...], repairs: set[str]) -> None:
    assert load_object(data) == JsonObject(pairs, repairs)  # type: ignore[arg-type]


def test_gbk_beside_utf8_leaves_the_utf8_as_it_is() -> None:
    loaded = load_object('{"a":"用户 '.encode() + "登录".encode("gbk") + ' 张三"}'.encode())
    assert loaded == JsonObject((("a", "用户 登录 张三"),), {"gb18030"})


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH])
def test_nesting_is_limited(depth: int) -> None:
    loaded = load_object(b'{"a":' + b"[" * depth + b"]" * depth + b"}")
    assert isinstance(loaded, JsonObject) is (depth < MAX_DEPTH)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
        ),
        max_leaves=12,
    ).flatmap(lambda value: st.tuples(st.just({"k": value}), st.booleans()))
)
def test_any_object_is_read_as_the_standard_library_reads_it(case: tuple[dict[str, object], bool]) -> None:
    value, is_ascii = case
    loaded = load_object(json.dumps(value, ensure_ascii=is_ascii).encode())
    assert loaded == JsonObject(tuple(value.items()))


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b\\", ":", 'c"']), st.integers(0, 9) | st.sampled_from([":", "\\"])),
        max_size=5,
    )
)
def test_no_pair_is_lost_whatever_the_keys(pairs: list[tuple[str, object]]) -> None:
    text = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs)
    loaded = load_object(b"{" + text.encode() + b"}")
    assert isinstance(loaded, JsonObject)
    assert loaded.pairs == tuple(pairs)


@given(st.lists(st.binary(max_size=60)), st.sampled_from(RecordFormat))
def test_any_bytes_are_accounted_for_once(lines: list[bytes], kind: RecordFormat) -> None:
    source = Source("x", format=kind, columns=("a", "b"), modified_ms=0)
    reject = Rejecter(PseudonymKey(b"k" * 32, "e1"), "2027-05-23")
    outcome = ParseStep(reject).build()([RawRecord(line, source, at) for at, line in enumerate(lines)])
    places = [event.record.offset for event in outcome.kept] + [r.offset for r in outcome.rejections]
    blank = [
        at
        for at, line in enumerate(lines)
        if (kind is RecordFormat.TEXT and not line.decode(errors="replace").strip())
        or (kind is RecordFormat.CSV and not decode_text(line, set()).strip(" \t\r\n,"))
    ]
    assert sorted([*places, *blank]) == list(range(len(lines)))
    assert outcome.counts["read"] == len(lines) - len(blank)
    assert outcome.counts["blank_lines"] == len(blank)
    assert sum(n for name, n in outcome.counts.items() if name.startswith("rejected/")) == len(
        outcome.rejections
    )


@pytest.mark.parametrize(
    ("event", "pairs", "envelope"),
    [
        pytest.param({"__CONTENT__": "a line"}, (("__CONTENT__", "a line"),), {}, id="content_as_text"),
        pytest.param({"__RAWLOG__": "raw", "a": 1}, (("a", 1),), {}, id="raw_log_beside_content_is_left_out"),
        pytest.param({"__RAWLOG__": "raw"}, (("__RAWLOG__", "raw"),), {}, id="raw_log_alone"),
        pytest.param({"a": '{"b":1}'}, (("a", '{"b":1}'),), {}, id="escaped_json_stays_text"),
        pytest.param({"__SOURCE__": "s", "a": 1}, (("a", 1),), {"__SOURCE__": "s"}, id="metadata"),
        pytest.param({"__x": 1}, (("__x", 1),), {}, id="two_underscores_are_not_metadata"),
        pytest.param(
            {"__CONTENT__": '{"__TIMESTAMP__":1,"__SOURCE__":"s","a":2}', "__TIMESTAMP__": 5},
            (("a", 2),),
            {"__TIMESTAMP__": 5, "__SOURCE__": "s"},
            id="content_does_not_gainsay_the_service",
        ),
        pytest.param(
            {"__CONTENT__": {"__TAG__": {"region": "x"}, "a": 2}, "__TAG__": {"region": "ap-beijing"}},
            (("a", 2), ("__TAG__.region", "ap-beijing"), ("__TAG__.region", "x")),
            {"__TAG__.region": "ap-beijing"},
            id="nor_do_its_tags",
        ),
    ],
)
def test_the_envelope_is_taken_off(
    event: dict[str, object], pairs: tuple[object, ...], envelope: dict[str, object]
) -> None:
    assert open_envelope(tuple(event.items()), Counts()) == (pairs, envelope)


def test_a_csv_row_of_another_width_is_rejected() -> None:
    source = Source("x", format=RecordFormat.CSV, columns=("a", "b"))
    assert parsed(b"1,2,3", source)[0] is Reason.NOT_CSV
    assert parsed(b'1,"2', source)[0] is Reason.NOT_CSV


def test_a_group_with_two_logs_is_not_one_record() -> None:
    groups = LogGroupList()
    group = groups.logGroupList.add()
    group.logs.add(time=1)
    group.logs.add(time=2)
    assert (
        parsed(groups.SerializeToString(), Source("x", format=RecordFormat.PROTOBUF))[0]
        is Reason.NOT_PROTOBUF
    )


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type, misc]


MODIFIED = ms(2026, 3, 2)


@pytest.mark.parametrize(
    ("line", "time"),
    [
        pytest.param("2026-03-01T08:00:00+08:00 x", ms(2026, 3, 1), id="iso_with_offset"),
        pytest.param("[2026-03-01 00:00:00,123] INFO", ms(2026, 3, 1) + 123, id="log4j"),
        pytest.param("2026/03/01 00:00:00 [error]", ms(2026, 3, 1), id="nginx_error"),
        pytest.param('10.0.0.1 - - [01/Mar/2026:08:00:00 +0800] "GET /"', ms(2026, 3, 1), id="common_log"),
        pytest.param("[Sun Mar 01 00:00:00 2026] [error]", ms(2026, 3, 1), id="ctime"),
        pytest.param("Mar  1 00:00:00 host sshd", ms(2026, 3, 1), id="rfc_3164"),
        pytest.param("<34>Mar  3 00:00:00 host su", ms(2026, 3, 3), id="rfc_3164_ahead_by_a_zone"),
        pytest.param("<34>Mar  5 00:00:00 host su", ms(2025, 3, 5), id="rfc_3164_of_last_year"),
        pytest.param("Feb 29 00:00:00 host su", ms(2024, 2, 29), id="rfc_3164_leap_day"),
        pytest.param("Mar-01 12:00:00.250 [main] DEBUG", ms(2026, 3, 1, 12) + 250, id="nextflow"),
        pytest.param("1772323200 start", ms(2026, 3, 1), id="epoch_seconds"),
        pytest.param("26/03/01 00:00:00 INFO", ms(2026, 3, 1), id="spark"),
        pytest.param("2026-02-30 00:00:00 x", None, id="no_such_day"),
        pytest.param("at Foo.java:12", None, id="no_time"),
    ],
)
def test_the_time_of_a_line(line: str, time: int | None) -> None:
    found = line_time(line, written_ms=MODIFIED)
    assert (found and found.ms) == time


@pytest.mark.parametrize(
    ("line", "count", "time"),
    [
        pytest.param(b"2026-03-01 00:00:00 a", "time_from/line", ms(2026, 3, 1), id="its_own"),
        pytest.param(b"a", "time_from/file", MODIFIED, id="of_the_file"),
    ],
)
def test_a_text_line_is_one_output_with_a_stated_time(line: bytes, count: str, time: int) -> None:
    event, counts = parsed(line, Source("x", format=RecordFormat.TEXT, modified_ms=MODIFIED))
    assert isinstance(event, LogEvent)
    assert (event.pairs, event_time_ms(event.envelope, None), counts) == (
        (("output", line.decode()),), time, Counts({count: 1}),
    )  # fmt: skip


def test_text_that_another_writer_made_is_exact_without_repair() -> None:
    data = orjson.dumps({"a": 1.5, "b": ["x"]}, option=orjson.OPT_INDENT_2)
    assert load_object(data) == JsonObject((("a", 1.5), ("b", ["x"])))

"""What a text is recognised as, and what is refused by name: one place, by content alone."""

import bz2
import json

import pytest

from schemas.events import Reason, Source
from schemas.formats import FileFormat
from transforms.framing.formats import frame
from transforms.framing.layout import Framing
from transforms.framing.recognise import UnreadableError, recognise

LINE = b'{"access_time":"2026-11-26T08:00:00Z","username":"lin","output":"hi"}\n'
CHINESE = (
    '{"access_time":"2026-11-26T08:00:00Z","username":"\u6797\u4e54","output":"\u7528\u6237\u767b\u5f55"}\n'
)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (LINE, FileFormat.JSON),
        (b'{"a": "cut\n' + LINE * 3, FileFormat.JSON),
        (b"\n" + LINE, FileFormat.JSON),
        (b"[" + LINE.strip() + b"]", FileFormat.DOCUMENT),
        (b"[\n  " + LINE + b"]", FileFormat.DOCUMENT),
        (json.dumps(json.loads(LINE), indent=2).encode(), FileFormat.DOCUMENT),
        (b"\xef\xbb\xbf" + json.dumps(json.loads(LINE), indent="\t").encode(), FileFormat.DOCUMENT),
        (LINE.strip() * 2, FileFormat.DOCUMENT),
        (b'{"Records":[' + LINE.strip() + b"]}\n", FileFormat.DOCUMENT),
        (b'{"messageType":"DATA_MESSAGE","logEvents":[{"timestamp":1,"message":"x"}]}', FileFormat.DOCUMENT),
        (b'{"took":3,"hits":{"total":{"value":1},"hits":[{"_source":{"a":1}}]}}', FileFormat.DOCUMENT),
        (b'{"time":"2026-11-26T08:00:00Z","events":[{"name":"retry"}]}\n', FileFormat.JSON),
        (b'{"Response":{"Results":[]}}', FileFormat.SEARCHLOG),
        (b'{"resourceLogs":[]}', FileFormat.OTLP),
        (b'{"log":"a\\n","stream":"stdout","time":"2026-11-26T08:00:00Z"}\n', FileFormat.DOCKER),
        (b"2026-11-26T08:00:00.1Z stdout F hi\n", FileFormat.CRI),
        (b"[2026-11-26 08:00:00] INFO {x}\n", FileFormat.TEXT),
        (b"20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579\n", FileFormat.TEXT),
        (b"070701 203615 148 INFO dfs.DataNode\n", FileFormat.TEXT),
        (b"ORCHESTRATOR started, please wait\n", FileFormat.TEXT),
        (b"MZ controller ready\n", FileFormat.TEXT),
        (b"2026-11-26 08:00:00|INFO|anna|did it\n" * 4, FileFormat.TEXT),
        (b"INFO|anna|start\nINFO|bob|stop\nWARN|eve|x\n", FileFormat.TEXT),
        (b"1795680000000,100012345678,lin.qiao,hi\n" * 4, FileFormat.TEXT),
        (b'{"a":1},\n{"a":2},\n', FileFormat.DOCUMENT),
        (b'\x1e{"a":1}\n\x1e{"a":2}\n', FileFormat.DOCUMENT),
        (b"a \x00 once\n" + b"\x1b[31mred\x1b[0m again\n" * 60, FileFormat.TEXT),
        (b"", FileFormat.TEXT),
    ],
)
def test_what_a_text_is(head: bytes, found: FileFormat) -> None:
    layout = recognise(head, is_whole=True)
    assert layout.format is found
    assert layout.reason


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        (b"time,username,message\n", ("time", "username", "message")),
        (b"\xef\xbb\xbftime;username;message\r\n", ("time", "username", "message")),
        (b"time,username,message,\n", ("time", "username", "message", "")),
        (b"@timestamp,username,message\n", ("@timestamp", "username", "message")),
        (b'"@timestamp per second","user.name"\n', ("@timestamp per second", "user.name")),
        (b"time,message,message\n", ("time", "message", "message")),
        (b'"sep=;"\ntime;user name\n', ("time", "user name")),
        (b"\n\ntime, username\n", ("time", "username")),
        (b"time\tusername\n", ("time", "username")),
        (
            b"#Version: 1.0\n#Fields: date time c-ip cs-username\n2026-11-26 08:00:00 - anna\n",
            ("date", "time", "c-ip", "cs-username"),
        ),
        (b"#separator \\x09\n#fields\tts\tuser\n1795680000.1\tanna\n", ("ts", "user")),
        (b"'time','username'\n", ("time", "username")),
        (b'"TimeGenerated [UTC]",User\n', ("TimeGenerated [UTC]", "User")),
        (b"Level,Date and Time,Source\n", ("Level", "Date and Time", "Source")),
        (b"uin,username,message\n1,a,x\n2,b,y\n", ("uin", "username", "message")),
        ("访问时间,用户名,消息\n".encode(), ("访问时间", "用户名", "消息")),
    ],
)
def test_a_csv_and_its_columns(head: bytes, columns: tuple[str, ...]) -> None:
    layout = recognise(head, is_whole=True)
    assert (layout.format, layout.dialect.columns) == (FileFormat.CSV, columns)


@pytest.mark.parametrize(
    "code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"]
)
@pytest.mark.parametrize("text", [CHINESE * 3, "time,username\n2026-11-26 08:00:00,\u6797\u4e54\n"])
def test_every_encoding_gives_the_same_records(code: str, text: str) -> None:
    def records(data: bytes) -> list[bytes]:
        framing = Framing(Source("x"), 999, recognise(data, is_whole=True))
        return [record.data.lstrip(b"\xef\xbb\xbf") for batch in frame([data], framing) for record in batch]

    assert records(text.encode(code)) == records(text.encode())


def test_a_line_of_gbk_among_utf_8_leaves_the_file_utf_8() -> None:
    assert recognise(CHINESE.encode() + CHINESE.encode("gbk")).encoding == "utf-8"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"PAR1\x15\x00\x15\x10", "a Parquet file"),
        (b"\x7fELF\x02\x01\x01\x00", "an ELF program"),
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image"),
        (b"SQLite format 3\x00\x10", "an SQLite database"),
        (bytes(range(256)) * 4, "binary"),
        (b"text, then \x00\x01\x02\x03\x04\x05", "binary"),
        (bz2.compress(LINE * 9)[2:], "binary"),
    ],
)
def test_what_is_no_text_is_refused_by_name(head: bytes, name: str) -> None:
    with pytest.raises(UnreadableError, match=name):
        recognise(head, is_whole=True)


def test_nuls_before_a_text_are_counted_and_dropped() -> None:
    data = bytes(5) + LINE
    layout = recognise(data, is_whole=True)
    [[record]] = list(frame([data], Framing(Source("x"), 999, layout)))
    assert (layout.nuls, record.data + b"\n") == (5, LINE)


def framed(data: bytes, limit: int = 999) -> list[tuple[bytes, Reason | None, str | None]]:
    framing = Framing(Source("x", modified_ms=1_795_680_000_000), limit, recognise(data, is_whole=True))
    return [(one.data, one.fault, one.repair) for batch in frame([data], framing) for one in batch]


def test_parts_of_lines_are_joined_for_each_stream_and_one_without_end_is_told() -> None:
    data = (
        b"2026-11-26T08:00:01Z stdout P a\n2026-11-26T08:00:01Z stderr P x\n2026-11-26T08:00:02Z stdout F b\n"
    )
    assert framed(data) == [
        (b'{"__TIMESTAMP__":"2026-11-26T08:00:01Z","stream":"stdout","__CONTENT__":"ab"}', None, None),
        (
            b'{"__TIMESTAMP__":"2026-11-26T08:00:01Z","stream":"stderr","__CONTENT__":"x"}',
            None,
            "partial_line_without_end",
        ),
    ]


def test_parts_that_are_too_long_together_are_one_fault() -> None:
    line = b'{"log":"%s","stream":"stdout","time":"2026-11-26T08:00:01Z"}\n'
    data = line % (b"a" * 80) * 3 + line % b"b\\n"
    assert [fault for _, fault, _ in framed(data, 200)] == [Reason.TOO_LONG]


def test_otlp_gives_the_attributes_of_record_scope_and_resource_whatever_their_order() -> None:
    log = {"timeUnixNano": "1795680000123456789", "body": {"stringValue": "hi"}, "traceId": "ab"}
    scope = {"logRecords": [log], "scope": {"attributes": [{"key": "lib", "value": {"stringValue": "x"}}]}}
    resource = {"attributes": [{"key": "enduser.id", "value": {"intValue": "7"}}]}
    for whole in ({"scopeLogs": [scope], "resource": resource}, {"resource": resource, "scopeLogs": [scope]}):
        [(data, _, _)] = framed(json.dumps({"resourceLogs": [whole]}).encode())
        assert json.loads(data) == {
            "__TIMESTAMP__": "1795680000123456789",
            "message": "hi",
            "traceId": "ab",
            "scopeAttributes": {"lib": "x"},
            "resourceAttributes": {"enduser.id": "7"},
        }


def test_otlp_longer_than_an_event_streams_with_what_stands_before() -> None:
    logs = [
        {"timeUnixNano": str(1795680000123456789 + number), "body": {"stringValue": "x" * 40}}
        for number in range(9)
    ]
    resource = {"attributes": [{"key": "a", "value": {"stringValue": "b"}}]}
    whole = {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": logs}]}]}
    found = [json.loads(data) for data, _, _ in framed(json.dumps(whole).encode(), 200)]
    assert [event["resourceAttributes"] for event in found] == [{"a": "b"}] * 9


@pytest.mark.parametrize(
    ("text", "events"),
    [
        pytest.param(
            "2026-11-26 08:00:00 a\n  at x\nCaused by: y\n2026-11-26 08:00:01 b\n", [2, 0], id="stack_trace"
        ),
        pytest.param("  lost\nlines\n2026-11-26 08:00:00 a\n", [1, 0], id="before_the_first_time"),
        pytest.param("one\ntwo\n", [0, 0], id="no_time_at_all"),
        pytest.param(
            "2026-11-26 08:00:00 q\nSELECT x WHERE t > '2020-01-01 00:00:00'\n2026-11-26 08:00:01 b\n",
            [1, 0],
            id="sql",
        ),
        pytest.param(
            "INFO 2026-11-26 08:00:00 a\n x\nWARN 2026-11-26 08:00:01 b\n", [1, 0], id="level_first"
        ),
        pytest.param("10.0.0.1 - - [26/Nov/2026:08:00:00 +0800] a\n" * 2, [0, 0], id="access_log"),
        pytest.param(" 2026-11-26 08:00:00 a\n 2026-11-26 08:00:01 b\n", [0, 0], id="all_indented"),
        pytest.param("2026-11-26 08:00:00 a\n\nb\n", [1], id="blank_line"),
    ],
)
def test_lines_without_a_time_belong_to_the_event_before(text: str, events: list[int]) -> None:
    found = framed(text.encode())
    assert sorted(data.count(b"\n") for data, _, _ in found if data) == sorted(events)


def test_an_event_of_too_many_lines_is_cut_between_them() -> None:
    found = framed(b"2026-11-26 08:00:00 a\n" + b"  at x\n" * 20, 60)
    assert all(len(data) <= 60 for data, _, _ in found)
    assert {repair for _, _, repair in found[1:]} == {"long_event_split"}
    assert b"\n".join(data for data, _, _ in found).count(b"at x") == 20

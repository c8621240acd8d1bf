import bz2
import gzip
import lzma
import tempfile
from pathlib import Path

import apache_beam as beam
import cramjam
import lz4.block
import lz4.frame
import pytest
import zstandard
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.jobs.runner_errors import clean_error
from pipelines.sources.inputs import plan_parts, snapshot
from pipelines.sources.read_files import Reading, ReadLogFiles, read_part
from schemas.errors import InputError, RunnerError
from schemas.events import Counts, LogEvent, RawRecord, Reason
from tests import fixtures_formats as fixtures
from transforms.parsing.event_time import event_time_ms
from transforms.parsing.parse import parse_record

LINES = b"".join(b'{"n":%d}\n' % number for number in range(3000))


def hadoop_snappy(data: bytes) -> bytes:
    packed = bytes(cramjam.snappy.compress_raw(data))
    return len(data).to_bytes(4) + len(packed).to_bytes(4) + packed


def skippable(length: int) -> bytes:
    return b"\x5a\x2a\x4d\x18" + length.to_bytes(4, "little") + bytes(length)


STREAM_FAULT = r"\Asafe: the \w+ stream (ends early|is broken); nothing was written\Z"
PACKERS = {
    "none": bytes,
    "gzip": gzip.compress,
    "bzip2": lambda data: bz2.compress(data[:900]) + bz2.compress(data[900:]),
    "xz": lambda data: lzma.compress(data[:900]) + lzma.compress(data[900:]),
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "gzip_of_two_members": lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
    "zstd": zstandard.ZstdCompressor().compress,
    "zstd_of_two_frames": lambda data: b"".join(
        zstandard.ZstdCompressor().compress(piece) for piece in (data[:100], data[100:])
    ),
    "lz4_frame": lz4.frame.compress,
    "zstd_behind_skippable_frames": lambda data: b"".join(
        skippable(length) + zstandard.ZstdCompressor().compress(piece)
        for length, piece in ((4, data[:100]), (70_000, data[100:]), (0, b""))
    ),
    "lz4_behind_skippable_frames": lambda data: skippable(9) + lz4.frame.compress(data) + skippable(1),
    "snappy_framed": lambda data: bytes(cramjam.snappy.compress(data)),
    "snappy_of_hadoop": hadoop_snappy,
}


def records_of(path: Path, part_bytes: int = 32 << 20, max_event_bytes: int = 8 << 20) -> list[RawRecord]:
    parts = plan_parts([snapshot(path)], part_bytes=part_bytes)
    return [
        record for part in parts for batch in read_part(part, Reading(max_event_bytes)) for record in batch
    ]


@pytest.mark.parametrize("form", fixtures.FORMS)
def test_every_form_is_found_by_content_and_gives_the_same_event(form: str, tmp_path: Path) -> None:
    name, make = fixtures.FORMS[form]
    path = tmp_path / "misleading.name"
    path.write_bytes(make())
    assert snapshot(path).format == name
    [record] = records_of(path)
    event = parse_record(record, Counts())
    assert isinstance(event, LogEvent)
    assert {pair for pair in event.pairs if not pair[0].startswith("__")} == fixtures.EXPECTED
    assert event_time_ms(event.envelope, None) == fixtures.TIME_MS


@pytest.mark.parametrize("packer", PACKERS)
def test_every_compression_gives_the_same_lines(packer: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(PACKERS[packer](LINES))
    assert b"".join(record.data + b"\n" for record in records_of(path)) == LINES


@pytest.mark.parametrize("packer", [name for name in PACKERS if name != "none"])
def test_a_stream_that_ends_early_is_one_clear_error(packer: str, tmp_path: Path) -> None:
    path = tmp_path / "secret-name"
    path.write_bytes(PACKERS[packer](LINES))
    [part] = plan_parts([snapshot(path)], lambda _: "safe")
    path.write_bytes(PACKERS[packer](LINES)[:-5])
    with pytest.raises(InputError, match=STREAM_FAULT):
        list(read_part(part))


def test_lz4_block_of_a_log_group_list_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(lz4.block.compress(fixtures.log_groups() * 40, store_size=False))
    assert len(records_of(path)) == 40


def test_utf_16_with_a_byte_order_mark_is_transcoded(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes('{"用户":1}\r\n{"b":2}\r\n'.encode("utf-16"))
    assert [record.data.decode() for record in records_of(path)] == ['{"用户":1}', '{"b":2}']


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(max_size=12).map(lambda line: line.replace("\n", "").encode()), max_size=12),
    st.integers(1, 40),
)
def test_parts_of_any_size_hold_every_line_once(lines: list[bytes], part_bytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(b"{}\n" * 40 + b"\n".join(lines))
        file = snapshot(path, "json")
        whole = [(r.data, r.offset) for p in plan_parts([file]) for batch in read_part(p) for r in batch]
        split = [
            (r.data, r.offset)
            for p in plan_parts([file], part_bytes=part_bytes)
            for batch in read_part(p)
            for r in batch
        ]
    assert split == whole
    expected = path_lines(b"{}\n" * 40 + b"\n".join(lines))
    assert [data for data, _ in whole] == expected


def path_lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line[:-1] if line.endswith(b"\r") else line for line in lines]


def test_a_line_over_the_limit_is_a_fault_with_its_length_and_its_neighbours_stay(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b'{"a":1}\n' + b"x" * 5_000_000 + b'\n{"b":2}\n')
    records = records_of(path, max_event_bytes=1000)
    assert [(r.data, r.fault, r.length, r.offset) for r in records] == [
        (b'{"a":1}', None, -1, 0),
        (b"", Reason.TOO_LONG, 5_000_000, 8),
        (b'{"b":2}', None, -1, 5_000_009),
    ]


@pytest.mark.parametrize("limit", [7, 8])
def test_the_limit_itself_is_not_too_long(limit: int, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b'{"a":12}\r\n{"b":1}\r\n')
    assert [record.fault for record in records_of(path, max_event_bytes=limit)] == (
        [Reason.TOO_LONG, None] if limit == 7 else [None, None]
    )


def test_the_transform_emits_single_records_from_batches(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(LINES)
    parts = plan_parts([snapshot(path)], part_bytes=10_000)
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        data = pipeline | beam.Create(parts) | ReadLogFiles() | beam.Map(lambda record: record.data)
        assert_that(data, equal_to(LINES.splitlines()))


def test_the_launcher_recovers_a_workers_error(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(LINES))
    [part] = plan_parts([snapshot(path)], lambda _: "safe")
    path.write_bytes(gzip.compress(LINES)[:-5])
    pipeline = beam.Pipeline(runner=FnApiRunner())
    pipeline | beam.Create([part]) | ReadLogFiles()
    with pytest.raises(Exception, match="safe") as caught:
        pipeline.run()
    error = clean_error(caught.value)
    assert isinstance(error, InputError)
    assert str(error) == "safe: the gzip stream ends early; nothing was written"


def test_of_another_error_only_the_place_is_shown() -> None:
    def fail() -> None:
        raise ValueError("uin 100001")

    with pytest.raises(ValueError, match="uin") as caught:
        fail()
    error = clean_error(caught.value)
    assert isinstance(error, RunnerError)
    assert "100001" not in str(error)
    assert str(error).splitlines()[-1] == f"  at {__file__}:{fail.__code__.co_firstlineno + 1} in fail"

"""Every source format through the whole job: one event written, whatever its form, packing and way in."""

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import cramjam
import lz4.frame
import pytest
import zstandard

from pipelines.sources.inputs import Given, part_ends
from schemas.ledger import Ledger
from tests import fixtures_formats as fixtures
from tests.conftest import NOW_MS, ROOT
from tests.made_output import EVENTS_ROOT, read_records
from transforms.framing.text_events import Lines
from transforms.pseudonyms import PseudonymKey, pseudonym

UIN = pseudonym(PseudonymKey(bytes(range(32)), "1"), "uin", "uin", fixtures.FIELDS["uin"])
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": zstandard.ZstdCompressor().compress,
    "lz4": lz4.frame.compress,
    "snappy": lambda data: bytes(cramjam.snappy.compress(data)),
}
WRITTEN = (UIN, fixtures.FIELDS["output"], fixtures.TIME_MS)
Redact = Callable[..., Ledger]


def written(root: Path) -> list[tuple[object, object, int]]:
    return [
        (record["uin"], record["output"], round(record["event_time"].timestamp() * 1000))  # type: ignore[attr-defined]
        for record in read_records(root, EVENTS_ROOT)
    ]


def test_one_folder_of_every_form_gives_the_same_event_of_each(redact: Redact, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (_, make) in fixtures.FORMS.items():
        (folder / name).write_bytes(make())
    ledger = redact(folder)
    assert written(tmp_path / "out") == [WRITTEN] * len(fixtures.FORMS)
    assert [item.format for item in ledger.inputs] == [
        fixtures.FORMS[name][0] for name in sorted(fixtures.FORMS)
    ]
    assert ledger.counts["read"] == ledger.counts["written"] == len(fixtures.FORMS)


def test_a_glob_of_packed_files_gives_the_lines_of_each(redact: Redact, tmp_path: Path) -> None:
    for name, pack in PACKED.items():
        line = {"__TIMESTAMP__": fixtures.TIME_MS, **fixtures.FIELDS, "state": "OK", "note": name}
        (tmp_path / f"events.jsonl.{name}").write_bytes(pack(json.dumps(line).encode() + b"\n"))
    assert len(redact(tmp_path / "*.jsonl.*").inputs) == len(PACKED)
    assert written(tmp_path / "out") == [WRITTEN] * len(PACKED)


def test_standard_input_and_a_file_go_through_the_command_together(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_bytes(fixtures.comma_csv())
    (tmp_path / "key").write_text(bytes(range(32)).hex())
    (tmp_path / "key").chmod(0o600)
    command = [
        str(ROOT / ".venv/bin/logveil"),
        "redact",
        "-",
        "events.csv",
        "--output=out",
        "--keys=key",
        "--json",
    ]
    done = subprocess.run(
        [*command, "--now=2026-11-24"],
        input=fixtures.search_log(),
        capture_output=True,
        cwd=tmp_path,
        check=True,
    )
    inputs = json.loads(done.stdout)["inputs"]
    assert [(item["name"], item["format"]) for item in inputs] == [
        ("stdin", "searchlog"),
        ("events.csv", "csv"),
    ]
    assert written(tmp_path / "out") == [WRITTEN] * 2


def test_plain_text_is_one_output_an_event_and_the_ledger_says_where_its_time_is_from(
    redact: Redact, write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_lines([b"2026-11-23T00:00:00Z job done", b"", b"  at Foo.java:12", b"{"], "app.log")
    os.utime(path, (NOW_MS / 1000 - 60, NOW_MS / 1000 - 60))
    ledger = redact(path, given=Given("text"))
    [(_, output, time)] = written(tmp_path / "out")
    assert (output, time) == ("2026-11-23T00:00:00Z job done\n  at Foo.java:12\n{", fixtures.TIME_MS)
    counts = {name: ledger.counts[name] for name in ("read", "time_from/line", "blank_lines")}
    assert counts == {"read": 1, "time_from/line": 1, "blank_lines": 1}


def test_single_lines_of_plain_text_have_the_time_of_the_line_before_and_without_any_that_of_the_file(
    redact: Redact, write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    timed = write_lines([b"2026-11-23T00:00:00Z job done", b"  at Foo.java:12"], "app.log")
    untimed = write_lines([b"job done", b"at last"], "other.log")
    os.utime(untimed, (NOW_MS / 1000 - 60, NOW_MS / 1000 - 60))
    ledger = redact(timed, untimed, given=Given("text"), lines=Lines.SINGLE)
    assert sorted((output, time) for _, output, time in written(tmp_path / "out")) == [
        ("  at Foo.java:12", fixtures.TIME_MS),
        ("2026-11-23T00:00:00Z job done", fixtures.TIME_MS),
        ("at last", NOW_MS - 60_000),
        ("job done", NOW_MS - 60_000),
    ]
    counts = {name: number for name, number in ledger.counts.items() if name.startswith("time_from/")}
    assert counts == {"time_from/line": 1, "time_from/before": 1, "time_from/file": 2}


@pytest.mark.parametrize("format", ["json", "text"])
def test_a_file_read_in_ranges_gives_the_records_of_one_read_whole(
    redact: Redact,
    write_lines: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    format: str,
) -> None:
    lines = [b'{"__TIMESTAMP__":%d,"uin":"%d"}' % (NOW_MS - 1 - n, n) for n in range(500)]
    if format == "text":
        lines = [b"2026-11-23T00:00:00Z event %d\n  goes on" % n for n in range(500)]
    path = write_lines(lines)
    whole = redact(path, root=tmp_path / "whole", given=Given(format))
    monkeypatch.setattr("pipelines.sources.inputs.plan_parts.__defaults__", (str, 1000, UTC))
    split = redact(path, root=tmp_path / "split", given=Given(format))
    assert (whole.inputs[0].parts, split.inputs[0].parts) == (1, len(part_ends(path.stat().st_size, 1000)))
    in_order = [
        sorted(read_records(tmp_path / name, EVENTS_ROOT), key=lambda record: str(record["event_id"]))
        for name in ("whole", "split")
    ]
    assert in_order[0] == in_order[1]
    assert len(in_order[0]) == len(lines)

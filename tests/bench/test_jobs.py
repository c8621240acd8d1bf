import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import fastavro
import pytest
from events import Events, lengthen
from growth import keep_longer
from jobs import WrongAnswerError, check_counts, check_mail_addresses, run_job, run_measured
from more_detectors import FIFTY, HUNDRED, install_detectors

from transforms.detect.scan import compile_scan


def write_avro(path: Path, *texts: str) -> Path:
    schema = {"type": "record", "name": "event", "fields": [{"name": "output", "type": "string"}]}
    with path.open("wb") as file:
        fastavro.writer(file, schema, [{"output": text} for text in texts])
    return path


@pytest.mark.parametrize(
    ("counts", "must_count", "reason"),
    [
        pytest.param({"read": 2, "written": 2}, [], "3 lines in", id="a line was not read"),
        pytest.param({"read": 3, "written": 2}, [], "2 written", id="a line was not written"),
        pytest.param(
            {"read": 3, "written": 3}, ["detected/X"], "nothing was counted", id="nothing was found"
        ),
    ],
)
def test_a_run_that_lost_something_is_refused(
    counts: dict[str, int], must_count: list[str], reason: str
) -> None:
    with pytest.raises(WrongAnswerError, match=reason):
        check_counts(counts, 3, must_count)


def test_planted_mail_addresses_in_the_output_are_refused(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text('{"output":"to a@example.com"}\n', encoding="utf-8")
    check_mail_addresses([events], [write_avro(tmp_path / "clean.avro", "to <EMAIL>")])
    with pytest.raises(WrongAnswerError, match="1 of 1 planted"):
        check_mail_addresses([events], [write_avro(tmp_path / "left.avro", "to a@example.com")])


def test_long_events_hold_the_texts_of_several(tmp_path: Path) -> None:
    lines = [json.dumps({"output": text, "state": text}).encode() for text in "abc"]
    assert [json.loads(line) for line in lengthen(lines, 3)] == [
        {"output": "a", "state": "a"},
        {"output": "a\nb", "state": "b"},
        {"output": "a\nb\nc", "state": "c"},
    ]


def test_more_detectors_differ_and_one_scan_takes_them_all() -> None:
    assert [len({detector.pattern for detector in some}) for some in (FIFTY, HUNDRED)] == [50, 100]
    compile_scan([detector.trigger for detector in HUNDRED])


def test_a_policy_that_does_not_say_what_is_replaced_is_refused(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("retention_days: 90\n", encoding="utf-8")
    with pytest.raises(ValueError, match="180 days"):
        keep_longer(policy, tmp_path / "copy.yaml")


@pytest.mark.slow
@pytest.mark.data
def test_a_measured_run_is_checked_and_more_detectors_take_part(
    make_events: Callable[..., Path], tmp_path: Path
) -> None:
    events = make_events(count=400, start=1_795_478_400_000 - 86_000_000 * 30, span_days=0.1)
    plugins = install_detectors(tmp_path / "plugins", 50)
    kept = tmp_path / "kept"
    kept.mkdir()
    run = run_job(events, 1, plugins=plugins, must_count=["detected/MORE"], check_texts=True, keep_in=kept)
    assert len(list(tmp_path.glob("kept/*/out/category=*/*/*.avro"))) == 1
    assert (run.events, run.bytes_in, run.files) == (400, events.stat().st_size, 1)
    assert 0 < run.bytes_out < run.bytes_in
    assert 50 << 20 < run.peak_bytes < 1 << 30


def test_the_peak_of_a_command_is_not_that_of_the_process_that_measures_it(tmp_path: Path) -> None:
    filled = bytearray(b"x" * (200 << 20))
    used = []
    for size in (0, 100 << 20):
        command = [sys.executable, "-S", "-c", f"x = b'x' * {size}; print('{{}}')"]
        used.append(run_measured(command, tmp_path, os.environ)[1]["peak_bytes"])
    assert len(filled) > used[1] > used[0] + (90 << 20)


@pytest.mark.data
def test_a_smaller_file_is_the_start_of_a_larger_one(shared_data: Path, tmp_path: Path) -> None:
    events = Events(tmp_path, 40)
    whole, part = events.first(40).read_bytes(), events.first(10).read_bytes()
    assert part == b"".join(whole.splitlines(keepends=True)[:10])
    shuffled = events.shuffled(events.first(40)).read_bytes()
    assert shuffled != whole
    assert sorted(shuffled.splitlines()) == sorted(whole.splitlines())

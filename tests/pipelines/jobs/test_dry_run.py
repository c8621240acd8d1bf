"""A dry run reads everything, counts what a run would write, and leaves nothing anywhere."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.commands.cli import app
from pipelines.jobs.dry_run import dry_run
from pipelines.sources.found import find_inputs
from schemas.errors import InputError
from schemas.ledger import Ledger
from tests.pipelines.conftest import JOB

LINES = [
    b'{"time": "2026-11-23T08:00:00Z", "user": "lin.qiao", "msg": "lin.qiao from 203.0.113.77", "colour": "red"}',
    b'{"time": "2026-11-23T09:00:00Z", "state": "FAILED", "__PKGID__": "a", "__PKG_LOGID__": "1"}',
    b'{"time": "2026-11-23T09:00:00Z", "state": "FAILED", "__PKGID__": "a", "__PKG_LOGID__": "1"}',
    b'{"time": "2025-11-23T09:00:00Z", "state": "FAILED"}',
    b"not json",
]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "120"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_it_counts_as_a_run_does(
    redact: Callable[..., Ledger], write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_lines(LINES)
    job = replace(JOB, inputs=find_inputs([str(path)], tmp_path / "out"), root=tmp_path / "out")
    done = dry_run(job)
    assert not (tmp_path / "out").exists()
    ledger = redact(path)
    assert done.counts == ledger.counts
    held: Counter[str] = Counter()
    for file in ledger.files:
        held[file.partition] += file.records
    assert done.partitions == held
    assert dry_run(job).inputs == 0
    assert dry_run(replace(job, again=True)).counts == ledger.counts


def test_the_command_leaves_no_file_and_no_key(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    path = write_lines(LINES)
    before = sorted(tmp_path.rglob("*"))
    command = ("redact", path, "--output", tmp_path / "out", "--now=2026-11-24", "--dry-run")
    shown = run(*command)
    assert shown.exit_code == 1
    for words in (
        "category=rejected/expires_on=2027-05-23",
        "pseudonymise: 1",
        "IP_ADDRESS 1",
        "unnameable 1",
        "not_json 1",
    ):
        assert words in shown.output
    assert "lin.qiao" not in shown.output
    counted = json.loads(run(*command, "--json", "--max-rejected=1").output)
    assert (counted["dry_run"], counted["inputs"], counted["counts"]["written"]) == (True, 1, 2)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_cannot_be_read_whole_is_an_error_of_a_dry_run_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00cut")
    job = replace(
        JOB, inputs=find_inputs([str(tmp_path / "a.jsonl.gz")], tmp_path / "out"), root=tmp_path / "out"
    )
    with pytest.raises(InputError):
        dry_run(job)


def test_a_dry_run_needs_no_force_for_another_day(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    command = (
        "redact",
        write_lines(LINES[:1]),
        "--output",
        tmp_path / "out",
        "--now=2030-01-01",
        "--dry-run",
        "--json",
    )
    assert json.loads(run(*command).output)["counts"]["expired_on_arrival"] == 1

"""Records that are behind the policy are counted by partition and field, and fail a verification and a calendar."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.commands.cli import app
from pipelines.retention.behind import find_behind
from schemas.ledger import Ledger
from tests.made_output import POLICY
from tests.pipelines.retention.test_tighten import LINES, TEXT, changed

NEW = '"2026-12-01.1"'
DROPPED = ("treatment: pseudonymise\n    prefix: usr", "treatment: drop\n    prefix: usr")
SHORTER = ("retention_days: 180", "retention_days: 90")
RENAMED = ("label: State\n", "label: Status\n")
FIRST, SECOND = (f"category=troubleshooting_data/expires_on=2027-05-{day}" for day in (21, 22))


@pytest.fixture
def root(redact: Callable[..., Ledger], write_lines: Callable[..., Path], tmp_path: Path) -> Path:
    redact(write_lines(LINES))
    return tmp_path / "out"


def written(folder: Path, *pairs: tuple[str, str]) -> Path:
    """Write the shipped policy with changed places, under another version."""
    changed(*pairs)
    text = TEXT.replace('"2024-10-22.1"', NEW)
    for old, new in pairs:
        text = text.replace(old, new, 1)
    (folder / "new.yaml").write_text(text, encoding="utf-8")
    return folder / "new.yaml"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_nothing_is_behind_the_policy_that_it_was_written_under(root: Path) -> None:
    assert find_behind(root, POLICY) == []


def test_a_partition_is_behind_by_records_and_by_field(root: Path) -> None:
    counted = {
        one.partition: (one.records, one.behind, one.lacks)
        for one in find_behind(root, changed(DROPPED, SHORTER))
    }
    assert counted == {
        "category=rejected/expires_on=2027-05-23": (1, 1, {"earlier": 1}),
        FIRST: (1, 1, {"earlier": 1, "username: drop": 1}),
        SECOND: (1, 1, {"earlier": 1, "username: drop": 1}),
    }


def test_another_policy_that_asks_for_nothing_more_is_named_and_no_problem(
    root: Path, tmp_path: Path
) -> None:
    policy = written(tmp_path, RENAMED)
    assert {(one.records, one.behind) for one in find_behind(root, changed(RENAMED))} == {(1, 0)}
    assert run("verify", root, "--policy", policy, "--now=2026-11-24", "--no-detect").exit_code == 0
    shown = run("calendar", root, "--policy", policy, "--now=2026-11-24")
    assert shown.exit_code == 0
    assert f"(2024-10-22.1 {POLICY.digest[:12]}); nothing is to be done" in shown.output


def test_verify_names_what_is_behind_until_it_is_tightened(root: Path, tmp_path: Path) -> None:
    policy = written(tmp_path, DROPPED)
    options = (root, "--policy", policy, "--now=2026-11-24", "--no-detect")
    found = run("verify", *options)
    assert found.exit_code == 1
    assert found.output.splitlines() == [
        f"behind: {partition}: 1 records were written under another policy (2024-10-22.1 {POLICY.digest[:12]});"
        " 1 of them are behind this one: username: drop (1)"
        for partition in (FIRST, SECOND)
    ]
    planned = run("tighten", root, "--policy", policy)
    assert "username: drop" in planned.output
    assert run("verify", *options).exit_code == 1
    plan = json.loads(run("tighten", root, "--policy", policy, "--json").output)
    applied = run("tighten", root, "--policy", policy, "--apply", plan["path"])
    assert "2 files; receipt 2, " in applied.output
    assert run("verify", *options).output == f"{root} is as it should be\n"


def test_the_calendar_counts_what_is_behind(root: Path, tmp_path: Path) -> None:
    policy = written(tmp_path, SHORTER)
    shown = run("calendar", root, "--policy", policy, "--now=2026-11-24")
    assert (shown.exit_code, "1 of them are behind this one: earlier (1)" in shown.output) == (1, True)
    rows = json.loads(run("calendar", root, "--policy", policy, "--now=2026-11-24", "--json").output)
    assert [(row["expires_on"], row["other_policy"], row["behind"]) for row in rows] == [
        ("2027-05-21", 1, 1),
        ("2027-05-22", 1, 1),
        ("2027-05-23", 1, 1),
    ]

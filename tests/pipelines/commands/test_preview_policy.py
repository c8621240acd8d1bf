"""`logveil preview` shows which events come out otherwise under another policy, and nothing of the raw ones."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.commands.cli import app
from schemas.policy.file import DEFAULT_POLICY

TEXT = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
LINES = [
    b'{"time": "2026-11-23T08:00:00Z", "user": "lin.qiao", "clientIp": "203.0.113.77", "msg": "lin.qiao left"}',
    b'{"time": "2026-11-23T09:00:00Z", "state": "FAILED", "uri": "/a?page=2"}',
    b'{"remark": "only this"}',
]


@pytest.fixture
def policy(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the shipped policy with changed places."""

    def write(*pairs: tuple[str, str]) -> Path:
        text = TEXT
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "new.yaml"

    return write


def run(*arguments: object) -> Result:
    command = ["preview", *map(str, arguments), "--now=2026-11-24"]
    result = CliRunner().invoke(app, command, env={"COLUMNS": "120"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def changes(*arguments: object) -> list[tuple[int, dict[str, tuple[str | None, str | None]]]]:
    """Return the line of each event that differs, with its fields before and after."""
    stated = json.loads(run(*arguments, "--json").output)
    return [
        (one["line"], {field["field"]: (field["before"], field["after"]) for field in one["fields"]})
        for one in stated["changed"]
    ]


def test_equal_policies_change_no_event(
    write_lines: Callable[..., Path], policy: Callable[..., Path]
) -> None:
    assert run(write_lines(LINES), "--policy", policy()).output == "3 events: 0 come out otherwise\n"


def test_each_field_that_differs_is_shown_before_and_after(
    write_lines: Callable[..., Path], policy: Callable[..., Path]
) -> None:
    shorter = policy(("retention_days: 180", "retention_days: 90"))
    assert changes(write_lines(LINES[:2]), "--policy", shorter) == [
        (line, {"expires_on": ("2027-05-22", "2027-02-21")}) for line in (1, 2)
    ]


def test_a_dropped_field_is_absent_and_a_rejection_that_stays_one_is_no_change(
    write_lines: Callable[..., Path], policy: Callable[..., Path]
) -> None:
    label = "label: Client IP\n    personal: indirect\n    treatment: "
    new = policy((f"{label}truncate_ip", f"{label}drop"), ("desc, summary", "desc, remark, summary"))
    found = dict(changes(write_lines(LINES), "--policy", new))
    assert found[1] == {"client_ip": ("203.0.113.0/24", None)}
    assert found.keys() == {1}


def test_the_sample_is_bounded_and_raw_values_are_not_shown(
    write_lines: Callable[..., Path], policy: Callable[..., Path]
) -> None:
    new = policy(("retention_days: 180", "retention_days: 90"))
    shown = run(write_lines(LINES[:2]), "--policy", new, "--show=1")
    assert "line 1" in shown.output
    assert "line 2" not in shown.output
    assert "… and 1 more\n2 events: 2 come out otherwise (expires_on 2)" in shown.output
    assert "lin.qiao" not in shown.output
    assert "1 events: 1 come out otherwise" in run(write_lines(LINES), "--policy", new, "--events=1").output


def test_two_own_policies_are_compared(
    write_lines: Callable[..., Path], policy: Callable[..., Path], tmp_path: Path
) -> None:
    old = policy(("retention_days: 180", "retention_days: 90")).rename(tmp_path / "old.yaml")
    new = policy(("retention_days: 180", "retention_days: 30"))
    assert changes(write_lines(LINES[:1]), "--policy", new, "--against", old) == [
        (1, {"expires_on": ("2027-02-21", "2026-12-23")})
    ]

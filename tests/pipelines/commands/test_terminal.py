"""Names that try to steer the terminal are shown as what they are."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from pipelines.commands.terminal import console, say, say_json
from tests.conftest import NOW_MS, ROOT

NASTY = "a\x1b[2Jb\x9b31mc\u202ed\x07e\rf\ng"
SHOWN = "a\\x1b[2Jb\\x9b31mc\\u202ed\\x07e\\rf\\ng"


def steering(text: str) -> set[str]:
    return {one for one in text if not one.isprintable() and one != "\n"}


def test_a_line_stays_one_line_and_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    say(NASTY)
    assert capsys.readouterr().out == f"{SHOWN}\n"


@pytest.mark.parametrize("indent", [None, 2])
def test_json_reads_the_same_and_steers_nothing(
    capsys: pytest.CaptureFixture[str], indent: int | None
) -> None:
    content = {NASTY: [NASTY, "\udc80\U000e0001张"]}
    say_json(content, indent)
    printed = capsys.readouterr().out
    assert json.loads(printed) == content
    assert steering(printed) == set()
    assert "张" in printed


@pytest.mark.parametrize("make", [str, Text], ids=["str", "Text"])
def test_tables_steer_nothing_and_take_brackets_as_they_are(
    capsys: pytest.CaptureFixture[str], make: type
) -> None:
    table = Table("name", title=f"in {NASTY}")
    table.add_row(make(f"[red]{NASTY}[/]"))
    out = console()
    out.print(table)
    out.print(NASTY)
    printed = capsys.readouterr().out
    assert steering(printed) == set()
    assert "[red]a\\x1b" in printed


def logveil(*arguments: object, code: int, folder: Path) -> str:
    command = [str(part) for part in (ROOT / ".venv/bin/logveil", *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_no_command_prints_a_name_from_the_disk_as_it_is(tmp_path: Path) -> None:
    log = tmp_path / "\x1b]0;x\x07.jsonl"
    log.write_text(json.dumps({"__TIMESTAMP__": NOW_MS, "uin": "7", "output": "\x1b[31mred\x9b"}) + "\n")
    root = tmp_path / "o\x1b[2J\nlogveil: all is well"
    now = "--now=2026-11-24T01:00"
    printed = logveil("redact", log.name, f"--output={root}", now, "--example", code=0, folder=tmp_path)
    (root / "category=troubleshooting_data" / "\x1b[1mno partition\nat all").mkdir()
    (root / "\x9b31m").touch()
    for command, code in (("verify", 1), ("expire", 0), ("calendar", 0), ("status", 0)):
        printed += logveil(command, root, code=code, folder=tmp_path)
    printed += logveil("redact", "absent\x1b[2J", f"--output={root}", code=2, folder=tmp_path)
    printed += logveil("verify", tmp_path / "none\x1b[2J\nx", code=2, folder=tmp_path)
    assert steering(printed) == set()
    assert not any(line.startswith(("logveil: all is well", "at all", "x")) for line in printed.splitlines())


def test_commands_print_by_no_other_way() -> None:
    places = (ROOT / "pipelines" / "commands").glob("*.py")
    others = {path.name for path in places if re.search(r"typer\.echo\(|\bConsole\(\)", path.read_text())}
    assert others == {"cli.py", "terminal.py"}

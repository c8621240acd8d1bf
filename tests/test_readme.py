"""The README tells the truth: its commands run and print what it shows, its table is the policy's."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
ELISION = "…"
VARYING = (
    (r"\d{8}T\d{6}Z-[0-9a-f]{8}", "RUN"),
    (r"\d{4}-\d\d-\d\d", "DATE"),
    (r"(uin|usr)_(\d)_[a-z2-7]+", r"\1_\2_TOKEN"),
    (r"│( +[\d,]+ │)+$", "│ NUMBERS"),  # how many of the sample's events fall on a day depends on the hour
    (r"\s+", " "),
)
RUN_ALREADY = {"make test"}  # it runs this test


def commands() -> Iterator[tuple[str, list[str]]]:
    """Return each command of the console blocks with the output that the README shows, in order."""
    for language, block in BLOCKS:
        if language == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *shown = part.splitlines()
                yield command, shown


def settled(line: str) -> str:
    for pattern, name in VARYING:
        line = re.sub(pattern, name, line.rstrip())
    return line


def assert_shows(shown: Sequence[str], printed: Sequence[str]) -> None:
    """Assert that lines are what was printed; a line that is an ellipsis stands for any lines."""
    cut = re.compile(r"[^│]*…")
    pattern = ""
    for line in map(settled, shown):
        if line == ELISION:
            pattern += r"(?:.*\n)*?"
        else:
            pattern += re.escape(cut.sub(ELISION, line)) + r"\n"
    text = "".join(f"{cut.sub(ELISION, settled(line))}\n" for line in printed)
    assert re.fullmatch(pattern, text), f"{pattern}\n{text}"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder in which the README's commands can be typed and leave what they write."""
    (tmp_path / "run_local.sh").symlink_to(ROOT / "run_local.sh")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def type_in(here: Path, command: str) -> list[str]:
    """Run a command as a shell would and return the lines that it prints."""
    environment = {**os.environ, "COLUMNS": "100", "LOGVEIL_OUTPUT": "out"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=here, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(f"{ROOT}/", "").splitlines()


def test_every_command_runs_and_prints_what_is_shown(here: Path) -> None:
    typed = [command for command, _ in commands()]
    assert typed[0] == "./run_local.sh"
    assert len(typed) >= 6
    for command, shown in commands():
        if command not in RUN_ALREADY:
            printed = type_in(here, command)
            if shown:
                assert_shows(shown, printed)


def test_run_local_takes_ones_own_files_and_says_when_there_is_nothing_to_do(here: Path) -> None:
    (here / "my logs").mkdir()
    (here / "my logs" / "a.txt").write_text("user=anna logged in\n")
    first = type_in(here, "./run_local.sh 'my logs'")
    assert "Balance 1 read = 1 written" in settled(next(line for line in first if line.startswith("Balance")))
    assert not any("anna" in line for line in first)
    again = type_in(here, "./run_local.sh 'my logs/'*")
    assert again == [
        "Nothing to do: an earlier run redacted every input (--again redacts it once more).",
        "Next  .venv/bin/logveil verify out",
    ]


def test_run_local_shows_values_of_ones_own_files_only_if_it_is_asked_to(here: Path) -> None:
    (here / "own.txt").write_text("user=anna logged in\n")
    (here / "more.txt").write_text("user=anna logged out\n")
    assert not any("anna" in line for line in type_in(here, "./run_local.sh own.txt"))
    assert any("anna" in line for line in type_in(here, "./run_local.sh --example more.txt"))


def test_the_field_table_is_that_of_the_policy() -> None:
    command = [str(ROOT / ".venv/bin/logveil"), "policy", "show", "--markdown"]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.rstrip() for line in table.strip().splitlines()]
    assert len(rows) == 19
    assert "\n".join(rows) in README


def test_python_blocks_run_and_give_what_is_shown() -> None:
    blocks = [block for language, block in BLOCKS if language == "python"]
    assert blocks
    for block in blocks:
        names: dict[str, object] = {}
        shown = 0
        value: object = None
        for line in filter(None, block.splitlines()):
            if line.startswith("# "):
                assert repr(value) == line[2:]
                shown += 1
            elif line.startswith(("from ", "import ")):
                exec(line, names)
            else:
                value = eval(line, names)
        assert shown


def test_links_lead_to_files_and_the_length_is_bearable() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []
    assert len(README.splitlines()) <= 150


def test_the_test_command_is_the_one_that_ci_runs() -> None:
    assert {command for command, _ in commands()} >= RUN_ALREADY
    ci = (ROOT / ".ci" / "run").read_text().splitlines()
    assert shlex.split(ci[-1]) == ["make", "test"]

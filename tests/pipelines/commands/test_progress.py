"""Progress: a bar on a terminal, lines elsewhere, and nothing for those who want none."""

import io
import os
import pty
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.commands import progress
from pipelines.commands.progress import Pace, watch_unless
from pipelines.sources.tally import Done, unwatched
from tests.conftest import ROOT

COMMAND = str(ROOT / ".venv/bin/logveil")


def at_terminal(folder: Path, *arguments: str) -> tuple[str, str]:
    """Run a command whose standard error is a terminal; return standard output and what the terminal got."""
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    command = [COMMAND, *arguments]
    got = b""
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=its, env=environment, text=True
    ) as running:
        os.close(its)
        with suppress(OSError):  # the other side is closed
            while block := os.read(ours, 4096):
                got += block
        printed, _ = running.communicate()
    os.close(ours)
    assert running.returncode == 0
    return printed, got.decode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "events.log").write_text("user anna logged in\n" * 20_000)
    return tmp_path


def test_a_terminal_gets_a_bar_for_redact_and_verify_and_the_output_stays_as_it_is(root: Path) -> None:
    printed, shown = at_terminal(root, "redact", "events.log", "--output=out")
    assert "of 400.0 kB" in shown
    assert "kB" not in printed
    assert "20,000 read = 20,000 written" in printed
    printed, shown = at_terminal(root, "verify", "out")
    assert printed == "out is as it should be\n"
    assert "━" in shown


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_nothing_is_shown_to_those_who_want_none(root: Path, option: str) -> None:
    _, shown = at_terminal(root, "redact", "events.log", "--output=out", "--keys=key", option)
    assert shown == ""


@pytest.fixture(autouse=True)
def key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("11" * 32)
    (tmp_path / "key").chmod(0o600)


def test_elsewhere_a_line_comes_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.001)
    stream, looked, third = io.StringIO(), [], threading.Event()

    def look() -> Done:
        looked.append(Done(len(looked) * 1_000_000, len(looked) * 10))
        if len(looked) == 4:
            third.set()
        return looked[-1]

    with watch_unless(False, stream)(9_000_000, look):
        assert third.wait(60)
    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["0 bytes of 9.0 MB", "1.0 MB of 9.0 MB"]
    assert lines[2].startswith("2.0 MB of 9.0 MB, ")
    assert lines[2].endswith(" left")


def test_no_line_comes_after_the_end_nor_before_ten_seconds() -> None:
    stream = io.StringIO()
    with watch_unless(False, stream)(9, Done):
        pass
    assert progress.SECONDS_BETWEEN_LINES == 10
    assert stream.getvalue() == ""
    assert [thread for thread in threading.enumerate() if "repeat" in thread.name] == []


def test_who_wants_none_is_not_even_looked_for() -> None:
    assert watch_unless(True, io.StringIO()) is unwatched


def test_what_was_read_before_the_first_look_does_not_count_for_the_pace() -> None:
    pace = Pace(total=1000)
    pace.told(Done(500, 1), now=100.0)
    assert pace.told(Done(750, 6), now=110.0) == "750 bytes of 1.0 kB, 0 events a second, 0:00:10 left"


def test_bytes_alone_are_told_where_events_are_not_counted() -> None:
    pace = Pace(total=100)
    pace.told(Done(10, 0), now=0.0)
    assert pace.told(Done(55, 0), now=1.0) == "55 bytes of 100 bytes, 0:00:01 left"

"""What is written can be read by its owner and group alone, whatever the caller's umask, unless `--mode` says more."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.commands.modes import umask_of
from schemas.errors import OptionsError
from tests.conftest import ROOT

NOW = datetime.now(UTC)
EVENTS = [
    {"__TIMESTAMP__": int((NOW - timedelta(days, hours=1)).timestamp() * 1000), "uin": "100012345678"}
    for days in (1, 179)
]


def logveil(umask: int, *arguments: object) -> str:
    command = [str(part) for part in (ROOT / ".venv/bin/logveil", *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, umask=umask)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modes(folder: Path) -> Iterator[tuple[str, int]]:
    yield str(folder), folder.stat().st_mode & 0o7777
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            yield os.path.join(place, name), os.stat(os.path.join(place, name)).st_mode & 0o7777


def made_root(folder: Path, umask: int, *options: str) -> Path:
    """Return a root that was redacted into in two processes, and of which something expired."""
    for number in range(2):
        lines = "".join(f"{json.dumps({**event, 'n': number})}\n" for event in EVENTS)
        (folder / f"{number}.jsonl").write_text(lines)
    root = folder / "out"
    inputs = [folder / "0.jsonl", folder / "1.jsonl"]
    logveil(umask, "redact", *inputs, f"--output={root}", "--workers=2", *options)
    later = ["--as-of", f"{NOW + timedelta(2):%F}", "--force", "--reason=test"]
    logveil(umask, "expire", root, *later, f"--plan={root / '_plans/p.json'}", *options)
    logveil(umask, "expire", root, "--apply", root / "_plans/p.json", "--force", *options)
    return root


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_are_0640_and_folders_0750_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    root = made_root(tmp_path, umask)
    found = dict(modes(root))
    assert {name: mode for name, mode in found.items() if os.path.isdir(name) and mode != 0o750} == {}
    assert {name: mode for name, mode in found.items() if os.path.isfile(name) and mode != 0o640} == {}
    kinds = ("category=rejected", "category=troubleshooting_data", "_runs", "_plans", "_receipts")
    assert all(any(f"/{kind}" in name for name in found) for kind in kinds if kind != "category=rejected")
    assert set(dict(modes(tmp_path / "out.keys")).values()) == {0o700, 0o600}


def test_mode_says_otherwise(tmp_path: Path) -> None:
    assert set(dict(modes(made_root(tmp_path, 0o022, "--mode=0600"))).values()) == {0o700, 0o600}


@pytest.mark.parametrize("mode", ["0666", "0440", "0755", "640x", "", "0646", "1640"])
def test_a_mode_that_lets_everybody_write_or_is_none_is_refused(mode: str) -> None:
    with pytest.raises(OptionsError, match="--mode is"):
        umask_of(mode)

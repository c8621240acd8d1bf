"""Fixtures that several tests share: the shared data, the event maker, and what a test may not find missing in CI."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from transforms.engine.native import VERSION

# Equal examples in every run: a finding of CI is then a finding of everybody.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
NOW_MS = 1_795_478_400_000  # 2026-11-24T00:00:00Z


def absent(what: str) -> None:
    """Skip a test for want of something, or fail it where everything is required."""
    if os.environ.get("LOGVEIL_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here and absent")
    pytest.skip(f"{what} is absent")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real log files."""
    if not (SHARED / "data" / "manifest.json").exists():
        absent("../shared/data")
    return SHARED / "data"


@pytest.fixture(scope="session")
def engine_is_there() -> None:
    """Skip a test where the engine isn't installed; fail it where everything is required and cargo was there."""
    if VERSION is not None:
        return
    if os.environ.get("LOGVEIL_REQUIRE_ALL") == "1" and shutil.which("cargo"):
        pytest.fail("the engine is required here and absent, though cargo is there: setup.sh builds it")
    pytest.skip("the engine is absent: setup.sh builds it where cargo is")


@pytest.fixture
def make_events(shared_data: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes an events file with options of `make_events.py`."""

    def make(name: str = "events.jsonl", **options: object) -> Path:
        out = tmp_path / name
        arguments = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        command = [sys.executable, str(SHARED / "tools" / "make_events.py"), "--data", str(shared_data)]
        subprocess.run([*command, "--out", str(out), *arguments], check=True, capture_output=True)
        return out

    return make

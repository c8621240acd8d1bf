"""A redaction job with a known key and a known day, and its output as plain fastavro reads it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.jobs.redaction import RedactionJob, run_redaction
from pipelines.sources.found import find_inputs
from schemas.ledger import Ledger
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from transforms.pseudonyms import PseudonymKey

KEY = PseudonymKey(bytes(range(32)), "1")
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
JOB = RedactionJob([], Path(), default_policy(), KEY, NOW, workers=1)


@pytest.fixture
def redact(tmp_path: Path) -> Callable[..., Ledger]:
    """Return a function that redacts inputs into a root (`tmp_path / "out"` unless given) in one process."""

    def run(*inputs: Path | str, root: Path = tmp_path / "out", **options: object) -> Ledger:
        found = find_inputs([str(path) for path in inputs], root)
        return run_redaction(replace(JOB, inputs=found, root=root, **options))

    return run


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes lines of bytes to a file."""

    def write(lines: Sequence[bytes], name: str = "events.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        os.utime(path, (NOW_MS / 1000, NOW_MS / 1000))
        return path

    return write

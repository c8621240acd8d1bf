"""Run `logveil redact` in a process of its own, check its answer, and say what it took."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import fastavro

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "bench" / "peers"))

from run_peer import PLANTED  # noqa: E402

MAKE_EVENTS = ROOT.parent / "shared" / "tools" / "make_events.py"
_USAGE = ROOT / "bench" / "usage.py"
LOGVEIL = str(Path(sys.executable).with_name("logveil"))
NOW = "2026-11-24T00:00:00"
NOW_MS = 1_795_478_400_000
DAY_MS = 86_400_000
START_MS = NOW_MS - 30 * DAY_MS
_MOST_LEFT = 0.05
_ERROR_TAIL = 600


@dataclass(frozen=True)
class Measured:
    """One run: what went in and out (events, bytes), wall and CPU seconds, the largest process (bytes), the runner."""

    events: int
    bytes_in: int
    bytes_out: int
    files: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    runner: str = ""


class WrongAnswerError(Exception):
    """A run failed, or its output is not what was asked for."""


def make_events(path: Path, count: int, seed: str = "bench", *options: str) -> Path:
    """Make a file of events; return its path."""
    command = [sys.executable, str(MAKE_EVENTS), "--count", str(count), "--seed", seed, "--out", str(path)]
    subprocess.run([*command, f"--start={START_MS}", *options], check=True, capture_output=True)
    return path


def run_job(
    inputs: Path | Sequence[Path],
    workers: int,
    cores: Sequence[int] = (),
    *options: str,
    plugins: Path | None = None,
    must_count: Sequence[str] = (),
    check_texts: bool = False,
    keep_in: Path | None = None,
) -> Measured:
    """Redact files in a new process; check that the ledger holds every line, and on request what was written.

    `plugins` is a folder with an installed package of detectors, `must_count` names counts that may not be zero. The
    output is deleted at once, unless there is a folder to keep it in.

    Raises:
        WrongAnswerError: The run failed, a line is missing, or too many planted mail addresses are left.
    """
    files = [inputs] if isinstance(inputs, Path) else list(inputs)
    with _folder(files[0].parent, keep_in) as folder:
        root = Path(folder, "out")
        command = [LOGVEIL, "redact", *map(str, files), f"--output={root}", f"--now={NOW}", "--json"]
        command += [f"--workers={workers}", *options]
        if cores:
            command = ["taskset", "-c", ",".join(map(str, cores)), *command]
        path = {} if plugins is None else {"PYTHONPATH": str(plugins)}
        ledger, used = run_measured(command, Path(folder), os.environ | path)
        lines = sum(block.count(b"\n") for file in files for block in iter_blocks(file))
        check_counts(ledger["counts"], lines, must_count)
        written = sorted(root.glob("category=*/*/*.avro"))
        if check_texts:
            check_mail_addresses(files, written)
        return Measured(
            lines,
            sum(file.stat().st_size for file in files),
            sum(file.stat().st_size for file in written),
            len(written),
            used["seconds"],
            used["cpu_seconds"],
            used["peak_bytes"],
            ledger["runner"],
        )


def _folder(beside: Path, keep_in: Path | None) -> AbstractContextManager[str]:
    if keep_in is None:
        return tempfile.TemporaryDirectory(dir=beside)
    return nullcontext(tempfile.mkdtemp(dir=keep_in))


def run_measured(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[dict, dict]:
    """Run a command; return what it printed as JSON, and what it used (see `usage.py`).

    Raises:
        WrongAnswerError: It failed.
    """
    report, errors = folder / "usage.json", folder / "stderr"
    measured = [sys.executable, "-I", "-S", str(_USAGE), str(report), *command]
    with errors.open("wb") as stderr:
        done = subprocess.run(measured, stdout=subprocess.PIPE, stderr=stderr, env=environment, check=False)
    if done.returncode:
        tail = errors.read_bytes()[-_ERROR_TAIL:].decode(errors="replace")
        raise WrongAnswerError(f"status {done.returncode}: {tail}")
    return json.loads(done.stdout), json.loads(report.read_text(encoding="utf-8"))


def check_counts(counts: Mapping[str, int], lines: int, must_count: Sequence[str] = ()) -> None:
    """Check that every line was read and written, and that what should have happened did.

    Raises:
        WrongAnswerError: One was not, or it did not.
    """
    read, written = counts.get("read", 0), counts.get("written", 0)
    if (read, written) != (lines, lines):
        raise WrongAnswerError(f"{lines} lines in, the ledger says {read} read and {written} written")
    for name in must_count:
        if not counts.get(name):
            raise WrongAnswerError(f"nothing was counted as {name}")


def check_mail_addresses(files: Sequence[Path], written: Sequence[Path]) -> None:
    """Check that nearly all mail addresses that the generator plants are gone, as it is asked of the peers.

    Raises:
        WrongAnswerError: There is none to check, or over one in twenty is left.
    """
    planted = sum(len(PLANTED.findall(file.read_text(encoding="utf-8"))) for file in files)
    left = sum(len(PLANTED.findall(str(record))) for file in written for record in _records(file))
    if not planted or left > _MOST_LEFT * planted:
        raise WrongAnswerError(f"{left} of {planted} planted mail addresses are left")


def _records(path: Path) -> Iterator[object]:
    with path.open("rb") as file:
        yield from fastavro.reader(file)


def iter_blocks(path: Path) -> Iterator[bytes]:
    """Yield the file in blocks of a MiB."""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block

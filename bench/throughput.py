"""Measure the whole job: start-up, events a second a core, memory, output size; answers checked.

Each figure comes from whole runs of `logveil redact` in processes of their own. The cost per event is the slope
between two input sizes, the start-up its intercept.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAKE_EVENTS = ROOT.parent / "shared" / "tools" / "make_events.py"
LOGVEIL = Path(sys.executable).with_name("logveil")
NOW = "2026-11-24T00:00:00"
START_MS = 1_795_478_400_000 - 30 * 86_400_000


@dataclass(frozen=True)
class Measured:
    """One run: what went in and out (events, bytes), wall and CPU seconds, and the largest process (bytes)."""

    events: int
    bytes_in: int
    bytes_out: int
    files: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def make_events(path: Path, count: int, seed: str = "bench", *options: str) -> Path:
    """Make a file of events; return its path."""
    command = [sys.executable, str(MAKE_EVENTS), "--count", str(count), "--seed", seed, "--out", str(path)]
    subprocess.run([*command, "--start", str(START_MS), *options], check=True, capture_output=True)
    return path


def run_job(events: Path, workers: int, cores: Sequence[int] = (), *options: str) -> Measured:
    """Redact a file in a new process and check that the ledger holds every line of it."""
    with tempfile.TemporaryDirectory(dir=events.parent) as folder:
        root = Path(folder, "out")
        command = [str(LOGVEIL), "redact", str(events), "--output", str(root), "--now", NOW, "--json"]
        command += ["--workers", str(workers), *options]
        if cores:
            command = ["taskset", "-c", ",".join(map(str, cores)), *command]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        counts = json.loads(done.stdout)["counts"]
        lines = sum(chunk.count(b"\n") for chunk in iter_blocks(events))
        if counts["read"] != lines or counts["written"] != lines:
            raise SystemExit(
                f"wrong answer: {lines} lines in, ledger says {counts['read']} read, {counts['written']} written"
            )
        files = list(root.glob("category=troubleshooting_data/*/*.avro"))
        return Measured(
            lines,
            events.stat().st_size,
            sum(file.stat().st_size for file in files),
            len(files),
            seconds,
            (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime),
            after.ru_maxrss * 1024,
        )


def iter_blocks(path: Path) -> Iterator[bytes]:
    """Yield the file in blocks of a MiB."""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


def main() -> None:
    """Measure two sizes on one core and print the figures as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--small", type=int, default=20_000)
    arguments.add_argument("--large", type=int, default=100_000)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small, large = (
            run_job(make_events(Path(folder, f"{count}.jsonl"), count), 1, (0,))
            for count in (options.small, options.large)
        )
    seconds_an_event = (large.seconds - small.seconds) / (large.events - small.events)
    figures = {
        "events_a_second_a_core": round(1 / seconds_an_event),
        "start_up_seconds": round(small.seconds - seconds_an_event * small.events, 2),
        "bytes_out_a_byte_in": round(large.bytes_out / large.bytes_in, 3),
        "small": asdict(small),
        "large": asdict(large),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

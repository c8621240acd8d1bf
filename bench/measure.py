"""Measure logveil against its targets; print, record and compare: called by `bench/run`."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "bench" / "peers")]

from beside_peers import measure_peers  # noqa: E402
from beside_steps import measure_engine  # noqa: E402
from events import Events  # noqa: E402
from figures import is_busy  # noqa: E402
from growth import measure_bytes, measure_detectors, measure_memory, measure_partitions  # noqa: E402
from lines import Line  # noqa: E402
from machine import describe_commit, describe_machine, describe_versions  # noqa: E402
from plan import FULL, QUICK, USUAL, Bench, Sizes  # noqa: E402
from report import markdown, print_report, with_results  # noqa: E402
from rich.console import Console  # noqa: E402
from scaling import measure_workers  # noqa: E402
from whole_job import measure_job  # noqa: E402

RESULTS = ROOT / "bench" / "results"
BUILD = ROOT / "build" / "bench"
README = ROOT / "bench" / "README.md"
PLOTTER = BUILD / "plot" / "bin" / "python"
_WIDTH = 200

SECTIONS: dict[str, Callable[[Bench], Any]] = {
    "job": measure_job,
    "engine": measure_engine,
    "peers": measure_peers,
    "workers": measure_workers,
    "bytes": measure_bytes,
    "detectors": measure_detectors,
    "partitions": measure_partitions,
    "memory": measure_memory,
}


def main() -> None:
    """Measure what is asked for, print it, record it, and exit with 1 if a target was missed."""
    options = _options()
    sizes: Sizes = options.sizes
    only = options.only.split(",") if options.only else []
    machine = describe_machine()
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        events = Events(Path(folder), max(*sizes.job, *sizes.growth, *sizes.workers, *sizes.peers.values()))
        bench = Bench(events, sizes, tuple(sorted(os.sched_getaffinity(0))[:2]), Path(folder))
        lines, peers, samples = _measure(bench, only or list(SECTIONS))
    report = {
        "recorded": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "mode": sizes.mode,
        "only": only,
        "commit": describe_commit(),
        "machine": machine,
        "versions": describe_versions(),
        "seconds": samples,
        "lines": [line.to_json() for line in lines],
        "peers": peers,
    }
    last = last_recorded(RESULTS / "latest.json")
    print_report(Console(width=None if sys.stdout.isatty() else _WIDTH), report, lines, last)
    _write(report, lines, last, record=options.record and not only)
    sys.exit(any(line.met is False for line in lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument(
        "--quick", dest="sizes", action="store_const", const=QUICK, default=USUAL, help="some minutes"
    )
    parser.add_argument(
        "--full", dest="sizes", action="store_const", const=FULL, help="ten million events, hours"
    )
    parser.add_argument("--only", default="", help=f"of {','.join(SECTIONS)}, with commas between")
    parser.add_argument("--record", action=argparse.BooleanOptionalAction, help="default: all but quick runs")
    options = parser.parse_args()
    if options.record is None:
        options.record = options.sizes is not QUICK
    if unknown := set(filter(None, options.only.split(","))) - set(SECTIONS):
        parser.error(f"no section {', '.join(unknown)}")
    return options


def last_recorded(path: Path) -> dict[str, Any]:
    """Return the report that was recorded last; nothing if there is none, or if its machine was busy."""
    report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {} if report and is_busy(report["machine"]) else report


def _measure(bench: Bench, sections: list[str]) -> tuple[list[Line], list[dict[str, Any]], dict[str, float]]:
    """Return the lines of the sections, the rows of the peers, and how long each section took."""
    lines: list[Line] = []
    peers: list[dict[str, Any]] = []
    took = {}
    for name in sections:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        started = time.perf_counter()
        found = SECTIONS[name](bench)
        if name == "peers":
            found, peers = found
        lines += found
        took[name] = round(time.perf_counter() - started)
    return lines, peers, took


def _write(report: dict[str, Any], lines: list[Line], last: dict[str, Any], record: bool) -> None:
    """Write JSON, Markdown and the plot: for good if the run is to be recorded, else under build/bench."""
    folder = RESULTS if record else BUILD
    folder.mkdir(exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    (folder / "latest.json").write_text(text, encoding="utf-8")
    results = markdown(report, lines, last)
    if record:
        README.write_text(with_results(README.read_text(encoding="utf-8"), results), encoding="utf-8")
    else:
        (folder / "latest.md").write_text(results, encoding="utf-8")
    if PLOTTER.exists():
        plot = [str(PLOTTER), str(ROOT / "bench" / "plot.py"), str(folder / "latest.json"), str(folder)]
        subprocess.run(plot, check=True)
    print(f"written to {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

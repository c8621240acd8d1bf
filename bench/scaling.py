"""Two workers on two cores: our own processes, and Prism."""

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from growth import Run, by_turns
from jobs import ROOT, Measured, run_job
from lines import Line, cost_of
from plan import Bench

sys.path[:0] = [str(ROOT)]

from tests.prism import prism_server  # noqa: E402

GROUP = "two workers on two cores"
_ONE, _OWN, _PRISM, _PRISM_TWICE = (
    "one worker",
    "two worker processes",
    "Prism, one job",
    "Prism, two jobs of half the input",
)


def measure_workers(bench: Bench) -> list[Line]:
    """Compare the ways to use two cores with one worker on one core."""
    with prism_server(bench.folder / "prism.log") as endpoint:
        options = (
            "--",
            "--runner=PortableRunner",
            f"--job_endpoint={endpoint}",
            "--environment_type=LOOPBACK",
        )
        ways: dict[str, Run] = {
            _ONE: lambda size: run_job(bench.events.first(size), 1, bench.core),
            _OWN: lambda size: run_job(bench.events.first(size), 2, bench.cores),
            _PRISM: lambda size: run_job(bench.events.first(size), 1, bench.cores, *options),
            _PRISM_TWICE: lambda size: _run_two(bench, size, options),
        }
        runs = by_turns(ways, bench.sizes.workers, bench.sizes.rounds)
    default = run_job(bench.events.first(bench.sizes.workers[1]), 0, bench.cores)
    return worker_lines(runs, default)


def _run_two(bench: Bench, size: int, options: tuple[str, ...]) -> Measured:
    halves = [bench.events.seeded(f"half-{number}", size // 2) for number in range(2)]
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda half: run_job(half, 1, bench.cores, *options), halves))
    return replace(
        runs[0],
        events=sum(run.events for run in runs),
        bytes_in=sum(run.bytes_in for run in runs),
        seconds=time.perf_counter() - started,
        cpu_seconds=sum(run.cpu_seconds for run in runs),
    )


def worker_lines(runs: dict[str, list[Measured]], default: Measured) -> list[Line]:
    """Return the speed-ups over one worker, of the slopes, with the wall seconds of the larger size beside them."""
    larger = max(run.events for run in runs[_ONE])
    costs = {name: cost_of(measured) for name, measured in runs.items()}
    notes = {
        _OWN: f"the default run uses {default.runner}",
        _PRISM: "Prism starts one worker process per environment; its threads share one interpreter",
        _PRISM_TWICE: "two worker processes; Prism offers no way to have both in one job",
    }
    lines = []
    for name, note in notes.items():
        wall = statistics.median(run.seconds for run in runs[name] if run.events == larger)
        alone = statistics.median(run.seconds for run in runs[_ONE] if run.events == larger)
        cpu = costs[name].cpu_seconds / costs[_ONE].cpu_seconds
        lines.append(
            Line(
                GROUP,
                name,
                costs[_ONE].seconds / costs[name].seconds,
                "×",
                ("≥", 1.8) if name == _OWN else None,
                f"{larger:,} events with start-up: {wall:.1f} s to {alone:.1f} s; "
                f"{cpu:.2f} × the CPU time an event; {note}",
            )
        )
    peak = max(run.peak_bytes for run in runs[_OWN])
    lines.append(Line(GROUP, "peak memory of the largest process", peak / 1e6, "MB", ("≤", 600)))
    return lines

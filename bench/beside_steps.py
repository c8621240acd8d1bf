"""The whole job by the event engine beside the whole job by the plain steps, by turns."""

from jobs import Measured, run_job
from lines import Line, cost_of
from plan import Bench

GROUP = "event engine"


def measure_engine(bench: Bench) -> list[Line]:
    """Run the job both ways at two sizes; the run fails where the engine isn't installed."""
    runs: dict[str, list[Measured]] = {"native": [], "python": []}
    for _ in range(bench.sizes.rounds):
        for size in bench.sizes.growth:
            for engine, measured in runs.items():
                measured.append(run_job(bench.events.first(size), 1, bench.core, f"--engine={engine}"))
    native, python = (cost_of(measured).cpu_seconds for measured in runs.values())
    note = f"CPU time, {native * 1e6:.0f} µs an event to {python * 1e6:.0f}, slope over two sizes"
    return [Line(GROUP, "whole job beside the plain steps", python / native, "×", ("≥", 3.3), note)]

"""The whole job on one core: events and bytes a second, start-up, growth with the input, output size, cost."""

import statistics

from jobs import Measured, run_job
from lines import Cost, Line, cost_of
from plan import Bench

GROUP = "whole job, one core"
_SECONDS_AN_HOUR = 3600
_TERABYTE = 1e12


def measure_job(bench: Bench) -> list[Line]:
    """Run the job at three sizes, by turns, and then on a hundred events."""
    runs: list[Measured] = []
    for turn in range(bench.sizes.rounds):
        for size in bench.sizes.job:
            check = turn == 0 and size == bench.sizes.job[0]
            runs.append(run_job(bench.events.first(size), 1, bench.core, check_texts=check))
    few = bench.events.first(100)
    starts = [run_job(few, 1, bench.core) for _ in range(bench.sizes.start_ups)]
    return [*job_lines(runs, bench.sizes_note), *start_lines(starts, cost_of(runs))]


def job_lines(runs: list[Measured], sizes: str) -> list[Line]:
    """Return the figures of whole runs of three sizes."""
    cost, largest = cost_of(runs), max(runs, key=lambda run: run.events)
    bytes_an_event = largest.bytes_in / largest.events
    rate = 1 / cost.seconds
    share = f"user and system time, {cost.cpu_seconds / cost.seconds:.0%} of wall time"
    hours = cost.cpu_seconds / bytes_an_event * _TERABYTE / _SECONDS_AN_HOUR
    return [
        Line(GROUP, "events a second", rate, "events/s", ("≥", 10_000), f"slope over {sizes} events"),
        Line(GROUP, "bytes a second", rate * bytes_an_event / 1e6, "MB/s", ("≥", 12)),
        Line(GROUP, "events a CPU second", 1 / cost.cpu_seconds, "events/s", None, share),
        Line(GROUP, "output a byte of input", largest.bytes_out / largest.bytes_in, "bytes", ("≤", 0.25)),
        Line(GROUP, "a terabyte of input", hours, "core-hours", None, "CPU time, without start-up"),
        Line(
            "growth",
            "cost an event, larger half of the events to the smaller",
            growth_with_events(runs),
            "×",
            ("≤", 1.1),
            f"{sizes} events",
        ),
    ]


def growth_with_events(runs: list[Measured]) -> float:
    """Return what an event costs between the two larger sizes, over what it costs between the two smaller ones."""
    small, middle, large = sorted({run.events for run in runs})
    first = cost_of([run for run in runs if run.events in (small, middle)])
    second = cost_of([run for run in runs if run.events in (middle, large)])
    return second.cpu_seconds / first.cpu_seconds


def start_lines(starts: list[Measured], cost: Cost) -> list[Line]:
    """Return the figures of starting."""
    wall = statistics.median(run.seconds for run in starts)
    cpu = statistics.median(run.cpu_seconds for run in starts)
    return [
        Line(GROUP, "start-up, 100 events", wall, "s", ("≤", 4), f"{cpu:.1f} s of CPU"),
        Line(GROUP, "start-up, intercept", cost.start_up, "s"),
    ]

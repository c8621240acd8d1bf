"""What the job costs with longer events, more detectors, more partitions, and how its memory grows."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from jobs import DAY_MS, NOW_MS, ROOT, Measured, run_job
from lines import Cost, Line, cost_of
from more_detectors import install_detectors
from plan import Bench

GROUP = "growth"
DAYS = 400
_KEPT_DAYS = 2 * DAYS
_TEXTS = (1, 6, 11)
_POLICY = ROOT / "schemas" / "policy" / "healthcare_omics.yaml"

Run = Callable[[int], Measured]


def by_turns(ways: Mapping[str, Run], sizes: tuple[int, int], rounds: int) -> dict[str, list[Measured]]:
    """Run every way at every size, by turns."""
    runs: dict[str, list[Measured]] = {name: [] for name in ways}
    for _ in range(rounds):
        for size in sizes:
            for name, run in ways.items():
                runs[name].append(run(size))
    return runs


def measure_bytes(bench: Bench) -> list[Line]:
    """Compare what a further byte of text costs in long events with what it costs in shorter ones."""
    ways: dict[str, Run] = {
        str(texts): lambda size, texts=texts: run_job(bench.events.long(size, texts), 1, bench.core)
        for texts in _TEXTS
    }
    runs = by_turns(ways, bench.sizes.long, bench.sizes.rounds)
    points = [(measured[-1].bytes_in / measured[-1].events, cost_of(measured)) for measured in runs.values()]
    note = "texts of " + " to ".join(f"{size:,.0f}" for size, _ in points) + " bytes an event"
    what = "cost of a further byte, long events to shorter ones"
    return [Line(GROUP, what, marginal_growth(points), "×", ("≤", 1.1), note)]


def marginal_growth(points: Sequence[tuple[float, Cost]]) -> float:
    """Return the cost of a byte between the two larger sizes, over that between the two smaller ones.

    Example:
        >>> marginal_growth([(1000, Cost(0, 1, 0)), (2000, Cost(0, 2, 0)), (4000, Cost(0, 6, 0))])
        2.0
    """
    steps = [
        (after.cpu_seconds - before.cpu_seconds) / (more - fewer)
        for (fewer, before), (more, after) in pairwise(points)
    ]
    return steps[1] / steps[0]


def measure_detectors(bench: Bench) -> list[Line]:
    """Compare the cost with more detectors with that of the catalogue's own."""

    def run_with(count: int) -> Run:
        plugins = install_detectors(bench.folder / f"detectors-{count}", count)
        return lambda size: run_job(
            bench.events.first(size), 1, bench.core, plugins=plugins, must_count=["detected/MORE"]
        )

    ways: dict[str, Run] = {"0": lambda size: run_job(bench.events.first(size), 1, bench.core)}
    ways |= {str(count): run_with(count) for count in (50, 100)}
    runs = by_turns(ways, bench.sizes.growth, bench.sizes.rounds)
    costs = {name: cost_of(measured) for name, measured in runs.items()}
    return [
        _ratio("cost with 50 more detectors", costs["50"], costs["0"], 1.2, "a fifth of them find something"),
        _ratio("cost with 100 more detectors", costs["100"], costs["0"], 1.4),
    ]


def measure_partitions(bench: Bench) -> list[Line]:
    """Compare the cost of events of many days with that of one day, in order of time and shuffled."""
    policy = keep_longer(_POLICY, bench.folder / "policy.yaml")
    start = ("--start", str(NOW_MS - (DAYS + 1) * DAY_MS))

    def days(count: int) -> Callable[[int], Path]:
        return lambda size: bench.events.seeded(f"days-{count}", size, *start, "--span-days", str(count))

    many = days(DAYS)
    sources: dict[str, Callable[[int], Path]] = {
        "one day": days(1),
        "in order": many,
        "shuffled": lambda size: bench.events.shuffled(many(size)),
    }

    def run_on(source: Callable[[int], Path]) -> Run:
        return lambda size: run_job(source(size), 1, bench.core, f"--policy={policy}", keep_in=Path(outputs))

    ways = {name: run_on(source) for name, source in sources.items()}
    with tempfile.TemporaryDirectory(dir=bench.folder) as outputs:
        runs = by_turns(ways, bench.sizes.partitions, bench.sizes.rounds)
    costs = {name: cost_of(measured) for name, measured in runs.items()}
    larger = {name: max(measured, key=lambda run: run.events) for name, measured in runs.items()}
    return [
        _ratio(
            f"cost of {DAYS} days {name}, to one day",
            costs[name],
            costs["one day"],
            1.1,
            f"{larger[name].events:,} events in {larger[name].files:,} files to {larger['one day'].files}; "
            f"{larger[name].bytes_out / larger[name].bytes_in:.2f} bytes out a byte in; "
            f"peak {larger[name].peak_bytes / 1e6:.0f} MB; kept {_KEPT_DAYS} days by the policy's copy",
        )
        for name in ("in order", "shuffled")
    ]


def keep_longer(policy: Path, copy: Path) -> Path:
    """Write a copy of a policy that keeps events long enough for many days of them; return its path.

    Raises:
        ValueError: The policy does not say what is to be replaced.
    """
    text = policy.read_text(encoding="utf-8")
    changed = text.replace("retention_days: 180", f"retention_days: {_KEPT_DAYS}")
    if changed == text:
        raise ValueError("the policy keeps nothing for 180 days")
    copy.write_text(changed, encoding="utf-8")
    return copy


def measure_memory(bench: Bench) -> list[Line]:
    """Compare the peak of a worker for many events with that for a tenth of them."""
    few, many = bench.sizes.memory
    per_file = min(few, 1_000_000)
    files = [bench.events.seeded(f"memory-{number}", per_file) for number in range(many // per_file)]
    small = run_job(files[: few // per_file], 1, bench.core)
    large = run_job(files, 1, bench.core)
    note = f"{large.events:,} to {small.events:,} events, in files of {per_file:,}"
    return [
        Line(GROUP, "peak memory of a worker", large.peak_bytes / 1e6, "MB", ("≤", 600), note),
        Line(GROUP, "peak memory, more events to fewer", large.peak_bytes / small.peak_bytes, "×", ("≤", 1.2), note),
    ]  # fmt: skip


def _ratio(what: str, cost: Cost, base: Cost, limit: float, note: str = "") -> Line:
    """Return a ratio of CPU time: both are runs of one process, and another's work on the machine is not in it."""
    return Line(GROUP, what, cost.cpu_seconds / base.cpu_seconds, "×", ("≤", limit), note)

"""What the job costs with longer events, more detectors, more partitions, and how its memory grows."""

from collections.abc import Callable, Mapping
from pathlib import Path

from jobs import DAY_MS, NOW_MS, ROOT, Measured, run_job
from lines import Cost, Line, cost_of
from more_detectors import install_detectors
from plan import Bench

GROUP = "growth"
DAYS = 400
_KEPT_DAYS = 2 * DAYS
_TEXTS = 4
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
    """Compare the cost a byte of events with long texts with that of the usual ones."""
    ways: dict[str, Run] = {
        "usual": lambda size: run_job(bench.events.first(size), 1, bench.core),
        "long": lambda size: run_job(bench.events.long(size, _TEXTS), 1, bench.core),
    }
    runs = by_turns(ways, bench.sizes.growth, bench.sizes.rounds)
    sizes = {name: _bytes_an_event(measured[-1]) for name, measured in runs.items()}
    costs = {name: cost_of(measured) for name, measured in runs.items()}
    ratio = costs["long"].cpu_seconds / sizes["long"] / (costs["usual"].cpu_seconds / sizes["usual"])
    note = f"{sizes['long']:,.0f} to {sizes['usual']:,.0f} bytes an event"
    return [Line(GROUP, "cost a byte, long events to usual ones", ratio, "×", ("≤", 1.1), note)]


def _bytes_an_event(run: Measured) -> float:
    return run.bytes_in / run.events


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
        return lambda size: run_job(source(size), 1, bench.core, f"--policy={policy}")

    ways = {name: run_on(source) for name, source in sources.items()}
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
    note = f"{large.events:,} to {small.events:,} events"
    return [
        Line(GROUP, "peak memory of a worker", large.peak_bytes / 1e6, "MB", ("≤", 600), note),
        Line(GROUP, "peak memory, more events to fewer", large.peak_bytes / small.peak_bytes, "×", ("≤", 1.2), note),
    ]  # fmt: skip


def _ratio(what: str, cost: Cost, base: Cost, limit: float, note: str = "") -> Line:
    """Return a ratio of CPU time: both are runs of one process, and another's work on the machine is not in it."""
    return Line(GROUP, what, cost.cpu_seconds / base.cpu_seconds, "×", ("≤", limit), note)

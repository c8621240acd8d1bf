import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from jobs import Measured
from lines import Line, cost_of, last_values
from measure import last_recorded
from report import BEGIN, END, markdown, with_results
from whole_job import growth_with_events, job_lines

REPORT = {
    "recorded": "2026-11-24 21:00 UTC",
    "commit": "abc",
    "mode": "usual",
    "only": [],
    "machine": {"processor": "Fast 9000", "cores": 2, "memory_bytes": 2**34, "system": "Linux", "load": 0.1},
    "versions": {"python": "3.11"},
    "peers": [],
}


def run(events: int, seconds: float, cpu_seconds: float = 0.0) -> Measured:
    return Measured(events, events * 1000, events * 200, 1, seconds, cpu_seconds, 0)


@pytest.mark.parametrize(
    ("target", "met"),
    [
        pytest.param(("≥", 2.0), True, id="reached exactly"),
        pytest.param(("≥", 2.1), False, id="below the least"),
        pytest.param(("≤", 2.0), True, id="at the most"),
        pytest.param(("≤", 1.9), False, id="above the most"),
        pytest.param(None, None, id="no target"),
    ],
)
def test_a_line_tells_whether_its_target_was_met(target: tuple[str, float] | None, met: bool | None) -> None:
    assert Line("g", "w", 2.0, "x", target).met is met


def test_of_repeated_runs_of_a_size_the_median_counts() -> None:
    runs = [run(100, 3.0), run(100, 90.0), run(100, 3.0), run(300, 5.0), run(300, 5.0), run(300, 1.0)]
    cost = cost_of(runs)
    assert (cost.seconds, cost.start_up) == (pytest.approx(0.01), pytest.approx(2.0))


def test_the_figures_of_the_whole_job_leave_start_up_out() -> None:
    runs = [run(size, 2 + size / 10_000, 1 + size / 20_000) for size in (10_000, 20_000, 30_000)]
    values = {line.what: line.value for line in job_lines(runs, "three")}
    assert values == {
        "events a second": pytest.approx(10_000),
        "bytes a second": pytest.approx(10),
        "events a CPU second": pytest.approx(20_000),
        "output a byte of input": pytest.approx(0.2),
        "a terabyte of input": pytest.approx(1e9 / 20_000 / 3600),
        "cost an event, larger half of the events to the smaller": pytest.approx(1),
    }


def test_a_cost_that_grows_with_the_input_is_seen() -> None:
    runs = [run(size, 0, cpu_seconds=size**2) for size in (100, 200, 300)]
    assert growth_with_events(runs) == pytest.approx(5 / 3)


def test_the_last_recorded_figures_stand_beside_the_new_ones() -> None:
    line = Line("whole job", "speed", 110.0, "events/s", ("≥", 120.0), "how")
    last = {"lines": [replace(line, value=100.0).to_json()]}
    assert last_values(last) == {("whole job", "speed"): 100.0}
    assert markdown(REPORT, [line], last).splitlines()[-1] == (
        "| speed | 110 events/s | ≥ 120 | NO | 100 (+10 %) | how |"
    )


def test_a_line_is_recorded_with_its_verdict() -> None:
    line = Line("g", "w", 1.0, "x", ("≤", 2.0))
    assert line.to_json() == {**asdict(line), "met": True}


@pytest.mark.parametrize(("load", "told"), [(0.1, False), (3.0, True)])
def test_a_report_tells_when_the_machine_was_busy(load: float, told: bool) -> None:
    report = REPORT | {"machine": {**REPORT["machine"], "load": load}}
    assert ("busy with other work" in markdown(report, [], {})) is told


@pytest.mark.parametrize(("load", "compared"), [(0.1, True), (3.0, False)])
def test_a_run_of_a_busy_machine_is_not_compared_with(load: float, compared: bool, tmp_path: Path) -> None:
    report = REPORT | {"machine": {**REPORT["machine"], "load": load}}
    path = tmp_path / "latest.json"
    assert last_recorded(path) == {}
    path.write_text(json.dumps(report), encoding="utf-8")
    assert last_recorded(path) == (report if compared else {})


def test_results_replace_those_of_the_run_before_and_nothing_else() -> None:
    once = with_results(f"a\n{BEGIN}{END}b\n", "one\n")
    assert with_results(once, "two\n") == f"a\n{BEGIN}two\n{END}b\n"
    with pytest.raises(ValueError, match="no place for results"):
        with_results("a\n", "one\n")

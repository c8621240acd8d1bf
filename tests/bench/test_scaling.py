import pytest
from jobs import Measured
from scaling import worker_lines


def run(events: int, seconds: float, cpu_seconds: float) -> Measured:
    return Measured(events, 0, 0, 1, seconds, cpu_seconds, 300_000_000, "DirectRunner in 2 processes")


def test_speed_up_is_that_of_the_slopes_and_start_up_and_overhead_are_told() -> None:
    names = "two worker processes", "Prism, one job", "Prism, two jobs of half the input"
    runs = {"one worker": [run(100, 3, 3), run(200, 4, 4)]}
    runs |= {name: [run(100, 5, 6), run(200, 5.5, 7.1)] for name in names}
    lines = {line.what: line for line in worker_lines(runs, run(200, 5, 6))}
    assert [lines[name].value for name in names] == pytest.approx([2.0, 2.0, 2.0])
    assert [lines[name].met for name in names] == [True, None, None]
    assert lines[names[0]].note == (
        "200 events with start-up: 5.5 s to 4.0 s; 1.10 × the CPU time an event; "
        "the default run uses DirectRunner in 2 processes"
    )
    assert lines["peak memory of the largest process"].value == pytest.approx(300)

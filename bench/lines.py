"""The lines of a report: a figure, its target, whether it was met, and what it was the last time."""

import operator
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs import Measured

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le}


@dataclass(frozen=True)
class Line:
    """A figure. `target` is a sign and a limit, such as `("≥", 12.0)`, or None where the figure only informs."""

    group: str
    what: str
    value: float
    unit: str
    target: tuple[str, float] | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None without one."""
        if self.target is None:
            return None
        sign, limit = self.target
        return _COMPARE[sign](self.value, limit)

    def to_json(self) -> dict[str, Any]:
        """Return the line as it is recorded."""
        return {**asdict(self), "met": self.met}


@dataclass(frozen=True)
class Cost:
    """What a job costs: seconds (wall and CPU) an event, and to start."""

    seconds: float
    cpu_seconds: float
    start_up: float


def cost_of(runs: Sequence[Measured]) -> Cost:
    """Return the slope and the intercept over runs of several sizes; of runs of one size the median counts.

    Example:
        >>> cost_of([Measured(count, 0, 0, 0, 2 + count / 100, count / 200, 0) for count in (100, 300)])
        Cost(seconds=0.01, cpu_seconds=0.005, start_up=2.0)
    """
    sizes = sorted({run.events for run in runs})
    wall = [statistics.median(run.seconds for run in runs if run.events == size) for size in sizes]
    cpu = [statistics.median(run.cpu_seconds for run in runs if run.events == size) for size in sizes]
    seconds, start_up = statistics.linear_regression(sizes, wall)
    return Cost(seconds, statistics.linear_regression(sizes, cpu).slope, start_up)


def last_values(recorded: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return the figures of a recorded report by group and name.

    Example:
        >>> last_values({"lines": [{"group": "whole job", "what": "speed", "value": 3.0}]})
        {('whole job', 'speed'): 3.0}
    """
    return {(line["group"], line["what"]): line["value"] for line in recorded.get("lines", ())}

"""Beam counters of a step: what it took, gave and rejected. They are told once a batch, so that an event costs nothing.

The names are listed in docs/metrics.md; none holds content.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from apache_beam.metrics.metric import Metrics

from schemas.events import Counts, Rejection

DROPPED = ("blank_lines", "erased_on_arrival", "expired_on_arrival", "duplicates_dropped")
"""What may become of an element that is neither given nor rejected."""


class Meter:
    """The counters of one step, by the name of its class: `in = out + rejected/* + blank_lines + …`.

    Example:
        >>> Meter("ParseStep").count(taken=2, given=2)
    """

    def __init__(self, step: str) -> None:
        self._step = step
        self._taken = Metrics.counter(step, "in")
        self._given = Metrics.counter(step, "out")

    def count(self, taken: int, given: int) -> None:
        """Count the elements of a batch that came in and went out."""
        self._taken.inc(taken)
        self._given.inc(given)

    def count_rejected(self, reasons: Mapping[str, int]) -> None:
        """Count elements that were not taken, by reason."""
        for reason, number in reasons.items():
            Metrics.counter(self._step, f"rejected/{reason}").inc(number)

    def count_lost(self, rejections: Sequence[Rejection], counts: Counts) -> None:
        """Count what was rejected, by reason, and what was dropped."""
        self.count_rejected(Counter(rejection.reason for rejection in rejections))
        for name in DROPPED:
            if name in counts:
                Metrics.counter(self._step, name).inc(counts[name])

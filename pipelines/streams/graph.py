"""A stream on a cluster: one splittable element a lane, which advances its lane by a segment and comes again later.

Its restriction counts turns and nothing else: no event is ever in the runner's hands, nor in its state.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.transforms.core import RestrictionProvider
from apache_beam.utils.timestamp import Duration

from pipelines.streams.job import StreamJob
from pipelines.streams.spread import MAX_PARALLELISM, lane_elements, lane_of
from pipelines.streams.workers import advance_lane, worker_of
from schemas.errors import ClosedLaneError, LaneError, OutputError, UnreachableError
from transforms.batches.display import Shown

logger = logging.getLogger(__name__)

_FOR_EVER = 1 << 62
_TURNS = beam.DoFn.RestrictionParam()
_PASSING = (UnreachableError, OutputError, LaneError)


class _Turns(OffsetRestrictionTracker):
    """Lets a lane be put off, and never be halved: two elements of one lane would only lose against each other."""

    def try_split(self, fraction_of_remainder: float) -> Any:
        if fraction_of_remainder:
            return None
        return super().try_split(fraction_of_remainder)  # type: ignore[no-untyped-call]


class AdvanceLaneForEverFn(beam.DoFn, RestrictionProvider):
    """Advances a lane by one segment a turn, until the topic is dealt anew."""

    def __init__(self, job: StreamJob, roll_seconds: float) -> None:
        self._job = job
        self._roll_seconds = roll_seconds

    def initial_restriction(self, element: str) -> OffsetRange:
        """Return all turns."""
        return OffsetRange(0, _FOR_EVER)

    def create_tracker(self, restriction: OffsetRange) -> OffsetRestrictionTracker:
        """Return what counts the turns."""
        return _Turns(restriction)

    def restriction_size(self, element: str, restriction: OffsetRange) -> int:
        """Return the same for all: how much a topic will hold is not known."""
        return 1

    @beam.DoFn.unbounded_per_element()
    def process(self, element: str, turns: Any = _TURNS) -> Iterator[None]:
        """Take a turn, and come again at once if there is more to read, else when the next segment is due."""
        yield from ()
        began = time.monotonic()
        if not turns.try_claim(turns.current_restriction().start):
            return
        lane = lane_of(element)
        try:
            advance_lane(self._job, lane)
            is_behind = not worker_of(self._job, lane).caught_up
        except ClosedLaneError:
            turns.try_claim(_FOR_EVER - 1)
            return
        except _PASSING as error:
            logger.warning("lane %d waits: %s", lane, error)
            is_behind = False
        turns.defer_remainder(Duration.of(0 if is_behind else self._until_due(began)))

    def _until_due(self, began: float) -> float:
        """Return the seconds until the next segment is due: a roll after the begin of this turn, not after its end."""
        return max(0.0, self._roll_seconds - (time.monotonic() - began))


@dataclass
class RedactTopic(beam.PTransform):
    """Redact a topic's lanes without end, each committed segment by segment.

    *Input*: the pipeline. *Output*: none. *Bounded/unbounded*: unbounded. *Guarantee*: each message is in one committed
    segment, whatever becomes of runner, workers and broker; nothing of an event is in the runner's state.
    """

    job: StreamJob
    roll_seconds: float
    parallelism: int = 1
    max_parallelism: int = MAX_PARALLELISM

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return self.job.shown

    def expand(self, begin: PBegin) -> PCollection[None]:
        """List the lanes, spread over the subtasks, and advance them."""
        lanes = lane_elements(self.job.dealing.lanes, self.parallelism, self.max_parallelism)
        return (
            begin
            | "ListLanes" >> beam.Create(lanes, reshuffle=False).with_output_types(str)
            | "RedactAndCommit" >> beam.ParDo(AdvanceLaneForEverFn(self.job, self.roll_seconds))
        )

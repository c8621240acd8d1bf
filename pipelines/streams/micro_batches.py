"""Run a stream in this process, without a cluster: a bounded run of Beam's own runner for each roll of the lanes.

Nothing listens and nothing but the output root is kept: a process that was killed goes on where the root says. While
nothing arrives, no run is made.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection

from pipelines.jobs.runners import run_here
from pipelines.streams.job import StreamJob
from pipelines.streams.workers import advance_lane, close_workers, worker_of
from schemas.errors import ClosedLaneError, LaneError, OutputError, UnreachableError
from transforms.batches.display import Shown

logger = logging.getLogger(__name__)

_PASSING = (UnreachableError, OutputError, LaneError)


class _AdvanceLaneFn(beam.DoFn):
    def __init__(self, job: StreamJob) -> None:
        self._job = job

    def process(self, lane: int) -> Iterator[None]:
        advance_lane(self._job, lane)
        yield from ()


@dataclass
class AdvanceLanes(beam.PTransform):
    """Redact and commit one segment of each lane.

    *Input*: the pipeline. *Output*: none. *Bounded/unbounded*: bounded. *Guarantee*:
    each message is in one committed segment, however often and by however many processes this is run.
    """

    job: StreamJob
    lanes: tuple[int, ...]

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return self.job.shown

    def expand(self, begin: PBegin) -> PCollection[None]:
        """List the lanes and advance them."""
        return (
            begin
            | "ListLanes" >> beam.Create(list(self.lanes), reshuffle=False)
            | "RedactAndCommit" >> beam.ParDo(_AdvanceLaneFn(self.job))
        )


@dataclass
class Progress:
    """What a loop of micro-batches has done: runs of the graph, and messages that were committed."""

    runs: int = 0
    messages: int = 0


def run_micro_batches(
    job: StreamJob,
    roll_seconds: float,
    stop: threading.Event,
    until_caught_up: bool = False,
    show: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Advance the lanes every so many seconds until told to stop, or until there is nothing more to read.

    What passes by itself is waited for: a broker that doesn't answer, a full disk, another process on the same lanes.

    Raises:
        ClosedLaneError: The topic was dealt anew by another process.
        GapError: The broker has dropped messages that were not read.
        LogveilError: The stream can't go on.
    """
    progress, said = Progress(), ""
    try:
        while not stop.is_set():
            began = time.monotonic()
            passing = None
            try:
                _run_once(job, progress)
            except ClosedLaneError:
                raise
            except _PASSING as error:
                passing = error
                if str(error) != said:
                    logger.warning("waiting: %s", error)
            said = "" if passing is None else str(passing)
            show(progress)
            if passing is None and _is_behind(job):
                continue
            if passing is None and until_caught_up:
                break
            stop.wait(max(0.0, roll_seconds - (time.monotonic() - began)))
    finally:
        close_workers(job)
    return progress


def _run_once(job: StreamJob, progress: Progress) -> None:
    lanes = tuple(lane for lane in range(job.dealing.lanes) if worker_of(job, lane).has_news())
    if lanes:
        progress.runs += 1
        try:
            run_here(AdvanceLanes(job, lanes), [])
        finally:
            progress.messages = sum(worker_of(job, lane).messages for lane in range(job.dealing.lanes))


def _is_behind(job: StreamJob) -> bool:
    return not all(worker_of(job, lane).caught_up for lane in range(job.dealing.lanes))

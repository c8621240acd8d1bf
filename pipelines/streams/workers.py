"""The lane workers of this process, which outlive the DoFns that a runner makes, pickles and drops."""

from datetime import UTC, datetime

from pipelines.jobs.runner_errors import clean_error
from pipelines.streams.job import StreamJob
from pipelines.streams.lane_body import LaneBodies
from pipelines.streams.lane_worker import LaneWorker
from schemas.segment import Segment

_workers: dict[tuple[str, int], LaneWorker] = {}
_bodies: dict[str, LaneBodies] = {}


def worker_of(job: StreamJob, lane: int) -> LaneWorker:
    """Return this process's worker of a lane of a job."""
    place = job.token, lane
    if place not in _workers:
        bodies = _bodies.setdefault(job.token, LaneBodies(job))
        _workers.setdefault(place, LaneWorker(job, lane, bodies))
    return _workers[place]


def close_workers(job: StreamJob) -> None:
    """Let go what this process's workers of a job hold."""
    for place in [place for place in _workers if place[0] == job.token]:
        _workers.pop(place).close()
    _bodies.pop(job.token, None)


def advance_lane(job: StreamJob, lane: int) -> Segment | None:
    """Commit a lane's next segment, if there is anything to read.

    Raises:
        LogveilError: It failed; what was raised is not chained, as runners log what a step raises, and it may quote an
        event.
    """
    error = None
    try:
        return worker_of(job, lane).advance(datetime.now(UTC))
    except Exception as raised:  # noqa: BLE001
        error = clean_error(raised)
    raise error

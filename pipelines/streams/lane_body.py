"""What the records of a lane go through: the engine where it can do it, else the plain steps."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from pipelines.root.partition_files import Encode
from pipelines.streams.job import StreamJob
from schemas.ledger import PYTHON
from transforms.accounts.erased import Marks
from transforms.avro.encode import Encoding, PartitionEncoder
from transforms.engine.function import EngineFunction
from transforms.engine.records import joined_partitions
from transforms.redact_logs import RedactFunction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LaneBody:
    """What redacts records, and how files take what it gives: events by `encode`, all else by `encoder`.

    `erased` is what was erased when it was made; `engine` is `python`, or `native` with its version.
    """

    redact: RedactFunction | EngineFunction
    encoder: PartitionEncoder
    encode: Encode
    erased: Marks
    engine: str = PYTHON


class LaneBodies:
    """The bodies of a job in this process, as many as are at work at once.

    Lanes that take turns share one, and all that it remembers of texts.
    """

    def __init__(self, job: StreamJob) -> None:
        """Make none yet."""
        self._job = job
        self._free: list[LaneBody] = []

    def take(self, erased: Marks) -> LaneBody:
        """Return a body that is not at work, without what was erased under the root.

        Raises:
            OptionsError: The engine was asked for and this worker has none.
        """
        with suppress(IndexError):  # another thread may be quicker
            while True:
                body = self._free.pop()
                if body.erased == erased:
                    return body
        return make_body(self._job, erased)

    def give_back(self, body: LaneBody) -> None:
        """Let the next lane have it."""
        self._free.append(body)


def make_body(job: StreamJob, erased: Marks) -> LaneBody:
    """Return what a job's records go through without what was erased.

    Raises:
        OptionsError: The engine was asked for and this worker has none.
    """
    body = job.without(erased)
    encoder = Encoding(body.policy).build()
    engine = job.engine_for(body)
    if engine != PYTHON:
        function = EngineFunction(body)
        if function.agrees:
            return LaneBody(function, encoder, joined_partitions, erased, engine)
        logger.warning("the engine made other records of the self-check than the plain steps, which go on")
    return LaneBody(body.build(), encoder, encoder.encode_events, erased)

"""What the records of a lane go through: the engine where it can do it, else the plain steps."""

import logging
from dataclasses import dataclass

from pipelines.root.partition_files import Encode
from pipelines.streams.job import StreamJob
from transforms.accounts.erased import Marks
from transforms.avro.encode import PartitionEncoder
from transforms.engine.choice import PLAIN, EngineChoice, chosen_engine
from transforms.engine.function import EngineFunction
from transforms.engine.records import joined_partitions
from transforms.redact_logs import RedactFunction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LaneBody:
    """What redacts records, how files take what it gives, and what it is: `python`, or `native` with its version."""

    redact: RedactFunction | EngineFunction
    encode: Encode
    engine: str = PLAIN


def lane_body(job: StreamJob, erased: Marks, encoder: PartitionEncoder) -> LaneBody:
    """Return what a job's records go through without what was erased, under the root by `erased`.

    Raises:
        OptionsError: The engine was asked for and this worker has none.
    """
    body = job.without(erased)
    choice = job.engine if body.erased is None else EngineChoice.PYTHON
    engine = chosen_engine(choice, body, job.needs_events)
    if engine != PLAIN:
        function = EngineFunction(body)
        if function.agrees:
            return LaneBody(function, joined_partitions, engine)
        logger.warning("the engine made other records of the self-check than the plain steps, which go on")
    return LaneBody(body.build(), encoder.encode_events)

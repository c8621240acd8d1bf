"""The body of the batch job by the engine: from raw records to encoded ones."""

from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.events import RawRecord
from transforms.batches.display import Shown
from transforms.batches.steps import Stepped, apply_step
from transforms.engine.step import EngineStep
from transforms.redact_logs import RedactLogEvents


@beam.typehints.with_input_types(RawRecord)
@dataclass
class RedactIntoRecords(beam.PTransform):
    """Do what `RedactLogEvents` does, by the engine, and encode the events.

    *Input*: `RawRecord`. *Output*: `Stepped` of `EncodedEvents`. *Bounded/unbounded*: bounded. *Windowing*: kept.
    *Rejects*: what the steps of `body` reject. *Guarantee*: records, rejections and counts are those of the steps.
    """

    body: RedactLogEvents

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return self.body.display_data()

    @no_annotations  # Beam knows no output of three collections
    def expand(self, records: PCollection[RawRecord]) -> Stepped:
        """Apply the engine."""
        return apply_step(records, EngineStep(self.body), "RedactIntoRecords")

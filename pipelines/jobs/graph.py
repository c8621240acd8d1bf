"""The graph of the batch job: the source and the sink around the body that streaming shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection

from pipelines.jobs.run_summary import SummariseRun
from pipelines.root.write_partitions import WriteAvroPartitions
from pipelines.sources.inputs import FilePart
from pipelines.sources.read_files import Reading, ReadLogFiles
from transforms.avro.blocks import Codec
from transforms.avro.encode import Encoding
from transforms.batches.display import Shown
from transforms.engine.redact import RedactIntoRecords
from transforms.redact_logs import RedactLogEvents

TALLIES = "progress"


@dataclass
class RedactFiles(beam.PTransform):
    """Read parts of files, redact them, write them into a staging folder, and summarise the run there.

    `vault` takes the accounts that the events show, `event_table` the events, where they are wanted there too; `share`
    numbers the graph where several share a run's parts.

    *Input*: the pipeline. *Output*: nothing of use. *Bounded/unbounded*: bounded. *Guarantee*: what the summary lists
    is whole; nothing is in a partition yet.
    """

    parts: Sequence[FilePart]
    body: RedactLogEvents
    reading: Reading
    staging: Path
    vault: beam.PTransform | None = None
    event_table: beam.PTransform | None = None
    codec: Codec = Codec.ZSTANDARD
    in_batches: bool = True
    share: int = 0
    by_engine: bool = False

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            "parts": len(self.parts),
            "codec": str(self.codec),
            "in_batches": self.in_batches,
            "by_engine": self.by_engine,
            "to_vault": self.vault is not None,
            "to_event_table": self.event_table is not None,
        }

    def expand(self, begin: PBegin) -> PCollection[None]:
        """Read, redact, write, summarise."""
        records = (
            begin
            | "ListParts" >> beam.Create(list(self.parts), reshuffle=False)
            | "SpreadParts" >> beam.Reshuffle()
            | "ReadLogFiles" >> ReadLogFiles(self.reading, self.in_batches, self.staging / TALLIES)
        )
        body = RedactIntoRecords(self.body) if self.by_engine else self.body
        redacted = records | "RedactLogEvents" >> body
        written = (redacted.kept, redacted.rejections) | "WriteAvroPartitions" >> WriteAvroPartitions(
            self.staging, Encoding(self.body.policy, self.body.key.mark), self.codec, self.by_engine
        )
        if self.vault is not None:
            redacted.sightings | "StoreAccounts" >> self.vault
        if self.event_table is not None:
            redacted.kept | "StoreEvents" >> self.event_table
        return (redacted.counts, written) | "SummariseRun" >> SummariseRun(self.staging, self.share)

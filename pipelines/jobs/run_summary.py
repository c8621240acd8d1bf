"""Bring the counts of a run and the names of its files back to the launcher: small files in the staging folder."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import apache_beam as beam
import orjson
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.events import Counts
from schemas.ledger import WrittenFile
from transforms.batches.metrics import Meter
from transforms.redact_logs import sum_counts
from transforms.unknown_names import settle_names

_SUMMARY = "summary-{share}.json"


@dataclass(frozen=True)
class RunSummary:
    """What a run's workers counted and wrote."""

    counts: Counts
    files: tuple[WrittenFile, ...]


class _WriteSummaryFn(beam.DoFn):
    def __init__(self, path: str) -> None:
        self._path = path

    def process(
        self, _: None, counts_view: Iterable[Counts], files_view: Iterable[WrittenFile]
    ) -> Iterator[None]:
        content = {
            "counts": dict(settle_names(sum_counts(counts_view))),
            "files": [asdict(file) for file in files_view],
        }
        Meter("SummariseRun").count(taken=len(content["files"]), given=1)
        temporary = f"{self._path}.{os.getpid()}"
        Path(temporary).write_bytes(orjson.dumps(content))
        os.replace(temporary, self._path)
        yield None


@dataclass
class SummariseRun(beam.PTransform):
    """Write the summary of a share of the run into the staging folder, where the launcher reads it.

    *Input*: a tuple of the counts and the written files. *Output*: nothing. *Bounded/unbounded*: bounded.
    *Guarantee*: only names and counts are ever grouped.
    """

    staging: Path
    share: int = 0

    @no_annotations  # nor an input of two
    def expand(self, parts: tuple[PCollection[Counts], PCollection[WrittenFile]]) -> PCollection[None]:
        """Gather both inputs as side inputs of one element."""
        counts, files = parts
        total = counts | "SumCounts" >> beam.CombineGlobally(sum_counts)
        return (
            counts.pipeline
            | "Once" >> beam.Create([None])
            | "WriteSummary"
            >> beam.ParDo(
                _WriteSummaryFn(str(self.staging / _SUMMARY.format(share=self.share))),
                beam.pvalue.AsIter(total),
                beam.pvalue.AsIter(files),
            )
        )


def read_summary(staging: Path, shares: int) -> RunSummary:
    """Return what the workers of a finished run counted and wrote, all shares together."""
    summaries = [
        orjson.loads((staging / _SUMMARY.format(share=share)).read_bytes()) for share in range(shares)
    ]
    counts = sum_counts(Counts(summary["counts"]) for summary in summaries)
    return RunSummary(
        counts, tuple(WrittenFile(**file) for summary in summaries for file in summary["files"])
    )

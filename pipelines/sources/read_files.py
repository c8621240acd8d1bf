"""Read the parts of input files into raw records, a batch at a time."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipelines.sources.decompress import MAX_EXPANSION, read_blocks, read_whole, transcode_utf16
from pipelines.sources.inputs import FilePart
from pipelines.sources.tally import Tally
from schemas.events import RawRecord, Source
from schemas.formats import Encoding, FileFormat
from transforms.batches.display import Shown
from transforms.batches.metrics import Meter
from transforms.batches.steps import Batch
from transforms.framing.csv import frame_rows
from transforms.framing.documents import frame_log_groups, frame_search_results
from transforms.framing.lines import Span, frame_lines

MAX_EVENT_BYTES = 8 << 20
_OBJECTS_BETWEEN_COLLECTIONS = 1_000_000


def read_part(
    part: FilePart,
    max_event_bytes: int = MAX_EVENT_BYTES,
    max_expansion: int = MAX_EXPANSION,
    heed: Callable[[int], None] | None = None,
) -> Iterator[list[RawRecord]]:
    """Return the records of a part in batches; memory does not grow with the part.

    `heed` is told how many bytes were read of the file as it is on the disk.

    Raises:
        InputError: The file cannot be read whole; the message holds the part's safe name only.
    """
    source = Source(
        part.name, part.checksum, part.format.record_format, part.part, part.columns, part.modified_ms
    )
    span = Span(part.start, part.end)
    blocks = read_blocks(part.path, part.compression, part.name, span.read_from, max_expansion, heed)
    if part.encoding is Encoding.UTF_16:
        blocks = transcode_utf16(blocks)
    match part.format:
        case FileFormat.SEARCHLOG:
            yield from frame_search_results(read_whole(blocks, part.name), source, max_event_bytes)
        case FileFormat.PROTOBUF:
            yield from frame_log_groups(read_whole(blocks, part.name), source, max_event_bytes)
        case FileFormat.CSV:
            lines = frame_lines(blocks, source, max_event_bytes)
            yield from frame_rows(lines, part.separator, max_event_bytes)
        case FileFormat.JSON | FileFormat.TEXT:
            yield from frame_lines(blocks, source, max_event_bytes, span)


class _Reading(beam.DoFn):
    def __init__(self, max_event_bytes: int, max_expansion: int, tallies: Path | None) -> None:
        self._limits = max_event_bytes, max_expansion
        self._meter = Meter("ReadLogFiles")
        self._tallies = tallies

    def setup(self) -> None:
        self._tally = Tally(self._tallies)

    def teardown(self) -> None:
        self._tally.close()

    def batches(self, part: FilePart) -> Iterator[list[RawRecord]]:
        self._meter.count(taken=1, given=0)
        self._tally.begin((part.size if part.end is None else part.end) - part.start)
        for batch in read_part(part, *self._limits, self._tally.read):
            self._meter.count(taken=0, given=len(batch))
            self._tally.count(len(batch))
            yield batch
        self._tally.end()


class _ReadFn(_Reading):
    def setup(self) -> None:
        super().setup()
        # A batch makes and drops many thousand objects without cycles; the collector would walk all of Beam for them.
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 100)

    @beam.DoFn.yields_batches
    def process(self, part: FilePart) -> Iterator[list[RawRecord]]:
        yield from self.batches(part)

    def get_output_batch_type(self, input_element_type: Any) -> Any:
        return Batch

    def infer_output_type(self, input_type: Any) -> Any:
        return Any


class _ReadSinglyFn(_Reading):
    def process(self, part: FilePart) -> Iterator[RawRecord]:
        for batch in self.batches(part):
            yield from batch


@dataclass
class ReadLogFiles(beam.PTransform):
    """Read the records of input files.

    *Input*: `FilePart`. *Output*: `RawRecord`. *Bounded/unbounded*: bounded. *Windowing*: kept.
    *Rejects*: nothing; a record that cannot be framed carries its fault. *Guarantee*: the records of all
    parts of a file are the records of the file, each once; memory does not grow with the file, except for
    documents that are read whole.

    `max_event_bytes` is the length from which a record is `TOO_LONG`; `in_batches` is False for the one runner that
    knows no batches, `BundleBasedDirectRunner`; `max_expansion` is how many times its size a packed file may unpack to;
    `tallies` is a folder where readers tell how far they are.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from pipelines.sources.inputs import plan_parts, snapshot
        >>> with tempfile.NamedTemporaryFile(suffix=".log") as file, beam.Pipeline() as pipeline:
        ...     _ = file.write(b'{"uin": "7"}\\n'), file.flush()
        ...     parts = plan_parts([snapshot(Path(file.name))], safe_name=lambda path: "a.log")
        ...     records = pipeline | beam.Create(parts) | ReadLogFiles()
        ...     _ = records | "PrintData" >> beam.Map(lambda record: print(record.data))
        b'{"uin": "7"}'
    """

    max_event_bytes: int = MAX_EVENT_BYTES
    in_batches: bool = True
    max_expansion: int = MAX_EXPANSION
    tallies: Path | None = None

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            "max_event_bytes": self.max_event_bytes,
            "max_expansion": self.max_expansion,
            "in_batches": self.in_batches,
        }

    def expand(self, parts: PCollection[FilePart]) -> PCollection[RawRecord]:
        """Apply the reading."""
        read = _ReadFn if self.in_batches else _ReadSinglyFn
        return parts | "ReadRecords" >> beam.ParDo(
            read(self.max_event_bytes, self.max_expansion, self.tallies)
        )

"""Read the parts of input files into raw records, a batch at a time."""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipelines.sources.contents import open_contents
from pipelines.sources.decompress import MAX_EXPANSION, heeded, read_blocks, read_whole
from pipelines.sources.inputs import FilePart, InputFile
from pipelines.sources.tally import Tally
from schemas.errors import InputError
from schemas.events import RawRecord, Source
from schemas.formats import Compression, FileFormat
from transforms.batches.display import Shown
from transforms.batches.metrics import Meter
from transforms.batches.steps import Batch
from transforms.framing.formats import frame
from transforms.framing.layout import Framing
from transforms.framing.lines import Span
from transforms.framing.text_events import Lines

MAX_EVENT_BYTES = 8 << 20
_OBJECTS_BETWEEN_COLLECTIONS = 1_000_000


@dataclass(frozen=True)
class Reading:
    """What all files of a run are read with: the length from which an event is `TOO_LONG` and the most that a file may
    unpack to, in bytes and in times its size; the zone of times without an offset; what a line of plain text is."""

    max_event_bytes: int = MAX_EVENT_BYTES
    max_expansion: int = MAX_EXPANSION
    zone: tzinfo = UTC
    lines: Lines = Lines.EVENTS


def read_part(
    part: FilePart, reading: Reading | None = None, heed: Callable[[int], None] | None = None
) -> Iterator[list[RawRecord]]:
    """Return the records of a part in batches; memory does not grow with the part.

    `heed` is told how many bytes were read of the file as it is on the disk.

    Raises:
        InputError: The file cannot be read whole; the message holds the part's safe name only.
    """
    reading = reading or Reading()
    first = part.contents[0]
    if not first.packing and len(part.contents) == 1:
        span = Span(part.start, part.end)
        blocks = read_blocks(part.path, Compression.NONE, part.name, span.read_from, heed=heed)
        yield from _framed(blocks, first, part, reading, span)
        return
    wanted = {content.number: content for content in part.contents}
    try:
        with open(part.path, "rb") as file:
            opened = open_contents(file, part.name, part.size, first.modified_ms, reading.max_expansion)
            for number, content in enumerate(opened):
                if number in wanted:
                    blocks = content.blocks if heed is None else heeded(content.blocks, file, heed)
                    yield from _framed(blocks, wanted[number], part, reading, Span())
    except OSError as error:
        raise InputError(f"{part.name}: cannot be read: {error.strerror}") from None


def _framed(
    blocks: Iterable[bytes], content: InputFile, part: FilePart, reading: Reading, span: Span
) -> Iterator[list[RawRecord]]:
    layout = content.layout
    source = Source(
        part.name,
        content.checksum,
        layout.format.record_format,
        part.part,
        layout.dialect.columns,
        content.modified_ms,
        reading.zone,
    )
    if layout.format is FileFormat.PROTOBUF:
        blocks = [read_whole(blocks, part.name)]
    yield from frame(blocks, Framing(source, reading.max_event_bytes, layout, span, reading.lines))


class _Reader(beam.DoFn):
    def __init__(self, reading: Reading, tallies: Path | None) -> None:
        self._reading = reading
        self._meter = Meter("ReadLogFiles")
        self._tallies = tallies

    def setup(self) -> None:
        self._tally = Tally(self._tallies)

    def teardown(self) -> None:
        self._tally.close()

    def batches(self, part: FilePart) -> Iterator[list[RawRecord]]:
        self._meter.count(taken=1, given=0)
        self._tally.begin((part.size if part.end is None else part.end) - part.start)
        for batch in read_part(part, self._reading, self._tally.read):
            self._meter.count(taken=0, given=len(batch))
            self._tally.count(len(batch))
            yield batch
        self._tally.end()


class _ReadFn(_Reader):
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


class _ReadSinglyFn(_Reader):
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

    `in_batches` is False for the one runner that knows no batches, `BundleBasedDirectRunner`;
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

    reading: Reading = Reading()
    in_batches: bool = True
    tallies: Path | None = None

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            "max_event_bytes": self.reading.max_event_bytes,
            "max_expansion": self.reading.max_expansion,
            "in_batches": self.in_batches,
        }

    def expand(self, parts: PCollection[FilePart]) -> PCollection[RawRecord]:
        """Apply the reading."""
        read = _ReadFn if self.in_batches else _ReadSinglyFn
        return parts | "ReadRecords" >> beam.ParDo(read(self.reading, self.tallies))

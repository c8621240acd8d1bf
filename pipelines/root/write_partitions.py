"""Write tagged events and rejections to Avro files in the staging folder, one per input part and partition.

Nothing is written into a partition here: `pipelines.root.commit` moves the files there once the whole run is good.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from pipelines.root.partition_files import PartitionFiles, encoded_files, event_files, rejection_files
from schemas.events import Rejection, Source, TaggedEvent
from schemas.ledger import WrittenFile
from transforms.avro.blocks import Codec
from transforms.avro.encode import Encoding
from transforms.batches.display import Shown, shown_policy
from transforms.batches.metrics import Meter
from transforms.batches.steps import BatchFn
from transforms.engine.records import EncodedEvents


def _source_of_event(tagged: TaggedEvent) -> Source:
    return tagged.event.record.source


def _source_of_encoded(encoded: EncodedEvents) -> Source:
    return encoded.source


def _source_of_rejection(rejection: Rejection) -> Source:
    return rejection.source


@dataclass
class _WriteFilesFn(BatchFn):
    staging: str
    encoding: Encoding
    codec: Codec
    open_files: Callable[[str, Encoding, Codec], PartitionFiles]
    source_of: Callable[[Any], Source]

    def setup(self) -> None:
        self._files = self.open_files(self.staging, self.encoding, self.codec)
        self._meter = Meter("WriteAvroPartitions")

    def start_bundle(self) -> None:
        self._files.forget()

    def process(self, element: Any) -> Iterator[WrittenFile]:
        written = self._files.add(self.source_of(element), [element])
        self._meter.count(taken=1, given=len(written))
        yield from written

    def process_batch(self, batch: list[Any]) -> Iterator[list[Any]]:
        written: list[WrittenFile] = []
        for source, elements in groupby(batch, key=self.source_of):
            written += self._files.add(source, list(elements))
        self._meter.count(taken=len(batch), given=len(written))
        if written:
            yield written

    def finish_bundle(self) -> Iterator[WindowedValue]:
        window = GlobalWindow()
        for written in self._files.close():
            self._meter.count(taken=0, given=1)
            yield WindowedValue(written, window.max_timestamp(), (window,))


@dataclass
class WriteAvroPartitions(beam.PTransform[Any, PCollection[WrittenFile]]):
    """Write tagged events and rejections to Avro files in a staging folder.

    *Input*: a tuple of `TaggedEvent` and `Rejection`. *Output*: `WrittenFile`, for `pipelines.root.commit.commit`.
    *Bounded/unbounded*: bounded. *Windowing*: the global window. *Guarantee*: each element of a bundle that
    succeeded is in exactly one written file; files of a failed bundle are not in the output.

    With `are_encoded` the events are `EncodedEvents`.
    """

    staging: Path
    encoding: Encoding
    codec: Codec = Codec.ZSTANDARD
    are_encoded: bool = False

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {**shown_policy(self.encoding.policy), "codec": str(self.codec)}

    def expand(self, inputs: Any) -> PCollection[WrittenFile]:
        """Write both inputs and gather the files."""
        events, rejections = inputs
        given = str(self.staging), self.encoding, self.codec
        event_fn = (
            _WriteFilesFn(*given, encoded_files, _source_of_encoded)
            if self.are_encoded
            else _WriteFilesFn(*given, event_files, _source_of_event)
        )
        rejection_fn = _WriteFilesFn(*given, rejection_files, _source_of_rejection)
        return (
            events | "WriteEvents" >> beam.ParDo(event_fn),
            rejections | "WriteRejections" >> beam.ParDo(rejection_fn),
        ) | "GatherWrittenFiles" >> beam.Flatten()

"""Run a pure function over batches of elements, with rejections and counts beside its result.

Each step of the pipeline is a picklable configuration with one method, `build`, that returns the function. Beam's
batched DoFn calls it with lists between fused steps, and with one element at a time on runners that know no batches.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

import apache_beam as beam
from apache_beam.pvalue import PCollection, TaggedOutput
from apache_beam.typehints.batch import BatchConverter

from schemas.events import Counts, Rejection
from transforms.batches.metrics import Meter

REJECTIONS = "rejections"
COUNTS = "counts"

InT = TypeVar("InT", contravariant=True)
OutT = TypeVar("OutT")


class Batch(list[Any]):
    """The batch type between steps: a list of elements; any list will do."""


class _Batches(BatchConverter):
    """Lets Beam pass batches on unweighed: its own converter pickles elements of every batch at every step."""

    BYTES_AN_ELEMENT = 1024

    def produce_batch(self, elements: Iterable[Any]) -> list[Any]:
        return list(elements)

    def explode_batch(self, batch: list[Any]) -> Iterator[Any]:
        return iter(batch)

    def combine_batches(self, batches: Iterable[list[Any]]) -> list[Any]:
        return list(chain.from_iterable(batches))

    def get_length(self, batch: list[Any]) -> int:
        return len(batch)

    def estimate_byte_size(self, batch: list[Any]) -> int:
        return len(batch) * self.BYTES_AN_ELEMENT


@BatchConverter.register(name="logveil")
def _batches(element_type: Any, batch_type: Any) -> BatchConverter:
    if batch_type is not Batch:
        raise TypeError("the batch type must be transforms.batches.steps.Batch")
    return _Batches(Batch, Any)  # type: ignore[no-untyped-call]


class BatchFn(beam.DoFn):
    """A DoFn that takes and gives batches of any elements as `Batch`."""

    def get_input_batch_type(self, input_element_type: Any) -> Any:
        """Return the type of the batches that `process_batch` takes."""
        return Batch

    def get_output_batch_type(self, input_element_type: Any) -> Any:
        """Return the type of the batches that `process_batch` gives."""
        return Batch

    def infer_output_type(self, input_type: Any) -> Any:
        """Return the type of the elements: any, as Beam checks none of a batch."""
        return Any


class SinkFn(BatchFn):
    """A DoFn that takes batches and gives nothing: `take` keeps a batch, `flush` writes what is still kept."""

    def take(self, batch: list[Any]) -> None:
        """Take a batch in."""
        raise NotImplementedError

    def flush(self) -> None:
        """Write what was taken and not written."""
        raise NotImplementedError

    def process(self, element: Any) -> None:
        """Take one element, where a runner knows no batches."""
        self.take([element])

    def process_batch(self, batch: list[Any]) -> Iterator[list[None]]:
        """Take a batch."""
        self.take(batch)
        yield from ()

    def finish_bundle(self) -> None:
        """Write the rest of a bundle."""
        self.flush()


@dataclass(slots=True)
class Outcome(Generic[OutT]):
    """What a step made of a batch."""

    kept: list[OutT]
    rejections: list[Rejection] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


class Step(Protocol[InT, OutT]):
    """A picklable configuration of one step; `build` compiles it once per worker.

    A step with an attribute `steps` consists of these, and each of them has counters of its own. A function that
    remembers anything of a bundle has a method `start_bundle` that forgets it; one that depends on the
    moment has a method `at_moment` that sets it, in milliseconds since the epoch.
    """

    def build(self) -> Callable[[Sequence[InT]], Outcome[OutT]]:
        """Return the function that does the work."""
        ...


@dataclass
class Stepped:
    """The three outputs of a step; a composite may add the accounts that its events showed."""

    kept: PCollection[Any]
    rejections: PCollection[Rejection]
    counts: PCollection[Counts]
    sightings: PCollection[Any] | None = None


def metered(step: Step[Any, Any]) -> Callable[[Sequence[Any]], Outcome[Any]]:
    """Compile a step to a function that also counts, by Beam's metrics, what it takes, gives and rejects."""
    run = step.build()
    return run if hasattr(step, "steps") else _Metered(run, Meter(type(step).__name__))


class _Metered:
    def __init__(self, run: Callable[[Sequence[Any]], Outcome[Any]], meter: Meter) -> None:
        self._run = run
        self._meter = meter

    def __call__(self, elements: Sequence[Any]) -> Outcome[Any]:
        outcome = self._run(elements)
        self._meter.count(len(elements), len(outcome.kept))
        if len(outcome.kept) < len(elements):
            self._meter.count_lost(outcome.rejections, outcome.counts)
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run, name)


class _StepFn(BatchFn):
    def __init__(self, step: Step[Any, Any]) -> None:
        self._step = step

    def setup(self) -> None:
        self._run = metered(self._step)

    def start_bundle(self) -> None:
        forget = getattr(self._run, "start_bundle", None)
        if forget is not None:
            forget()

    def process(self, element: Any) -> Iterator[Any]:
        outcome = self._run([element])
        yield from outcome.kept
        yield from (TaggedOutput(REJECTIONS, rejection) for rejection in outcome.rejections)
        if outcome.counts:
            yield TaggedOutput(COUNTS, outcome.counts)

    def process_batch(self, batch: list[Any]) -> Iterator[Any]:
        outcome = self._run(batch)
        if outcome.kept:
            yield outcome.kept
        if outcome.rejections:
            yield TaggedOutput(REJECTIONS, outcome.rejections)
        if outcome.counts:
            yield TaggedOutput(COUNTS, [outcome.counts])


def apply_step(elements: PCollection[Any], step: Step[Any, Any], label: str) -> Stepped:
    """Apply a step to a PCollection and name its three outputs."""
    outputs = elements | label >> beam.ParDo(_StepFn(step)).with_outputs(REJECTIONS, COUNTS, main="kept")
    return Stepped(outputs["kept"], outputs[REJECTIONS], outputs[COUNTS])

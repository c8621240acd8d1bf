"""Steps over batches: what goes where, on runners that know batches and with single elements."""

from collections import Counter

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from schemas.events import Reason, Rejection, Source, Stage
from transforms.batches.steps import Batch, Outcome, _StepFn, apply_step


def rejected(offset):
    return Rejection(Stage.PARSE, Reason.NOT_JSON, Source("a"), offset, 0, 0, "", "")


class KeepEven:
    """Keep even numbers, reject odd ones, count batches."""

    def build(self):
        def run(batch):
            kept = [number for number in batch if number % 2 == 0]
            return Outcome(
                kept, [rejected(number) for number in batch if number % 2], Counter(read=len(batch))
            )

        return run


class SumOfBatch:
    """Reduce each batch to one number, so that a test sees how a batch was cut."""

    def build(self):
        return lambda batch: Outcome([len(batch)])


class _TwoBatchesFn(beam.DoFn):
    @beam.DoFn.yields_batches
    def process(self, _):
        yield list(range(5))
        yield list(range(5, 8))

    def infer_output_type(self, input_type):
        return beam.typehints.Any

    def get_output_batch_type(self, input_element_type):
        return Batch


def test_every_element_leaves_by_one_output():
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        outputs = apply_step(pipeline | beam.Create([1, 2, 3, 4]), KeepEven(), "KeepEven")
        assert_that(outputs.kept, equal_to([2, 4]), "kept")
        assert_that(outputs.rejections, equal_to([rejected(1), rejected(3)]), "rejected")
        total = outputs.counts | beam.Map(lambda counts: counts["read"]) | beam.CombineGlobally(sum)
        assert_that(total, equal_to([4]), "counted")


def test_a_batch_passes_from_step_to_step_uncut():
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        batches = pipeline | beam.Create([None]) | beam.ParDo(_TwoBatchesFn())
        evens = apply_step(batches, KeepEven(), "KeepEven").kept
        assert_that(apply_step(evens, SumOfBatch(), "SizeOfBatch").kept, equal_to([3, 1]))


def test_a_step_forgets_its_bundle_when_the_next_one_starts():
    class Remembering:
        def __init__(self):
            self.seen = []

        def start_bundle(self):
            self.seen.clear()

        def __call__(self, batch):
            self.seen.extend(batch)
            return Outcome([len(self.seen)])

    class Step:
        def build(self):
            return Remembering()

    step = _StepFn(Step())
    step.setup()
    sizes = []
    for bundle in ([1, 2], [3]):
        step.start_bundle()
        sizes += [list(step.process(element)) for element in bundle]
    assert sizes == [[1], [2], [1]]


@pytest.mark.parametrize("element", [pytest.param(2, id="kept"), pytest.param(3, id="rejected")])
def test_one_element_alone_gives_the_same_outcome_as_in_a_batch(element):
    step = _StepFn(KeepEven())
    step.setup()
    outputs = list(step.process(element))
    assert outputs[0] == 2 if element == 2 else outputs[0].value == rejected(3)

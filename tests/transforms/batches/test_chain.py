"""Steps run as one: the outcome of running them one after another, and nothing remembered across bundles."""

from collections import Counter
from collections.abc import Callable, Sequence

from schemas.events import Reason, Rejection, Source, Stage
from transforms.batches.chain import ChainedSteps
from transforms.batches.steps import Outcome


def rejected(number: int) -> Rejection:
    return Rejection(Stage.PARSE, Reason.NOT_JSON, Source("a"), number, 0, 0, "", "")


class Halve:
    """Halve even numbers, reject odd ones, and note the batches it was given."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.given: list[list[int]] = []

    def build(self) -> Callable[[Sequence[int]], Outcome[int]]:
        def run(batch: Sequence[int]) -> Outcome[int]:
            self.given.append(list(batch))
            odd = [rejected(number) for number in batch if number % 2]
            return Outcome(
                [n // 2 for n in batch if n % 2 == 0], odd, Counter({self.name: len(batch), "all": 1})
            )

        return run


class Remember:
    """Keep what was not seen in the bundle."""

    def build(self) -> "Remember":
        self.seen: set[int] = set()
        return self

    def start_bundle(self) -> None:
        self.seen.clear()

    def __call__(self, batch: Sequence[int]) -> Outcome[int]:
        new = [number for number in batch if number not in self.seen]
        self.seen.update(new)
        return Outcome(new)


def test_each_step_takes_what_the_one_before_kept_and_all_outputs_are_gathered() -> None:
    first, second = Halve("first"), Halve("second")
    given = (4, 1, 6)
    outcome = ChainedSteps((first, second)).build()(given)
    assert (outcome.kept, outcome.rejections) == ([1], [rejected(1), rejected(3)])
    assert outcome.counts == {"first": 3, "second": 2, "all": 2}
    assert (first.given, second.given) == ([[4, 1, 6]], [[2, 3]])


def test_few_elements_at_once_go_through_all_steps_before_the_next_ones_do() -> None:
    first, second = Halve("first"), Halve("second")
    outcome = ChainedSteps((first, second), at_once=2).build()([4, 1, 6, 8, 12])
    assert (outcome.kept, outcome.rejections) == ([1, 2, 3], [rejected(1), rejected(3)])
    assert outcome.counts == {"first": 5, "second": 4, "all": 6}
    assert (first.given, second.given) == ([[4, 1], [6, 8], [12]], [[2], [3, 4], [6]])


def test_a_step_is_not_asked_when_nothing_is_left() -> None:
    first, second = Halve("first"), Halve("second")
    assert ChainedSteps((first, second)).build()([1, 3]).counts == {"first": 2, "all": 1}
    assert second.given == []


def test_chains_within_chains_forget_a_bundle_when_the_next_starts() -> None:
    run = ChainedSteps((ChainedSteps((Remember(),)), Halve("half"))).build()
    assert [run([2]).kept, run([2]).kept] == [[1], []]
    run.start_bundle()
    assert run([2]).kept == [1]

"""Run several steps as one, so that what they reject and count leaves by one output each.

A Flatten of many outputs is a barrier on most runners: all rejections of a run would wait in memory for its end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.batches import Outcome, Step


@dataclass(frozen=True)
class ChainedSteps:
    """Configuration of steps of which each takes what the one before it kept.

    Example:
        >>> from transforms.repeats import DropRepeatsStep
        >>> ChainedSteps((DropRepeatsStep(), DropRepeatsStep())).build()([]).kept
        []
    """

    steps: tuple[Step[Any, Any], ...]

    def build(self) -> "_Chain":
        """Compile the steps and return what does their work on a batch."""
        return _Chain([step.build() for step in self.steps])


class _Chain:
    def __init__(self, functions: Sequence[Callable[[Sequence[Any]], Outcome[Any]]]) -> None:
        self._functions = functions

    def start_bundle(self) -> None:
        """Let the steps forget what they remember of a bundle."""
        for function in self._functions:
            forget = getattr(function, "start_bundle", None)
            if forget is not None:
                forget()

    def __call__(self, batch: Sequence[Any]) -> Outcome[Any]:
        result: Outcome[Any] = Outcome(list(batch))
        for function in self._functions:
            if not result.kept:
                break
            outcome = function(result.kept)
            result.kept = outcome.kept
            result.rejections += outcome.rejections
            result.counts.update(outcome.counts)
        return result

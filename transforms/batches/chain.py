"""Run several steps as one, so that what they reject and count leaves by one output each.

A Flatten of many outputs is a barrier on most runners: all rejections of a run would wait in memory for its end.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.batches.slices import slices
from transforms.batches.steps import Outcome, Step, metered


@dataclass(frozen=True)
class ChainedSteps:
    """Configuration of steps of which each takes what the one before it kept.

    `at_once` is how many elements go through all steps before the next ones do: where steps take elements one by one,
    few of them stay in the core's cache from one step to the next.

    Example:
        >>> from transforms.repeats import DropRepeatsStep
        >>> ChainedSteps((DropRepeatsStep(), DropRepeatsStep())).build()([]).kept
        []
    """

    steps: tuple[Step[Any, Any], ...]
    at_once: int = sys.maxsize

    def build(self) -> "_Chain":
        """Compile the steps and return what does their work on a batch."""
        return _Chain(list(map(metered, self.steps)), self.at_once)


class _Chain:
    def __init__(self, functions: Sequence[Callable[[Sequence[Any]], Outcome[Any]]], at_once: int) -> None:
        self._functions = functions
        self._at_once = at_once

    def start_bundle(self) -> None:
        """Let the steps forget what they remember of a bundle."""
        for function in self._functions:
            forget = getattr(function, "start_bundle", None)
            if forget is not None:
                forget()

    def at_moment(self, now_ms: int) -> None:
        """Let the steps take a moment for now."""
        for function in self._functions:
            set_moment = getattr(function, "at_moment", None)
            if set_moment is not None:
                set_moment(now_ms)

    def __call__(self, batch: Sequence[Any]) -> Outcome[Any]:
        result: Outcome[Any] = Outcome([])
        for elements in slices(batch, self._at_once):
            result.kept += self._run(elements, result)
        return result

    def _run(self, elements: Sequence[Any], result: Outcome[Any]) -> Sequence[Any]:
        """Return what all steps keep; what they reject and count is added to the result."""
        for function in self._functions:
            if not elements:
                break
            outcome = function(elements)
            elements = outcome.kept
            result.rejections += outcome.rejections
            result.counts.update(outcome.counts)
        return elements

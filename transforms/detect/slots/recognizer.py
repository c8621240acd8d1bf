"""Recognize accounts in slots: candidates by form, and a score from the weights of what is true of each."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from transforms.detect.lines import stays_in_line
from transforms.detect.slots.evidence import BEHIND, behind, evidence, is_in_reach, of_cue, of_line, of_word
from transforms.detect.slots.forms import FORMS, Form
from transforms.detect.spans import Refusal, Span

_LOWEST, _HIGHEST = 0.4, 0.84
"""Scores of slots: under those of the detectors whose form is certain."""

_OF_LINES = (
    "sign in line",
    "failure in line",
    "address in line",
    "program of accounts",
    "code in line",
    "braces in line",
)


@cache
def weights() -> Mapping[str, float]:
    """Return the weight of each piece of evidence; bench/fit_slots.py makes the table."""
    text = (files("transforms.detect") / "data" / "slot_weights.json").read_text(encoding="utf-8")
    table: dict[str, float] = json.loads(text)["weights"]
    return table


def weigh(found: Iterable[str], table: Mapping[str, float]) -> float:
    """Return the sum of the weights of what was found: above nought it speaks for an account.

    Example:
        >>> weigh(("a", "b"), {"a": 1.5, "b": -1.0}), weigh(("a",), {})
        (0.5, 0.0)
    """
    return sum([table.get(one, 0.0) for one in found])


@dataclass(frozen=True)
class Slot:
    """Recognizes the accounts of one form."""

    form: Form
    kind: str = "USERNAME"
    source: str = "words of accounts, their cues and what stands around; weights learnt by bench/fit_slots.py"

    @property
    def name(self) -> str:
        """Return the recognizer's name."""
        return f"slot_{self.form.name}"

    @property
    def trigger(self) -> str:
        """Return an expression that occurs wherever the form does."""
        return self.form.trigger

    @cached_property
    def stays_in_line(self) -> bool:
        """Tell whether the lines of a text may be searched one by one."""
        return stays_in_line(self.form.pattern)

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield the accounts in a text, or in its part [start, end), from left to right."""
        judge = judge_of(self.form.name)
        for match in self.candidates(text, start, end):
            weight = judge(match)
            if weight > 0:
                yield Span(*match.span("value"), self.kind, _score(weight), self.name)

    def refused(self, text: str) -> Iterator[Refusal]:
        """Yield the candidates whose evidence was too little, and what it was."""
        for match in self.candidates(text):
            if weigh(evidence(match, self.form.name), weights()) <= 0:
                reason = f"the evidence is too little: {self._told(match)}"
                yield Refusal(*match.span("value"), self.kind, self.name, reason)

    def reason(self, text: str, start: int) -> str:
        """Say which evidence made the value at a place of a text an account."""
        told = (self._told(match) for match in self.candidates(text) if match.start("value") == start)
        return next(told, self.source)

    def candidates(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield the places of the form in a text."""
        at = start
        search = self.form.pattern.search
        reach, free = self.form.reach, self.form.free
        while (match := search(text, at, end)) is not None:
            if not reach or free.match(text, match.start()) is not None or is_in_reach(match, reach):
                yield match
            # The next slot may begin with the value of this one: `login user tomek`.
            at = max(match.start() + 1, match.start("value"))

    def _told(self, match: re.Match[str]) -> str:
        table = weights()
        found = sorted(evidence(match, self.form.name), key=lambda one: -abs(table.get(one, 0.0)))
        return ", ".join(f"{one} {table[one]:+.1f}" for one in found if table.get(one))


@cache
def judge_of(form: str) -> Callable[[re.Match[str]], float]:
    """Return what adds up the evidence of a candidate as far as it can still decide: what costs most is looked at last."""
    table = weights()
    of_form = table.get(f"form {form}", 0.0)
    behind_at_best = max(table.get(one, 0.0) for one in BEHIND)
    line_at_best = sum(max(0.0, table.get(one, 0.0)) for one in (*_OF_LINES, f"sign near {form}"))
    of_words = lru_cache(maxsize=16_384)(lambda value: weigh(of_word(value), table))
    of_cues = lru_cache(maxsize=1024)(lambda cue, sep, quote: weigh(of_cue(form, cue, sep, quote), table))

    def judge(match: re.Match[str]) -> float:
        value, cue, sep, quote = match.group("value", "cue", "sep", "quote")
        weight = of_form + of_words(value) + of_cues(cue or "", sep or "", quote or "")
        if weight + behind_at_best + line_at_best <= 0:
            return weight
        text, end = match.string, match.end("value")
        weight += table.get(behind(text, end), 0.0)
        if weight + line_at_best <= 0:
            return weight
        return weight + weigh(of_line(text, match.start("value"), end, form), table)

    return judge


def _score(weight: float) -> float:
    return round(_LOWEST + (_HIGHEST - _LOWEST) / (1 + math.exp(-weight)), 3)


SLOTS: tuple[Slot, ...] = tuple(map(Slot, FORMS))
"""One recognizer a form."""

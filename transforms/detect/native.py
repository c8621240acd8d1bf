"""Let the event engine ask the recognizers that are data, for a batch of texts at once; Python asks the rest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from schemas.errors import OptionsError
from transforms.detect.lines import Line
from transforms.detect.search import FIRST_BIT, WINDOW, Answer
from transforms.detect.spans import Span
from transforms.detect.stated import Make, stated

if TYPE_CHECKING:
    import logveil_engine

PAYING = 512
"""For how many texts a recognizer is asked in Python first: to hand it over takes as long as it saves for so many."""


class NativeReader:
    """Asks recognizers natively; like the automaton of a search it is built where it is used, one for each thread.

    `at_once` hands them over when they are first asked, whether it pays or not.
    """

    def __init__(self, recognizers: Sequence[object]) -> None:
        """Start with recognizers of which none is handed over: each is once it was asked for `PAYING` texts.

        Raises:
            OptionsError: This worker has no engine, though the launcher has.
        """
        self._recognizers = recognizers
        self._engine = _new_engine()
        self.at_once = False
        self._asked: Counter[int] = Counter()
        self._makes: dict[int, Make] = {}
        self._size = (len(recognizers) + FIRST_BIT.bit_length() + 7) // 8

    def answers(
        self, texts: Sequence[str], masks: Sequence[int], lines: Mapping[int, Sequence[Line]]
    ) -> Iterator[Answer]:
        """Yield the answers of the recognizers whose bits are set, in their order."""
        if self.at_once:
            self._ask_at_once(masks)
        placed = [lines.get(place) for place in range(len(texts))]
        stated_lines = [None if one is None else self._lines(one) for one in placed]
        for number, taken, places in self._engine.find(texts, list(map(self._bits, masks)), stated_lines):
            yield Answer(number, self._made(number, texts, taken) if taken else (), places)
            if places:
                self._count(number, len(places))

    def _bits(self, mask: int) -> bytes:
        return mask.to_bytes(self._size, "little")

    def _lines(self, lines: Sequence[Line]) -> list[tuple[int, int, bytes]]:
        return [(start, end, self._bits(mask)) for start, end, mask in lines if mask >= FIRST_BIT]

    def _made(
        self, number: int, texts: Sequence[str], taken: Iterable[tuple[int, int, int, int]]
    ) -> Iterator[tuple[int, Span]]:
        make = self._makes[number]
        for place, group, start, end in taken:
            for span in make(texts[place], group, start, end):
                yield place, span

    def _ask_at_once(self, masks: Sequence[int]) -> None:
        asked = reduce(or_, masks, 0) // FIRST_BIT
        for number in range(asked.bit_length()):
            if asked >> number & 1:
                self._count(number, PAYING)

    def _count(self, number: int, texts: int) -> None:
        """Count for how many texts a recognizer was asked here, and hand it over once it pays."""
        before = self._asked[number]
        self._asked[number] = before + texts
        if before < PAYING <= before + texts:
            self._hand_over(number)

    def _hand_over(self, number: int) -> None:
        """Hand a recognizer over if it is data."""
        recognizer = self._recognizers[number]
        data = stated(recognizer)
        if data is not None:
            reads_lines = getattr(recognizer, "stays_in_line", False) is True
            self._engine.learn(
                number, data.program, data.condition, data.groups, data.candidates, reads_lines
            )
            if data.make is not None:
                self._makes[number] = data.make


def _new_engine() -> "logveil_engine.Recognizers":
    try:
        import logveil_engine
    except ImportError:
        raise OptionsError("the event engine is not installed on this worker: use --engine=python") from None
    return logveil_engine.Recognizers(WINDOW, FIRST_BIT.bit_length() - 1)

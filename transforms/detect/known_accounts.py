"""Find the accounts that the platform knows, whatever the program (exact data matching): by keyed hashes, not by names."""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import ClassVar

from transforms.batches.remembered import Remembered
from transforms.detect.known_table import ATOM, HAN, NAME, UIN, KnownLookup, KnownTable
from transforms.detect.own import folded, is_distinct
from transforms.detect.spans import Span
from transforms.detect.triggers import ALWAYS
from transforms.detect.words import is_ordinary
from transforms.pseudonyms import PseudonymKey

KNOWN = "known_account"
"""Name of this recognizer."""

WHOLE_SCORE, PART_SCORE = 0.95, 0.6
"""Of a word that is a name as a whole, and of a part of one: what is found as something else by its form is that."""

_KINDS = {UIN: "UIN", NAME: "USERNAME"}
_WORD = re.compile(rf"{ATOM.pattern}(?:[._@+-]{{1,2}}{ATOM.pattern})*")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_MOST_PIECES = 24
_REMEMBERED = 65_536
_LOADED = ("lookup", "_kinds", "_of_names")
_LONGEST_PART = 3
_SHORTEST_HAN, _LONGEST_HAN = 2, 4

Load = Callable[[], bytes | memoryview]
"""Returns a table's bytes where it is called; it can be pickled, and holds no name."""


@dataclass(frozen=True)
class Held:
    """A table's bytes, which travel with whatever holds them."""

    data: bytes = field(repr=False)

    def __call__(self) -> bytes:
        """Return them."""
        return self.data


@dataclass(frozen=True)
class KnownAccounts:
    """Recognizes known UINs and user names as words of their own, and as parts of longer words.

    A name needs a cue, and is left to the detectors that know cues, where it is short (below four letters or six
    digits), ships with systems, or is made of ordinary words of English and programs (`admin`, `test`, `blue-sky`).
    `folds` says that the case of names does not count. `number` and `digest` name the version of the table.
    """

    name: ClassVar[str] = KNOWN
    kinds: ClassVar[tuple[str, ...]] = ("UIN", "USERNAME")
    trigger: ClassVar[str] = ALWAYS
    stays_in_line: ClassVar[bool] = True
    source: ClassVar[str] = "the platform knows this account (--known-accounts)"
    key: PseudonymKey
    load: Load = field(repr=False)
    digest: str
    number: int
    folds: bool = False

    @classmethod
    def of(cls, key: PseudonymKey, table: KnownTable, folds: bool = False) -> "KnownAccounts":
        """Return what recognizes the accounts of a table that is at hand."""
        return cls(key, Held(table.data), table.digest, table.number, folds)

    @cached_property
    def lookup(self) -> KnownLookup:
        """Return the table, loaded once where it is used.

        Raises:
            SecretError: What is loaded is not that table.
        """
        return KnownLookup(self.key, self.load(), self.digest)

    @cached_property
    def _kinds(self) -> Remembered[str | None]:
        """Return the kind of a known account that is searched for without a cue, by how it is written."""
        return Remembered(self._kind_of, _REMEMBERED)

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is loaded and remembered."""
        return {name: value for name, value in self.__dict__.items() if name not in _LOADED}

    def is_known(self, value: str) -> bool:
        """Tell whether a whole value is a known account, short or common as it may be."""
        return self.lookup.kind_of(self._form(value)) is not None

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterable[Span]:
        """Return the known accounts in a text, or in its part [start, end), from left to right."""
        part = text if start == 0 and end >= len(text) else text[start:end]
        is_ascii = part.isascii()
        told = self._of_names(part.translate(_ASCII).split() if is_ascii else ATOM.findall(part.lower()))
        if not told and (is_ascii or not self.lookup.longest_han):
            return ()
        in_words = self._in_words(part, start, told) if told else ()
        return chain(in_words, () if is_ascii else self._in_han(part, start))

    @cached_property
    def _of_names(self) -> Callable[[Iterable[str]], list[str]]:
        return self.lookup.of_names

    def _in_words(self, text: str, offset: int, told: list[str]) -> Iterator[Span]:
        """Yield the known accounts in the words that hold one of the atoms."""
        for start, end in sorted(_stretches(folded(text), told)):
            for word in _WORD.finditer(text, start, end):
                lower = word.group().lower()
                if any(atom in lower for atom in told):
                    yield from self._in_word(word.group(), offset + word.start(), told)

    def _in_word(self, word: str, offset: int, told: list[str]) -> Iterator[Span]:
        """Yield the known accounts in one word: itself, else the longest of its parts from left to right."""
        if (kind := self._kinds[word]) is not None:
            yield Span(offset, offset + len(word), kind, WHOLE_SCORE, KNOWN)
            return
        pieces = [(piece.start(), piece.end()) for piece in ATOM.finditer(word)][:_MOST_PIECES]
        number = 0
        while number < len(pieces):
            taken = 1
            for last in range(min(len(pieces), number + _LONGEST_PART), number, -1):
                start, end = pieces[number][0], pieces[last - 1][1]
                if (start, end) == (0, len(word)) or not any(one in word[start:end].lower() for one in told):
                    continue
                if (kind := self._kinds[word[start:end]]) is not None:
                    yield Span(offset + start, offset + end, kind, PART_SCORE, KNOWN)
                    taken = last - number
                    break
            number += taken

    def _in_han(self, text: str, offset: int) -> Iterator[Span]:
        """Yield the known names of Han characters, which no blank parts from what stands beside them."""
        longest = min(self.lookup.longest_han, _LONGEST_HAN)  # 0 where no name has any
        for run in HAN.finditer(text):
            at = run.start()
            while at < run.end():
                for length in range(min(longest, run.end() - at), _SHORTEST_HAN - 1, -1):
                    if self._kinds[text[at : at + length]] is not None:
                        start = offset + at
                        yield Span(start, start + length, _KINDS[NAME], WHOLE_SCORE, KNOWN)
                        at += length - 1
                        break
                at += 1

    def _kind_of(self, text: str) -> str | None:
        if not is_distinct(text) or is_ordinary(text):
            return None
        return _KINDS.get(self.lookup.kind_of(self._form(text)) or b"")

    def _form(self, text: str) -> str:
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        if plain.isdecimal():
            return plain.lstrip("0")
        return plain.casefold() if self.folds else plain


def _stretches(lower: str, atoms: Iterable[str]) -> set[tuple[int, int]]:
    """Return what stands between blanks around each place of some atoms in a text."""
    found: set[tuple[int, int]] = set()
    for atom in atoms:
        at = lower.find(atom)
        while at >= 0:
            end = lower.find(" ", at)
            end = len(lower) if end < 0 else end
            found.add((lower.rfind(" ", 0, at) + 1, end))
            at = lower.find(atom, end)
    return found

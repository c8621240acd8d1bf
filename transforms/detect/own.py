"""Find the event's own people in its text: the literal values of its fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transforms.detect.composed import composed
from transforms.detect.spans import OWN, Span
from transforms.detect.words import COMMON_ACCOUNTS

OWN_SCORE = 0.99
_SHORTEST_NAME = 4
_SHORTEST_NUMBER = 6


def folded(text: str) -> str:
    """Return a text in lower case, every character at its place.

    Example:
        >>> folded("Li.NA\u0130")
        'li.na\u0130'
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def literal_of(text: str) -> str:
    """Return as what a name is searched for and compared: in lower case, with its marks on its letters.

    Example:
        >>> literal_of(" Mu\u0308ller") == literal_of("m\u00fcller")
        True
    """
    return folded(composed(text.strip()))


def is_distinct(text: str) -> bool:
    """Tell whether a value is searched for without a cue: not short, and no word that logs use anyway.

    Example:
        >>> is_distinct("zhang.wei"), is_distinct("root"), is_distinct("li"), is_distinct("10001")
        (True, False, False, False)
    """
    if text.isdigit():
        return len(text) >= _SHORTEST_NUMBER
    return len(text) >= (_SHORTEST_NAME if text.isascii() else 2) and text.lower() not in COMMON_ACCOUNTS


@dataclass(slots=True)
class Known:
    """One value of the event's own people: the text as in its field, what the field became, and its kind.

    `literal` is what is searched for, without a cue only if it is `distinct`.
    """

    text: str
    replacement: str
    kind: str
    literal: str = field(init=False, repr=False, compare=False)
    distinct: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search, once for all events that hold the value."""
        self.literal = literal_of(self.text)
        self.distinct = is_distinct(self.literal)

    @classmethod
    def without_cue(cls, text: str, replacement: str, kind: str) -> "Known":
        """Return one that is searched for without a cue, however short or common."""
        known = cls(text, replacement, kind)
        known.distinct = True
        return known


class People:
    """The known values of one event, ready to be searched for."""

    def __init__(self, known: Sequence[Known]) -> None:
        self.by_text: dict[str, Known] = {}
        self.literals: list[str] = []
        for person in known:
            literal = person.literal
            if literal and literal not in self.by_text:
                self.by_text[literal] = person
                if person.distinct:
                    self.literals.append(literal)

    def find(self, text: str) -> Iterator[Span]:
        """Yield where they stand as words of their own."""
        return self._find(folded(text))

    def _find(self, lower: str) -> Iterator[Span]:
        for literal in self.literals:
            start = lower.find(literal)
            while start >= 0:
                end = start + len(literal)
                if _stands_alone(lower, start, end):
                    person = self.by_text[literal]
                    yield Span(start, end, person.kind, OWN_SCORE, OWN, person.replacement)
                start = lower.find(literal, start + 1)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether no letter or digit continues the value; a number may touch letters, as in host names."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    if text[start:end].isdigit():
        return not before.isdigit() and not behind.isdigit()
    if text[start].isdigit() and behind in (".", "-") and text[end + 1 : end + 2].isdigit():
        return False
    return not _continues(before, text[start]) and not _continues(behind, text[end - 1])


def _continues(neighbour: str, edge: str) -> bool:
    return neighbour.isalnum() and neighbour.isascii() and edge.isascii()

"""Conditions on a match, as data: what its parts hold, what stands beside it, which checksum it has.

A detector's check may be any function of a match. One that is made of these is read by the engine as well, so that it
need not ask.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from transforms.detect.programs import program_of
from transforms.detect.validators import TABLES, VALIDATORS

VALUE = "value"
Group = str | int


@dataclass(frozen=True, slots=True)
class Holds:
    """What a group took, read by itself, holds a match of a pattern; a group that took no part holds none.

    Example:
        >>> match = re.match("(?P<value>a.)", "ab")
        >>> Holds(re.compile("b"))(match), Not(Holds(re.compile("b")))(match)
        (True, False)
    """

    pattern: re.Pattern[str]
    group: Group = VALUE

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        text = match[self.group]
        return text is not None and self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class Before:
    r"""A pattern matches within so many characters before a group; one that ends in \Z matches right before it."""

    pattern: re.Pattern[str]
    reach: int
    group: Group = VALUE

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        start = match.start(self.group)
        return self.pattern.search(match.string, max(0, start - self.reach), start) is not None


@dataclass(frozen=True, slots=True)
class Backward:
    """A pattern matches what stands before the match, read backwards from there: `re` need not try each character."""

    pattern: re.Pattern[str]
    reach: int

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        start = match.start()
        return self.pattern.match(match.string[max(0, start - self.reach) : start][::-1]) is not None


@dataclass(frozen=True, slots=True)
class Behind:
    """A pattern matches right behind a group."""

    pattern: re.Pattern[str]
    group: Group = VALUE

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        return self.pattern.match(match.string, match.end(self.group)) is not None


@dataclass(frozen=True, slots=True)
class Valid:
    """What a group took has a checksum or a form that is no matter of patterns: one of `VALIDATORS` by its name.

    Example:
        >>> Valid("card", 0)(re.match(r"[0-9 ]+", "4111 1111 1111 1111"))
        True
    """

    name: str
    group: Group = VALUE

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        return VALIDATORS[self.name](match[self.group])


class Every(tuple["Condition", ...]):
    """All of the conditions hold; they are asked in order, until one doesn't."""

    __slots__ = ()

    def __new__(cls, *parts: "Condition") -> "Every":
        """Return the conjunction of conditions."""
        return super().__new__(cls, parts)

    def __getnewargs__(self) -> tuple["Condition", ...]:
        """Return what it is made of again where it is unpickled."""
        return tuple(self)

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        for part in self:
            if not part(match):
                return False
        return True


class Some(Every):
    """One of the conditions holds at least."""

    __slots__ = ()

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        for part in self:
            if part(match):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Not:
    """A condition does not hold."""

    part: "Condition"

    def __call__(self, match: re.Match[str]) -> bool:
        """Tell whether it is so."""
        return not self.part(match)


Condition = Holds | Before | Backward | Behind | Valid | Every | Not


def condition_of(check: Callable[[re.Match[str]], bool], pattern: re.Pattern[str]) -> list[Any] | None:
    """Return a check of a pattern's matches as the engine reads it, None if it is code.

    Raises:
        DetectorError: The engine does not run one of its patterns.

    Example:
        >>> condition_of(Not(Valid("ipv6", 0)), re.compile("[0-9]+"))
        ['not', ['valid', 'ipv6', 0, None]]
        >>> condition_of(bool, re.compile("[0-9]+")) is None
        True
    """
    match check:
        case Some() | Every():
            parts = [condition_of(part, pattern) for part in check]
            return None if None in parts else ["some" if isinstance(check, Some) else "every", *parts]
        case Not(part):
            inner = condition_of(part, pattern)
            return None if inner is None else ["not", inner]
        case Valid(name, group):
            return ["valid", name, _number(group, pattern), TABLES.get(name)]
        case Holds(of, group):
            return ["holds", _number(group, pattern), program_of(of)]
        case Before(of, reach, group):
            return ["before", _number(group, pattern), reach, program_of(of)]
        case Backward(of, reach):
            return ["backward", reach, program_of(of)]
        case Behind(of, group):
            return ["behind", _number(group, pattern), program_of(of)]
    return None


def _number(group: Group, pattern: re.Pattern[str]) -> int:
    return group if isinstance(group, int) else pattern.groupindex[group]

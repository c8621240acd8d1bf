"""A bounded memory of what a function made of recent texts: looked up as a dict is, without a call."""

from collections.abc import Callable
from typing import Generic, TypeVar

MadeT = TypeVar("MadeT")

LONGEST = 4096
"""Texts of more characters are not remembered."""


class Remembered(dict[str, MadeT], Generic[MadeT]):
    """Maps each text to what `make` returns for it; once it holds `limit` texts, it forgets them all and starts over.

    Example:
        >>> lengths = Remembered(len, 2)
        >>> lengths["abc"], lengths["abc"], lengths["a"], lengths["ab"], list(lengths)
        (3, 3, 1, 2, ['ab'])
    """

    def __init__(self, make: Callable[[str], MadeT], limit: int) -> None:
        """Start with an empty memory."""
        super().__init__()
        self._make = make
        self._limit = limit

    def __missing__(self, text: str) -> MadeT:
        """Make what is not remembered."""
        made = self._make(text)
        if len(text) <= LONGEST:
            if len(self) >= self._limit:
                self.clear()
            self[text] = made
        return made

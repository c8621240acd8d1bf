"""Take a sequence a few elements at a time."""

from collections.abc import Iterator
from typing import Protocol, Self, TypeVar


class Sliceable(Protocol):
    """A sequence whose slices are of its own kind."""

    def __len__(self) -> int:
        """Return the number of elements."""

    def __getitem__(self, at: slice, /) -> Self:
        """Return a part of the elements."""


SliceableT = TypeVar("SliceableT", bound=Sliceable)


def slices(elements: SliceableT, size: int) -> Iterator[SliceableT]:
    """Yield the elements in order, `size` at a time, the rest last.

    Example:
        >>> list(slices("abcde", 2))
        ['ab', 'cd', 'e']
    """
    return (elements[start : start + size] for start in range(0, len(elements), size))

"""How far a long reading has come: each reader keeps a tally, in a small file where other processes are to see it."""

import os
import struct
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

_FORM = struct.Struct("<QQ")


class Done(NamedTuple):
    """What was read so far: bytes of the input as they lie on the disk, and events."""

    bytes: int = 0
    events: int = 0


Watch = Callable[[int, Callable[[], Done]], AbstractContextManager[None]]
"""Shows a reading of so many bytes as long as it lasts, by looking now and then how much is done."""


def unwatched(total: int, look: Callable[[], Done]) -> AbstractContextManager[None]:
    """Show nothing."""
    return nullcontext()


class Tally:
    """What one reader has read. A folder that cannot be written costs the tally, never the reading.

    Example:
        >>> tally = Tally()
        >>> tally.begin(100)
        >>> tally.read(130)
        >>> tally.count(7)
        >>> tally.done
        Done(bytes=100, events=7)
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.done = Done()
        self._left = 0
        self._file: int | None = None
        if folder is not None:
            with suppress(OSError):
                folder.mkdir(exist_ok=True)
                self._file = os.open(folder / uuid4().hex, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def begin(self, size: int) -> None:
        """Begin a part of so many bytes."""
        self._left = size

    def read(self, size: int) -> None:
        """Note bytes that were read; those beyond the part's own, up to the end of its last line, don't count."""
        counted = min(size, self._left)
        self._left -= counted
        self._tell(Done(self.done.bytes + counted, self.done.events))

    def count(self, events: int) -> None:
        """Note events that were read."""
        self._tell(Done(self.done.bytes, self.done.events + events))

    def end(self) -> None:
        """End a part: all of its bytes were read."""
        self.read(self._left)

    def close(self) -> None:
        """Tell nothing any more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _tell(self, done: Done) -> None:
        self.done = done
        if self._file is not None:
            with suppress(OSError):
                os.pwrite(self._file, _FORM.pack(*done), 0)


def tallied(folder: Path) -> Done:
    """Return the sum of the tallies in a folder; one that is gone or not yet written counts nothing."""
    done = Done()
    with suppress(OSError):
        for path in folder.iterdir():
            told = path.read_bytes()
            if len(told) == _FORM.size:
                done = Done(*map(sum, zip(done, _FORM.unpack(told), strict=True)))
    return done

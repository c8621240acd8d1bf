"""Drive the writers of stores from within a step, so that they have written before a segment is committed.

As outputs of the step they would write after it, and a process that dies in between would leave their stores behind.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from apache_beam import DoFn

from pipelines.streams.job import Stores
from transforms.redact_logs import Redacted


class StoreWriters:
    """The writers of a job's stores, each a DoFn that takes batches, driven as a runner would drive it."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._is_open = False

    def open(self) -> None:
        """Connect."""
        for writer in self._writers():
            writer.setup()
        self._is_open = True

    def start_bundle(self) -> None:
        """Forget what a failed bundle left."""
        for writer in self._writers():
            writer.start_bundle()

    def write(self, redacted: Redacted[Any]) -> None:
        """Give the writers what became of a batch."""
        _give(self._stores.events, redacted.kept)
        _give(self._stores.rejections, redacted.rejections)
        _give(self._stores.sightings, redacted.sightings)

    def finish_bundle(self) -> None:
        """Return when all that was given is written.

        Raises:
            LogveilError: A store refused.
        """
        for writer in self._writers():
            writer.finish_bundle()

    def close(self) -> None:
        """Let the stores go."""
        if self._is_open:
            for writer in self._writers():
                writer.teardown()

    def _writers(self) -> Iterator[DoFn]:
        yield from (*self._stores.events, *self._stores.rejections, *self._stores.sightings)


def _give(writers: Sequence[DoFn], elements: list[Any]) -> None:
    if elements:
        for writer in writers:
            for _ in writer.process_batch(elements) or ():  # a generator works as it is asked
                pass

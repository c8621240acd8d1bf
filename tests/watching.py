"""A watch that notes what it was told: of how many bytes, and how far a reading had come at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.sources.tally import Done


class Noted:
    """What a watch was told."""

    def __init__(self) -> None:
        self.ended: list[tuple[int, Done]] = []

    @contextmanager
    def watch(self, total: int, look: Callable[[], Done]) -> Iterator[None]:
        """Note the total and what is done at the end."""
        assert look() == Done()
        yield
        self.ended.append((total, look()))

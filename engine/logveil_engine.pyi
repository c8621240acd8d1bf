"""The event engine that is built from Rust: what it takes is in `transforms.engine.stated`."""

from collections.abc import Sequence

__version__: str

class Matcher:
    def __new__(cls, program: str, condition: str | None = None) -> Matcher: ...
    def find(
        self, text: str, start: int = 0, end: int = ...
    ) -> list[list[tuple[int, int] | None]] | None: ...

class Engine:
    """Works on batches of raw records of one source."""

    def __init__(self, settings: object, outcomes: Sequence[object], answers: object) -> None:
        """Take what holds for a whole run, the outcomes of fields, and whom to ask for the rest."""

    def start_bundle(self) -> None:
        """Forget the ids of a bundle."""

    def at_moment(self, latest_ms: int, today: int) -> None:
        """Take the latest time that is not in the future, and the day, counted from 1970, that is today."""

    def take(self, records: Sequence[object], place: bytes, with_line: bool) -> list[int]:
        """Work on records; return the places of those that go through the plain steps."""

    def finish(
        self, others: Sequence[tuple[int, str, str | None, bytes]]
    ) -> tuple[dict[str, list[bytes]], int, int]:
        """Return records by partition, the plain steps' at their places, and how many were written and dropped."""

    def counts(self) -> tuple[int, list[tuple[int, int]], list[tuple[str, int, int]]]:
        """Return how many events were made, their outcomes by number, and their unknown keys."""

"""The event engine that is built from Rust: what it takes is in `transforms.engine.stated`."""

from collections.abc import Sequence

__version__: str

class Matcher:
    def __new__(cls, program: str, condition: str | None = None) -> Matcher: ...
    def find(
        self, text: str, start: int = 0, end: int = ...
    ) -> list[list[tuple[int, int] | None]] | None: ...

class Recognizers:
    """Recognizers that are data; texts of more than `longest` bytes are left to Python."""

    def __new__(cls, longest: int, first_bit: int) -> Recognizers: ...
    def learn(
        self,
        number: int,
        program: str,
        condition: str | None,
        groups: list[int] | None,
        candidates: object,
        reads_lines: bool,
    ) -> None:
        """Take a recognizer in; without groups or candidates it only rules texts out."""

    def find(
        self,
        texts: Sequence[str],
        masks: Sequence[bytes],
        lines: Sequence[Sequence[tuple[int, int, bytes]] | None],
    ) -> list[tuple[int, list[tuple[int, int, int, int]], list[int]]]:
        """Return number, what was taken (place, group, start, end), and the places of texts left to Python."""

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

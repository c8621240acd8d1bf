"""What a verification finds: one problem a line, naming places and never content."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What is wrong."""

    UNPARSABLE = "unparsable"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"
    SCHEMA = "schema"
    PARTITION = "partition"
    RETENTION = "retention"
    TAGS = "tags"
    TEXT = "text"
    CANARY = "canary"
    DUPLICATE = "duplicate"
    LEDGER = "ledger"
    CHECKSUM = "checksum"
    MISSING = "missing"
    UNKNOWN = "unknown"
    UNFINISHED = "unfinished"
    RECEIPT = "receipt"
    OVERDUE = "overdue"
    RETURNED = "returned"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: its kind, the path it is at, relative to the root, and what it is."""

    kind: ProblemKind
    path: str
    detail: str

    def __str__(self) -> str:
        """Return the problem as one line.

        Example:
            >>> str(Problem(ProblemKind.MISSING, "category=x/a.avro", "no receipt says why"))
            'missing: category=x/a.avro: no receipt says why'
        """
        return f"{self.kind}: {self.path}: {self.detail}"

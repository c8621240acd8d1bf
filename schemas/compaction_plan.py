"""What a compaction is going to join: written before, sealed, and carried out as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from schemas.retention_plan import parse_partition
from schemas.sealed_plan import SealedPlan, check_file_name


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """One small file that is going to be joined: SHA-256 in hex."""

    name: str
    bytes: int
    records: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Join:
    """The files of one partition that become one, and its name."""

    partition: str
    name: str
    files: tuple[JoinedFile, ...]

    @property
    def path(self) -> str:
        """Return where the joined file will stand in the root."""
        return f"{self.partition}/{self.name}"

    @property
    def records(self) -> int:
        """Return how many records the joined file will hold."""
        return sum(file.records for file in self.files)


@dataclass(frozen=True)
class CompactionPlan(SealedPlan):
    """`root` is the root's resolved path, `made_at` an ISO 8601 time in UTC."""

    KIND = "compact"
    VERSION = 1

    root: str
    made_at: str
    joins: tuple[Join, ...]
    digest: str = ""

    @classmethod
    def of(cls, values: dict[str, Any]) -> "CompactionPlan":
        """Return the plan of its fields as JSON values."""
        return cls(**{**values, "joins": tuple(map(_join, values["joins"]))})

    def check(self) -> None:
        """Check that the plan names files of partitions only."""
        datetime.fromisoformat(self.made_at)
        for join in self.joins:
            parse_partition(join.partition)
            for name in (join.name, *(file.name for file in join.files)):
                check_file_name(name)


def joined_name(stream: str, files: tuple[JoinedFile, ...]) -> str:
    """Return the name of a joined file, drawn from what it is joined of.

    Example:
        >>> joined_name("ab" * 8, (JoinedFile("part-x.avro", 9, 1, "cd" * 32),))
        'part-abababababababab-joined-61548a8f2c58be74.avro'
    """
    content = "\n".join(f"{file.name} {file.sha256}" for file in files)
    return f"part-{stream}-joined-{sha256(content.encode()).hexdigest()[:16]}.avro"


def _join(item: Mapping[str, Any]) -> Join:
    return Join(item["partition"], item["name"], tuple(JoinedFile(**file) for file in item["files"]))

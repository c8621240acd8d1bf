"""What an expiry will delete, stated beforehand: the plan that is shown, kept, and applied as it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.errors import RetentionError
from schemas.sealed_plan import SealedPlan, check_file_name

_PARTITION = re.compile(r"category=([a-z][a-z0-9_]*)/expires_on=(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file as the plan saw it: name, size in bytes, time of change in nanoseconds, records.

    `records` is None where the file can't be read as Avro: it goes all the same.
    """

    name: str
    bytes: int
    changed_ns: int
    records: int | None


@dataclass(frozen=True, slots=True)
class PlannedPartition:
    """One partition that may go: path relative to the root, files, policies they were written under, why."""

    path: str
    files: tuple[PlannedFile, ...]
    policies: tuple[str, ...] = ()
    why: str = ""

    @property
    def expires_on(self) -> date:
        """Return the date from whose 00:00 UTC the partition may be dropped."""
        return parse_partition(self.path)[1]

    @property
    def records(self) -> int:
        """Return how many records the readable files hold."""
        return sum(file.records or 0 for file in self.files)

    @property
    def bytes(self) -> int:
        """Return the size of the files in bytes."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """What of a database's table may go on one date; `store` names the table without a password."""

    store: str
    name: str
    expires_on: str
    records: int
    bytes: int


@dataclass(frozen=True)
class ExpiryPlan(SealedPlan):
    """What an expiry will delete.

    `root` is the root's resolved path; `as_of` is an ISO date and `made_at` an ISO 8601 time, both UTC;
    `reason` says why, if the date was in the future. `unparsable` holds what is reported and never deleted.
    """

    KIND = "expire"
    VERSION = 1

    root: str
    as_of: str
    made_at: str
    partitions: tuple[PlannedPartition, ...]
    unparsable: tuple[str, ...] = ()
    reason: str | None = None
    tables: tuple[PlannedTable, ...] = ()
    digest: str = ""

    @property
    def records(self) -> int:
        """Return how many records go."""
        return sum(part.records for part in self.partitions) + sum(part.records for part in self.tables)

    @property
    def bytes(self) -> int:
        """Return how many bytes go."""
        return sum(part.bytes for part in self.partitions) + sum(part.bytes for part in self.tables)

    @classmethod
    def of(cls, values: dict[str, Any]) -> "ExpiryPlan":
        """Return the plan of its fields as JSON values."""
        return cls(
            **{
                **values,
                "partitions": tuple(map(_partition, values["partitions"])),
                "unparsable": tuple(values["unparsable"]),
                "tables": tuple(PlannedTable(**item) for item in values["tables"]),
            }
        )

    def check(self) -> None:
        """Check that the plan names files of partitions only, and none that expires after its date."""
        as_of = date.fromisoformat(self.as_of)
        datetime.fromisoformat(self.made_at)
        for partition in self.partitions:
            if partition.expires_on > as_of:
                raise RetentionError(f"the plan is as of {self.as_of}, and {partition.path} expires later")
            for file in partition.files:
                check_file_name(file.name)
        for part in self.tables:
            if date.fromisoformat(part.expires_on) > as_of:
                raise RetentionError(f"the plan is as of {self.as_of}, and {part.name} expires later")


def parse_partition(path: str) -> tuple[str, date]:
    """Return the category and the date of a partition's path.

    Example:
        >>> parse_partition("category=rejected/expires_on=2027-05-23")
        ('rejected', datetime.date(2027, 5, 23))
        >>> parse_partition("category=rejected/expires_on=2027-02-30")
        Traceback (most recent call last):
        ...
        schemas.errors.RetentionError: category=rejected/expires_on=2027-02-30 is not the path of a partition

    Raises:
        RetentionError: The path has another form, or there is no such date.
    """
    match = _PARTITION.fullmatch(path)
    if match is not None:
        try:
            return match[1], date.fromisoformat(match[2])
        except ValueError:
            pass
    raise RetentionError(f"{path} is not the path of a partition")


def is_partition(path: str) -> bool:
    """Tell whether a path is that of a partition."""
    try:
        parse_partition(path)
    except RetentionError:
        return False
    return True


def _partition(item: Mapping[str, Any]) -> PlannedPartition:
    files = tuple(PlannedFile(**file) for file in item["files"])
    return PlannedPartition(item["path"], files, tuple(item["policies"]), item["why"])

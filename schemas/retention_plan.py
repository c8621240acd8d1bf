"""What an expiry will delete, stated beforehand: the plan that is shown, kept, and applied as it stands."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from schemas.errors import RetentionError

KIND = "expire"
PLAN_VERSION = 1
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
class ExpiryPlan:
    """What an expiry will delete.

    `root` is the root's resolved path; `as_of` is an ISO date and `made_at` an ISO 8601 time, both UTC;
    `reason` says why, if the date was in the future. `unparsable` holds what is reported and never deleted.
    """

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

    def sealed(self) -> "ExpiryPlan":
        """Return the plan with the SHA-256 of everything else in it."""
        return replace(self, digest=_digest(self))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {"kind": KIND, "version": PLAN_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, content: Any) -> "ExpiryPlan":
        """Return the plan that JSON values hold.

        Raises:
            RetentionError: They are no plan, were changed since it was made, or name a place outside a root.
        """
        if not isinstance(content, dict) or (content.get("kind"), content.get("version")) != (
            KIND,
            PLAN_VERSION,
        ):
            raise RetentionError(f"this is no expiry plan of version {PLAN_VERSION}")
        values = {name: value for name, value in content.items() if name not in ("kind", "version")}
        try:
            values["partitions"] = tuple(map(_partition, values["partitions"]))
            values["unparsable"] = tuple(values["unparsable"])
            values["tables"] = tuple(PlannedTable(**item) for item in values["tables"])
            plan = cls(**values)
            seal = _digest(plan)
        except (KeyError, TypeError, ValueError) as error:
            raise RetentionError("the plan lacks a key, or holds one that is not known") from error
        if plan.digest != seal:
            raise RetentionError("the plan was changed since it was made")
        try:
            _check_places(plan)
        except (TypeError, ValueError, AttributeError) as error:
            raise RetentionError("the plan holds a date or name that is none") from error
        return plan


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


def _digest(plan: ExpiryPlan) -> str:
    content = {name: value for name, value in asdict(plan).items() if name != "digest"}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _check_places(plan: ExpiryPlan) -> None:
    as_of = date.fromisoformat(plan.as_of)
    datetime.fromisoformat(plan.made_at)
    for partition in plan.partitions:
        if partition.expires_on > as_of:
            raise RetentionError(f"the plan is as of {plan.as_of}, and {partition.path} expires later")
        for file in partition.files:
            if "/" in file.name or file.name in ("", ".", ".."):
                raise RetentionError("the plan names a file outside its partition")
    for part in plan.tables:
        if date.fromisoformat(part.expires_on) > as_of:
            raise RetentionError(f"the plan is as of {plan.as_of}, and {part.name} expires later")

"""What a compaction is going to join: written before, sealed, and carried out as it stands."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from schemas.errors import RetentionError
from schemas.retention_plan import parse_partition

KIND = "compact"
PLAN_VERSION = 1


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
class CompactionPlan:
    """`root` is the root's resolved path, `made_at` an ISO 8601 time in UTC."""

    root: str
    made_at: str
    joins: tuple[Join, ...]
    digest: str = ""

    def sealed(self) -> "CompactionPlan":
        """Return the plan with the SHA-256 of everything else in it."""
        return replace(self, digest=_digest(self))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {"kind": KIND, "version": PLAN_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, content: Any) -> "CompactionPlan":
        """Return the plan that JSON values hold.

        Raises:
            RetentionError: They are no plan, were changed since it was made, or name a place outside a partition.
        """
        if not isinstance(content, dict) or (content.get("kind"), content.get("version")) != (
            KIND,
            PLAN_VERSION,
        ):
            raise RetentionError(f"this is no compaction plan of version {PLAN_VERSION}")
        values = {name: value for name, value in content.items() if name not in ("kind", "version")}
        try:
            values["joins"] = tuple(map(_join, values["joins"]))
            datetime.fromisoformat(values["made_at"])
            plan = cls(**values)
            seal = _digest(plan)
        except (KeyError, TypeError, ValueError) as error:
            raise RetentionError("the plan lacks a key, or holds one that is not known") from error
        if plan.digest != seal:
            raise RetentionError("the plan was changed since it was made")
        for join in plan.joins:
            _check_places(join)
        return plan


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


def _digest(plan: CompactionPlan) -> str:
    content = {name: value for name, value in asdict(plan).items() if name != "digest"}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _check_places(join: Join) -> None:
    parse_partition(join.partition)
    for name in (join.name, *(file.name for file in join.files)):
        if "/" in name or name in ("", ".", ".."):
            raise RetentionError("the plan names a file outside its partition")

"""Find the stored records that were written under another policy, and what they lack by the one that holds now."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import fastavro

from pipelines.retention.tighten import latest_of_rejections, writer_of
from pipelines.root.layout import real_root
from pipelines.root.partition_folders import Listing, list_partitions
from pipelines.root.recorded_files import Recorded
from schemas.ledger import REJECTED_CATEGORY
from schemas.policy.policy import Policy
from schemas.retention_plan import PlannedPartition, parse_partition
from schemas.verification import Problem, ProblemKind
from transforms.avro.faults import NOT_AVRO
from transforms.checks.records import field_rules
from transforms.drift import EARLIER, Drift

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Behind:
    """What of one partition was written under other policies: how many records, by which, how many lack what.

    `policies` are version and digest; `lacks` counts records by remedy, such as `username: drop` or `earlier`.
    """

    partition: str
    records: int
    policies: tuple[str, ...]
    behind: int
    lacks: Mapping[str, int]

    @property
    def expires_on(self) -> date:
        """Return the date of the partition."""
        return parse_partition(self.partition)[1]

    def __str__(self) -> str:
        """Return what a person needs to know, on one line."""
        said = f"{self.records:,} records were written under another policy ({', '.join(self.policies)})"
        if not self.behind:
            return f"{said}; nothing is to be done"
        lacks = ", ".join(f"{name} ({number:,})" for name, number in sorted(self.lacks.items()))
        return f"{said}; {self.behind:,} of them are behind this one: {lacks}"


def find_behind(root: Path, policy: Policy, listing: Listing | None = None) -> list[Behind]:
    """Return what of each partition was written under other policies; what can't be read is passed over.

    `listing` is what stands there, if it was looked at just now.

    Raises:
        RetentionError: There is no such root.
    """
    listing = listing or list_partitions(real_root(root))
    found = (_of_partition(root, one, listing.recorded, policy) for one in listing.partitions)
    return [behind for behind in found if behind.records]


def behind_problems(root: Path, policy: Policy, listing: Listing) -> Iterator[Problem]:
    """Yield the listed partitions that are behind a policy."""
    for behind in find_behind(root, policy, listing):
        if behind.behind:
            yield Problem(ProblemKind.BEHIND, behind.partition, str(behind))


def _of_partition(root: Path, partition: PlannedPartition, recorded: Recorded, policy: Policy) -> Behind:
    records, behind = 0, 0
    lacks: Counter[str] = Counter()
    policies: set[str] = set()
    rejected = parse_partition(partition.path)[0] == REJECTED_CATEGORY
    for file in partition.files:
        path = f"{partition.path}/{file.name}"
        writer = writer_of(recorded, path)
        if rejected and writer is not None and writer.policy_digest != policy.digest:
            policies.add(f"{writer.policy_version} {writer.policy_digest[:_DIGITS]}")
            number = file.records or 0
            late = partition.expires_on > latest_of_rejections(writer, policy)
            records, behind = records + number, behind + (number if late else 0)
            lacks[EARLIER] += number if late else 0
        elif not rejected:
            of_file = _lacks_of_events(root / path, policy, policies)
            records += len(of_file)
            behind += sum(map(bool, of_file))
            lacks.update(lack for of_record in of_file for lack in set(of_record))
    return Behind(partition.path, records, tuple(sorted(policies)), behind, +lacks)


def _lacks_of_events(path: Path, policy: Policy, policies: set[str]) -> list[list[str]]:
    """Return what each record of a file of another policy lacks; add that policy to those seen."""
    try:
        with path.open("rb") as stream:
            reader = fastavro.reader(stream)
            schema = json.loads(reader.metadata["avro.schema"])
            if schema["policy_digest"] == policy.digest:
                return []
            drift = Drift(policy, frozenset(field_rules(schema)))
            records: Iterator[Any] = iter(reader)
            found = [(record["policy_version"], drift.behind(record)) for record in records]
    except NOT_AVRO:
        return []
    policies.update(f"{version} {schema['policy_digest'][:_DIGITS]}" for version, _ in found)
    return [lacks for _, lacks in found]

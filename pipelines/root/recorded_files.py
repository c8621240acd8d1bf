"""What ledgers, segments and receipts say of the files that are in a root: who wrote each, and what it holds."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.root.ledger_files import ledger_paths, read_ledger
from pipelines.root.receipts import read_receipts
from pipelines.root.segment_files import all_lanes, read_lane
from schemas.errors import LedgerError, RetentionError
from schemas.ledger import Ledger, LedgerFile
from schemas.segment import Segment


@dataclass(frozen=True, slots=True)
class Writer:
    """The run or the segment that wrote a file: its moment, an ISO 8601 time in UTC, and its policy."""

    now: str
    policy_version: str
    policy_digest: str

    @classmethod
    def of(cls, record: Ledger | Segment) -> "Writer":
        """Return what wrote the files of a ledger or segment."""
        return cls(record.now, record.policy_version, record.policy_digest)


Recorded = Mapping[str, tuple[Writer, LedgerFile]]


def recorded_files(root: Path) -> Recorded:
    """Return the files of a root that its records know, by path; one unreadable keeps nothing from expiring.

    A file that expired or was joined with others is left out: a stream writes thousands a day, and its log names them
    for ever.
    """
    joins = _joins(root)
    wanted = set(_present_files(root))
    for join in reversed(joins):
        if join["path"] in wanted:
            wanted.add(join["sources"][0]["path"])
    recorded: dict[str, tuple[Writer, LedgerFile]] = {}
    for record in _records(root):
        writer = Writer.of(record)
        recorded.update({file.path: (writer, file) for file in record.files if file.path in wanted})
    for join in joins:
        first = recorded.get(join["sources"][0]["path"])
        if first is not None:
            partition, _, name = join["path"].rpartition("/")
            file = LedgerFile(partition, name, join["records"], join["bytes"], join["after"])
            recorded[join["path"]] = first[0], file
    return recorded


def _present_files(root: Path) -> Iterator[str]:
    """Yield the paths of the files in partitions; what goes while it is looked at is passed over."""
    for category in _names(root, "category="):
        for expires_on in _names(root / category, "expires_on="):
            for name in _names(root / category / expires_on, "", ".avro"):
                yield f"{category}/{expires_on}/{name}"


def _names(folder: Path, prefix: str, suffix: str = "") -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.startswith(prefix) and name.endswith(suffix)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _joins(root: Path) -> list[Mapping[str, Any]]:
    with suppress(RetentionError):
        return [join for receipt in read_receipts(root) for join in receipt.body.get("joined", ())]
    return []


def _records(root: Path) -> Iterator[Ledger | Segment]:
    for path in ledger_paths(root):
        with suppress(LedgerError):
            yield read_ledger(path)
    with suppress(LedgerError):
        for lane in all_lanes(root):
            with suppress(LedgerError):
                yield from read_lane(lane)

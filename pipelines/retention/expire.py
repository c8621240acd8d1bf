"""Delete expired partitions: a plan that deletes nothing, then that plan and no other, then a receipt."""

import errno
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from pipelines.durable import sync_folder
from pipelines.root.commit import sweep
from pipelines.root.layout import PLANS, RECEIPTS, output_errors, real_root, write_whole
from pipelines.root.partition_folders import list_files, list_partitions, open_partition
from pipelines.root.plans import read_plan_file, write_plan_file
from pipelines.root.receipts import (
    Receipt,
    append_receipt,
    beside_clock,
    find_receipt,
    read_receipt,
    settled_receipt,
)
from schemas.errors import RetentionError
from schemas.retention_plan import ExpiryPlan, PlannedFile, PlannedPartition, PlannedTable
from transforms.checks.retention import check_unchanged, due_partitions


class ExpiringTable(Protocol):
    """A table of a database that expires with the root, in the same plan and under the same receipt."""

    @property
    def name(self) -> str:
        """Return the name by which plans and receipts call it."""
        ...

    def due(self, as_of: date) -> Sequence[PlannedTable]:
        """Return what of it may go on a date (UTC)."""
        ...

    def drop(self, days: Iterable[date], as_of: date) -> None:
        """Let go what expires on the given dates; what is gone already is passed over."""
        ...


def plan_expiry(
    root: Path,
    as_of: date,
    now: datetime,
    reason: str | None = None,
    tables: Sequence[ExpiringTable] = (),
) -> ExpiryPlan:
    """Return what may be deleted on a date (UTC); delete nothing.

    Raises:
        RetentionError: There is no such root, or the date is in the future and no reason was given.
        VaultError: A database refused.
    """
    if as_of > now.astimezone(UTC).date() and not reason:
        raise RetentionError(f"{as_of} is in the future: that needs --force and a --reason")
    root = real_root(root)
    listing = list_partitions(root)
    return ExpiryPlan(
        root=str(root),
        as_of=as_of.isoformat(),
        made_at=now.astimezone(UTC).isoformat(),
        partitions=due_partitions(listing.partitions, as_of),
        unparsable=listing.unparsable,
        reason=reason,
        tables=tuple(part for table in tables for part in table.due(as_of)),
    ).sealed()


def write_plan(plan: ExpiryPlan, path: Path | None = None) -> Path:
    """Write a plan where `apply_plan` will be given it, by default under the root, and return the path.

    Raises:
        OutputError: The folder can't be written.
    """
    root = Path(plan.root)
    path = path or root / PLANS / f"{plan.KIND}-{plan.as_of}-{plan.digest[:12]}.json"
    return write_plan_file(path, plan.to_json())


def read_plan(path: Path) -> ExpiryPlan:
    """Return the plan in a file.

    Raises:
        RetentionError: It can't be read, is no plan, or was changed since it was made.
    """
    return ExpiryPlan.from_json(read_plan_file(path))


def apply_plan(
    root: Path,
    plan_path: Path,
    now: datetime,
    force: bool = False,
    tables: Sequence[ExpiringTable] = (),
    reason: str | None = None,
    stated_now: str | None = None,
) -> Receipt:
    """Delete what a plan names and nothing else, and return the receipt; resume what was cut short.

    A plan that was applied to the end before gives its receipt again and deletes nothing. `tables` must hold
    those that the plan names; `reason` is that of a person who let it be carried out far ahead of the clock. `now` is
    the system's clock; what a person stated in its place is `stated_now`, and the receipt says both.

    Raises:
        RetentionError: The plan is stale, of another root, ahead of the clock without force, leads outside,
        or names a table that is not given.
        OutputError: The root can't be written.
        VaultError: A database refused.
    """
    plan = read_plan(plan_path)
    root = real_root(root)
    _check_plan(plan, root, now, force)
    absent = {part.store for part in plan.tables} - {table.name for table in tables}
    if absent:
        raise RetentionError(f"the plan names {min(absent)}: that needs its --mysql or --vault")
    receipt = settled_receipt(root, plan.KIND, plan.digest)
    if receipt is not None:
        return receipt
    with output_errors(root):
        doomed = [(partition, _look(root, partition)) for partition in plan.partitions]
        started = root / RECEIPTS / f"{plan.digest}.started.json"
        resumed = started.exists() or find_receipt(root, plan.KIND, plan.digest) is not None
        checked = [(partition, check_unchanged(partition, found, resumed)) for partition, found in doomed]
        _note_start(started, plan, now)
        for partition, files in checked:
            delete_partition(root, partition.path, files)
        for table in tables:
            days = [date.fromisoformat(part.expires_on) for part in plan.tables if part.store == table.name]
            table.drop(days, date.fromisoformat(plan.as_of))
        path = append_receipt(
            root, plan.KIND, {**_receipt_body(plan, reason), **beside_clock(stated_now)}, now, once=True
        )
        started.unlink(missing_ok=True)
    sweep(root)
    return read_receipt(path.parent)


def _check_plan(plan: ExpiryPlan, root: Path, now: datetime, force: bool) -> None:
    if plan.root != str(root):
        raise RetentionError(f"the plan was made for another root: {plan.root}")
    today = now.astimezone(UTC).date()
    if date.fromisoformat(plan.as_of) > today and not (force and plan.reason):
        raise RetentionError(f"the plan is as of {plan.as_of} and today is {today}: that needs --force")


def _note_start(started: Path, plan: ExpiryPlan, now: datetime) -> None:
    try:
        started.parent.mkdir(exist_ok=True)
        write_whole(started, {"plan": plan.digest, "at": now.astimezone(UTC).isoformat()})
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):  # on a full disk, deleting is what makes room
            raise


def _look(root: Path, partition: PlannedPartition) -> tuple[PlannedFile, ...] | None:
    """Return the files of a planned partition as they stand; their records are taken from the plan."""
    records = {file.name: file.records for file in partition.files}
    try:
        with open_partition(root, partition.path) as descriptor:
            return list_files(descriptor, partition.path, lambda name, _: records.get(name))
    except FileNotFoundError:
        return None


def delete_partition(root: Path, path: str, files: Sequence[PlannedFile], only_these: bool = False) -> None:
    """Delete files of a partition and, when it is empty, its folder; `only_these` says that others may stay.

    Raises:
        RetentionError: A file that was not named has appeared; it stays.
    """
    try:
        with open_partition(root, path) as descriptor:
            for file in files:
                with suppress(FileNotFoundError):
                    os.unlink(file.name, dir_fd=descriptor)
            os.fsync(descriptor)
            if list_files(descriptor, path, lambda *_: None) and not only_these:
                raise RetentionError(f"{path} got a new file while it was deleted; make a new plan")
    except FileNotFoundError:
        return
    category = (root / path).parent
    with suppress(OSError):  # another apply was quicker, or a run has just put a file there
        (root / path).rmdir()
        sync_folder(category)
        category.rmdir()


def _receipt_body(plan: ExpiryPlan, reason: str | None) -> dict[str, object]:
    return {
        "plan": plan.digest,
        "as_of": plan.as_of,
        "reason": reason or plan.reason,
        "policies": sorted({policy for partition in plan.partitions for policy in partition.policies}),
        "partitions": [asdict(partition) for partition in plan.partitions],
        "tables": [asdict(table) for table in plan.tables],
        "unparsable": list(plan.unparsable),
        "records": plan.records,
        "bytes": plan.bytes,
    }

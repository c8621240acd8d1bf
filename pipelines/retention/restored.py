"""Find what a restored copy brought back: partitions that had been deleted, and records of erased accounts.

What must go again is worked out from the receipts, the dates of the folders, and the keyed hashes by which erased
accounts are remembered; nothing else is touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.retention.expire import delete_partition
from pipelines.retention.rewriting import finish_runs, note_rewriting
from pipelines.root.erase_files import FileErasure, plan_files, rewrite_files
from pipelines.root.erased_marks import STARTED, erasures, marks_of, read_noted
from pipelines.root.erasure_claim import rewriting
from pipelines.root.layout import RECEIPTS, output_errors, real_root, write_whole
from pipelines.root.ledger_files import read_ledgers
from pipelines.root.partition_folders import list_partitions
from pipelines.root.receipts import Receipt, append_receipt, beside_clock, read_receipt, read_receipts
from schemas.errors import LedgerError, RetentionError
from schemas.retention_plan import PlannedPartition
from schemas.verification import Problem, ProblemKind
from transforms.accounts.erased import ErasedAccounts, Marks, joined_marks
from transforms.accounts.erasure import RecordEraser
from transforms.checks.retention import is_due, why_due
from transforms.pseudonyms import PseudonymKey

KIND = "restore-check"


@dataclass(frozen=True)
class Returned:
    """What came back: partitions or files of them that had been deleted, and files that name erased accounts."""

    partitions: tuple[PlannedPartition, ...] = ()
    files: tuple[FileErasure, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield what came back as problems of a root."""
        for partition in self.partitions:
            yield Problem(
                ProblemKind.RETURNED, partition.path, f"{partition.records} records: {partition.why}"
            )
        for file in self.files:
            number = file.records_before - file.records_after + file.records_changed
            yield Problem(ProblemKind.RETURNED, file.path, f"{number} records name erased accounts")


def erased_for_good(
    root: Path, keys: Sequence[PseudonymKey], of_vault: Marks | None = None
) -> ErasedAccounts:
    """Return the accounts whose records were rewritten away: none of them may be in a partition again.

    `of_vault` is what a vault remembers: it alone knows when receipts were restored from before too. An erasure that
    left the partitions as they were says nothing of them.

    Raises:
        RetentionError: A receipt can't be read.
    """
    noted = list(erasures(root).values())
    rewritten = marks_of(one for one in noted if one.get("rewrite"))
    left = marks_of(one for one in noted if not one.get("rewrite")).keys() - rewritten.keys()
    vault = {digest: marks for digest, marks in (of_vault or {}).items() if digest not in left}
    return ErasedAccounts(joined_marks(rewritten, vault), tuple(keys))


def find_returned(root: Path, erased: ErasedAccounts, now: datetime) -> Returned:
    """Return what must go again; change nothing.

    Raises:
        RetentionError: There is no such root, or a receipt can't be read.
        LedgerError: A ledger can't be read.
        SchemaError: A file is not whole.
    """
    root = real_root(root)
    gone = tuple(_deleted_before(root, now))
    named = {f"{partition.path}/{file.name}" for partition in gone for file in partition.files}
    files = [] if not erased.marks else plan_files(root, erased.eraser())
    return Returned(gone, tuple(file for file in files if file.path not in named))


def verify_returned(root: Path, erased: ErasedAccounts, now: datetime) -> Iterator[Problem]:
    """Yield what came back; what can't be read, or is due in any case, is a problem of its own and none here."""
    today = now.astimezone(UTC).date()
    with suppress(LedgerError, RetentionError):
        gone = [part for part in _deleted_before(root, now) if not is_due(part.expires_on, today)]
        yield from Returned(tuple(gone)).problems()
    if erased.marks:
        yield from Returned(files=tuple(plan_files(root, erased.eraser(), damaged_too=False))).problems()


def _deleted_before(root: Path, now: datetime) -> Iterator[PlannedPartition]:
    """Yield what is due, and files of other partitions that a receipt says were deleted and no run wrote since."""
    today = now.astimezone(UTC).date()
    deleted = _deleted_files(root)
    written = _last_written(root)
    for partition in list_partitions(root).partitions:
        if is_due(partition.expires_on, today):
            yield replace(partition, why=why_due(partition.expires_on, today))
            continue
        receipts = {}
        for file in partition.files:
            path = f"{partition.path}/{file.name}"
            if path in deleted and written.get(path, "") < deleted[path].at:
                receipts[file.name] = deleted[path]
        if receipts:
            files = tuple(file for file in partition.files if file.name in receipts)
            number = max(receipt.number for receipt in receipts.values())
            yield replace(partition, files=files, why=f"deleted before, as receipt {number} says")


def _deleted_files(root: Path) -> dict[str, Receipt]:
    """Return the last receipt that says that a file was deleted, by the file's path."""
    return {
        f"{partition['path']}/{file['name']}": receipt
        for receipt in read_receipts(root)
        for partition in receipt.body.get("partitions", ())
        for file in partition["files"]
    }


def _last_written(root: Path) -> dict[str, str]:
    """Return when a run last wrote each file (ISO 8601, UTC)."""
    written: dict[str, str] = {}
    for ledger in read_ledgers(root):
        for file in ledger.files:
            written[file.path] = max(ledger.ended, written.get(file.path, ""))
    return written


def remove_returned(
    root: Path, erased: ErasedAccounts, now: datetime, clock: datetime | None = None
) -> tuple[Returned, Receipt | None]:
    """Remove exactly what came back, and return it with the receipt; there is none where nothing had come back.

    Work that was cut short is taken up again. The receipt is dated by the system's `clock`; where a person stated
    another `now`, it says both.

    Raises:
        RetentionError: A receipt can't be read, a partition changed meanwhile, or another process rewrites the root.
        OutputError: The root can't be written.
    """
    root = real_root(root)
    note = root / RECEIPTS / f"{KIND}{STARTED}"
    with rewriting(root):
        finish_runs(root)
        returned = find_returned(root, erased, now)
        progress: dict[str, Any] = {"partitions": {}, "rewritten": {}, **read_noted(note)}
        if returned == Returned() and not note.exists():
            return returned, None
        written = _written_receipt(root, progress)
        if returned == Returned() and written is not None:
            note.unlink()
            return returned, written
        with output_errors(root):
            note.parent.mkdir(exist_ok=True)
            _remove(root, returned, erased.eraser(), progress, note)
            stated = beside_clock(None if clock is None else now.isoformat())
            path = append_receipt(root, KIND, _receipt_body(progress) | stated, clock or now)
            note.unlink()
    return returned, read_receipt(path.parent)


def _written_receipt(root: Path, progress: Mapping[str, Any]) -> Receipt | None:
    """Return the receipt of work that was cut short just after it was written, None where it was not."""
    last = next((one for one in reversed(read_receipts(root)) if one.kind == KIND), None)
    said = _receipt_body(progress).items()
    return last if last is not None and all(last.body.get(name) == value for name, value in said) else None


def _remove(
    root: Path, returned: Returned, eraser: RecordEraser, progress: dict[str, Any], note: Path
) -> None:
    progress["partitions"] |= {partition.path: asdict(partition) for partition in returned.partitions}
    write_whole(note, progress)
    for partition in returned.partitions:
        delete_partition(root, partition.path, partition.files, only_these=True)
    if not returned.files:
        return
    for file in rewrite_files(root, eraser):
        note_rewriting(progress["rewritten"], file)
        write_whole(note, progress)


def _receipt_body(progress: Mapping[str, Any]) -> dict[str, Any]:
    partitions = list(progress["partitions"].values())
    return {
        "plan": None,
        "policies": sorted({policy for partition in partitions for policy in partition["policies"]}),
        "partitions": partitions,
        "rewritten": list(progress["rewritten"].values()),
    }

"""Commit a run: its files go from the staging folder into their partitions, all of them or none.

The commit point is one rename, that of `_runs/<run id>.pending.json`, which holds the ledger and every move.
Before it a killed run leaves nothing in a partition; after it any later run can finish it, two at once too.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pipelines.durable import sync_file_system, sync_folder
from pipelines.root.chain import ChainedRun, chain_run
from pipelines.root.claims import claim, is_gone, last_claim
from pipelines.root.commit_record import CommitRecord, read_commit
from pipelines.root.layout import CLAIMS, PENDING, RUNS, STAGING, output_errors, write_whole
from pipelines.root.ledger_files import load, pending_paths, read_ledgers, standing_runs
from pipelines.root.places import check_places, put_into_place, take_out
from pipelines.root.receipts import read_receipts
from pipelines.root.staging import clear_staging, make_staging
from pipelines.root.temporary import sweep_temporary
from pipelines.root.tightened import descendants
from schemas.errors import LedgerError, LogveilError, OutputError
from schemas.ledger import COMMIT_KEY, Ledger, LedgerFile, WrittenFile


@dataclass(frozen=True, slots=True)
class Run:
    """One run under way: its id and the folder that is its own until it is committed or discarded."""

    root: Path
    id: str

    @property
    def staging(self) -> Path:
        """Return the run's own folder."""
        return self.root / STAGING / self.id

    @property
    def pending(self) -> Path:
        """Return the file whose appearance commits the run."""
        return self.root / RUNS / f"{self.id}{PENDING}"

    @property
    def ledger(self) -> Path:
        """Return the file that the run's ledger ends in."""
        return self.root / RUNS / f"{self.id}.json"


def open_run(root: Path, started: datetime) -> Run:
    """Make a run's staging folder under the root.

    Raises:
        OutputError: The root is not a folder, or can't be written.
    """
    run = Run(root, f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}")
    make_staging(root, run.id)
    with output_errors(root):
        (root / RUNS / CLAIMS).mkdir(parents=True, exist_ok=True)
    return run


def discard(run: Run) -> None:
    """Remove what a failed run has staged; a run past its commit point keeps it."""
    if not run.pending.exists():
        clear_staging(run.staging)


def final_files(files: Iterable[WrittenFile]) -> list[tuple[WrittenFile, LedgerFile]]:
    """Return each written file with the name that it gets, in order of the names.

    A part that its runner cut into several bundles has several files of one name: those after the first, by
    order of their checksums, get a suffix.

    Example:
        >>> [file.name for _, file in final_files([
        ...     WrittenFile("p", "x.avro", "part-0a-00000.avro", 1, 9, "bb"),
        ...     WrittenFile("p", "y.avro", "part-0a-00000.avro", 1, 9, "aa"),
        ... ])]
        ['part-0a-00000.avro', 'part-0a-00000-1.avro']
    """
    named: defaultdict[tuple[str, str], int] = defaultdict(int)
    result = []
    for file in sorted(files, key=lambda file: (file.partition, file.final, file.sha256, file.temp)):
        number = named[file.partition, file.final]
        named[file.partition, file.final] += 1
        name = f"{file.final.removesuffix('.avro')}-{number}.avro" if number else file.final
        result.append((file, LedgerFile(file.partition, name, file.records, file.bytes, file.sha256)))
    return result


def commit(run: Run, ledger: Ledger, files: Sequence[WrittenFile]) -> Ledger:
    """Commit a run and return its ledger with its files.

    Raises:
        LedgerError: The run doesn't balance; nothing was committed.
        OutputError: The root can't be written; a later run finishes what is past the commit point.
    """
    with output_errors(run.root):
        for _ in commit_steps(run, ledger, files):
            pass
    return Ledger.from_json(load(run.ledger))


def commit_steps(run: Run, ledger: Ledger, files: Sequence[WrittenFile]) -> Iterator[str]:
    """Commit a run, yielding the name of each step that was done: a run may end after any of them."""
    named = final_files(files)
    ledger = ledger.with_files(final for _, final in named)
    ledger.balance()
    check_places(run.root, run.staging, (file.path for file in ledger.files))
    sync_file_system(run.staging)
    yield "staged"
    checksums = sorted({item.checksum for item in ledger.inputs})
    while any(last_claim(run.root, checksum)[1] != run.id for checksum in checksums):
        for checksum in checksums:
            claim(run.root, run.id, checksum, roll_forward)
    yield "claimed"
    replaces, removals = _replaced(run.root, checksums, {file.path for file in ledger.files})
    ledger = ledger.with_files(ledger.files, replaces)
    stated = {
        "moves": {final.path: written.temp for written, final in named},
        "removals": removals,
        "claims": {checksum: last_claim(run.root, checksum)[0] for checksum in checksums},
    }
    write_whole(run.pending, {**ledger.to_json(), COMMIT_KEY: stated})
    yield "pending"
    yield from roll_forward_steps(run.pending)


def _replaced(root: Path, checksums: Sequence[str], kept: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the runs that stood for these inputs, and of their files those that are not `kept`, by path."""
    ledgers = {earlier.run_id: earlier for earlier in read_ledgers(root)}
    standing = standing_runs(ledgers.values())
    replaces = {checksum: standing[checksum] for checksum in checksums if checksum in standing}
    written = {
        file.path: checksum
        for checksum, run_id in replaces.items()
        for file in ledgers[run_id].files
        if checksum.startswith(file.input_prefix)
    }
    written |= {path: written[origin] for path, origin in descendants(root, written).items()}
    return replaces, {path: checksum for path, checksum in written.items() if path not in kept}


def roll_forward(pending: Path) -> None:
    """Finish a run from its pending file; done already, by this or another process, is done."""
    for _ in roll_forward_steps(pending):
        pass


def roll_forward_steps(pending: Path) -> Iterator[str]:
    """Finish a run from its pending file, yielding the name of each step that was done.

    Raises:
        LedgerError: No run of this root writes such a file.
        OutputError: A staged file is lost, or something stands in the way of one.
    """
    root = pending.parent.parent
    run = Run(root, pending.name.removesuffix(PENDING))
    try:
        record = read_commit(pending)
    except FileNotFoundError:
        return
    try:
        yield from _move_all(run, record)
    except OutputError as error:
        raise OutputError(f"run {run.id} can't be finished: {error}") from error
    sync_file_system(root)
    ended = datetime.fromisoformat(record.ledger.ended)
    if pending.exists():
        chain_run(root, ChainedRun(run.id, record.digest, record.claims), ended)
    with suppress(FileNotFoundError):  # another process was quicker
        os.replace(pending, run.ledger)
    sync_folder(run.ledger.parent)
    yield "recorded"
    clear_staging(run.staging)
    yield "cleared"


def _move_all(run: Run, record: CommitRecord) -> Iterator[str]:
    """Put the files of a run into their partitions and take out those that it replaces."""
    for path, temp in record.moves.items():
        if not _put(run, temp, path) and run.pending.exists() and not has_expired(run.root, path):
            raise OutputError(
                f"{path} is neither staged nor in its place;"
                f" remove {RUNS}/{run.pending.name} and redact its inputs again"
            )
        yield f"moved {path}"
    for path, checksum in record.removals.items():
        if last_claim(run.root, checksum)[1] == run.id:
            take_out(run.root, path)
        yield f"removed {path}"


def _put(run: Run, temp: str, path: str) -> bool:
    staged = run.staging / temp
    if run.staging.is_symlink() or staged.is_symlink():
        raise OutputError(f"{STAGING}/{run.id} holds a link where a file was staged")
    return put_into_place(run.root, staged, path)


def has_expired(root: Path, path: str) -> bool:
    """Tell whether a receipt says that a file's partition was deleted."""
    partition = path.rpartition("/")[0]
    return any(
        partition == gone["path"]
        for receipt in read_receipts(root)
        for gone in receipt.body.get("partitions", ())
    )


def recover(root: Path) -> list[str]:
    """Finish every run that was past its commit point and sweep the staging of runs that are gone.

    Return the runs that were finished. One that can't be keeps no other from it.

    Raises:
        OutputError: The root can't be written, something stands in a run's way, or a file of it is lost.
        LedgerError: A pending file is none that a run of this root writes.
    """
    finished: list[str] = []
    stuck: list[LogveilError] = []
    with output_errors(root):
        for pending in pending_paths(root):
            try:
                roll_forward(pending)
                finished.append(pending.name.removesuffix(PENDING))
            except (OutputError, LedgerError) as error:
                stuck.append(error)
    sweep(root)
    if stuck:
        raise stuck[0]
    return finished


def sweep(root: Path) -> None:
    """Remove what runs that are gone have staged and not committed, and what was left half written."""
    sweep_temporary(root)
    for staging in (root / STAGING).glob("*"):
        if is_gone(root, staging.name):
            clear_staging(staging)

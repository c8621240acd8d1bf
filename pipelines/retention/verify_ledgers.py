"""Check the ledgers and receipts of a root against each other and against what stands on the disk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from pipelines.retention.verify_chain import verify_chained_runs
from pipelines.retention.verify_files import canaries_in
from pipelines.retention.verify_segments import verify_streams, written_by_streams
from pipelines.root.claims import is_gone
from pipelines.root.layout import PLANS, RECEIPTS, RUNS, STAGING, STREAM
from pipelines.root.ledger_files import ledger_paths, pending_paths, read_ledger, standing_runs
from pipelines.root.receipts import Receipt, chain_faults, read_receipts
from pipelines.root.tightened import tightenings
from schemas.errors import LedgerError, RetentionError
from schemas.ledger import Ledger
from schemas.verification import Problem, ProblemKind


@dataclass(frozen=True)
class Expected:
    """What ledgers, segments and receipts say of files.

    The checksums that each may have, by path; the partitions that expired; the files that are still to come.
    """

    checksums: Mapping[str, frozenset[str]]
    expired: frozenset[str]
    awaited: frozenset[str]


def verify_records_of_runs(root: Path) -> tuple[list[Problem], Expected]:
    """Return what is wrong with ledgers, receipts and unfinished work, and what they say of the files."""
    problems: list[Problem] = []
    ledgers: list[Ledger] = []
    for path in ledger_paths(root):
        try:
            ledgers.append(read_ledger(path))
            ledgers[-1].balance()
        except LedgerError as error:
            place = f"{RUNS}/{path.name}"
            problems.append(Problem(ProblemKind.LEDGER, place, str(error).removeprefix(f"{place}: ")))
        except FileNotFoundError:
            continue
    problems += [Problem(ProblemKind.RECEIPT, RECEIPTS, fault) for fault in chain_faults(root)]
    problems += verify_chained_runs(root)
    problems += _unfinished(root)
    problems += verify_streams(root)
    return problems, _expected(root, ledgers, _readable_receipts(root))


def _readable_receipts(root: Path) -> Sequence[Receipt]:
    try:
        return read_receipts(root)
    except RetentionError:
        return ()


def _unfinished(root: Path) -> Iterator[Problem]:
    for path in pending_paths(root):
        yield Problem(ProblemKind.UNFINISHED, f"{RUNS}/{path.name}", "a run is being committed")
    for path in sorted((root / RECEIPTS).glob("*.started.json")):
        yield Problem(ProblemKind.UNFINISHED, f"{RECEIPTS}/{path.name}", "a plan was not applied to its end")
    for path in sorted((root / STAGING).glob("*")):
        if is_gone(root, path.name):
            yield Problem(ProblemKind.UNFINISHED, f"{STAGING}/{path.name}", "a run died and left this")


def _expected(root: Path, ledgers: Sequence[Ledger], receipts: Iterable[Receipt]) -> Expected:
    standing = standing_runs(ledgers)
    checksums: defaultdict[str, set[str]] = defaultdict(set)
    for ledger in ledgers:
        own = {checksum for checksum, run_id in standing.items() if run_id == ledger.run_id}
        for file in ledger.files:
            if any(checksum.startswith(file.input_prefix) for checksum in own):
                checksums[file.path].add(file.checksum)
    written, awaited = written_by_streams(root)
    for path, checksum in written.items():
        checksums[path].add(checksum)
    expired: set[str] = set()
    committed_at = _committed_at(ledgers)
    for receipt in receipts:
        expired.update(partition["path"] for partition in receipt.body.get("partitions", ()))
        _follow(receipt, checksums, committed_at)
    known = {path: frozenset(sums) for path, sums in checksums.items() if sums}
    return Expected(known, frozenset(expired), awaited)


def _follow(receipt: Receipt, checksums: defaultdict[str, set[str]], committed_at: Mapping[str, str]) -> None:
    """Let the checksums be what they are after what a receipt tells of."""
    for file in receipt.body.get("joined", ()):
        for source in file["sources"]:
            checksums.pop(source["path"], None)
        checksums[file["path"]].add(file["after"])
    for file in receipt.body.get("rewritten", ()):
        sums = checksums.get(file["path"], set())
        if file["before"] in sums:
            sums.remove(file["before"])  # a copy from before the erasure is not as it should be
            sums.add(file["after"])
    for _, tightening in tightenings([receipt]):
        sums = checksums.get(tightening.path, set())
        if tightening.before in sums and committed_at.get(tightening.path, "") < receipt.at:
            sums.remove(tightening.before)
            for new in tightening.files:
                checksums[new.path].add(new.checksum)


def _committed_at(ledgers: Iterable[Ledger]) -> dict[str, str]:
    """Return when the last run that wrote a file ended, by the file's path."""
    return {file.path: ledger.ended for ledger in sorted(ledgers, key=_ended) for file in ledger.files}


def _ended(ledger: Ledger) -> str:
    return ledger.ended


def verify_checksums(root: Path, paths: Iterable[str], expected: Expected) -> Iterator[Problem]:
    """Yield the files that aren't what a ledger or receipt says, that none knows, and that are gone."""
    there = set(paths)
    for path in sorted(there):
        if path not in expected.checksums:
            yield Problem(ProblemKind.UNKNOWN, path, "no ledger knows this file")
            continue
        try:
            with (root / path).open("rb") as stream:
                digest = file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            continue  # it was deleted meanwhile
        except OSError as error:
            yield Problem(ProblemKind.UNREADABLE, path, f"cannot be read: {error.strerror}")
            continue
        if digest not in expected.checksums[path]:
            yield Problem(ProblemKind.CHECKSUM, path, "not what its ledger or the receipt of an erasure says")
    for path in sorted(expected.checksums.keys() - there - expected.awaited):
        if path.rpartition("/")[0] not in expected.expired and not (root / path).exists():
            yield Problem(ProblemKind.MISSING, path, "no receipt says why")


def _text_of(path: Path) -> str:
    """Return the text of a record, nothing if it was taken away meanwhile or is none; that is a problem of its own."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def verify_canaries(root: Path, paths: Iterable[str], canaries: Sequence[str]) -> Iterator[Problem]:
    """Yield the ledgers, plans, receipts and names that hold a canary."""
    for folder in (RUNS, RECEIPTS, PLANS, STAGING, STREAM):
        for path in sorted((root / folder).rglob("*.json")):
            for number in canaries_in(_text_of(path), canaries):
                name = path.relative_to(root)
                yield Problem(ProblemKind.CANARY, str(name), f"holds canary {number}")
    for number in {number for path in paths for number in canaries_in(path, canaries)}:
        yield Problem(ProblemKind.CANARY, ".", f"the name of a file holds canary {number}")

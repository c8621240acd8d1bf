"""Check ledgers and claims against what each run left in the chain, and the chain against a head kept elsewhere."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from os import listdir
from pathlib import Path

from pipelines.root.chain import ChainedRun, chained_runs
from pipelines.root.layout import CLAIMS, RECEIPTS, RUNS
from pipelines.root.ledger_files import ledger_paths
from pipelines.root.receipts import NO_RECEIPT, read_chain
from schemas.errors import RetentionError
from schemas.verification import Problem, ProblemKind


def verify_chained_runs(root: Path) -> Iterator[Problem]:
    """Yield the ledgers and claims that are gone, were changed, or were never written by a run of this root."""
    try:
        runs = chained_runs(root)
    except RetentionError:
        return  # the chain of receipts is a problem of its own
    for run in {run.run_id: run for run in runs}.values():
        yield from _ledger_problems(root, run)
        yield from _claim_problems(root, run)
    known = {run.run_id for run in runs}
    for path in ledger_paths(root):
        if path.name.removesuffix(".json") not in known:
            yield Problem(
                ProblemKind.LEDGER, f"{RUNS}/{path.name}", "no run left this in the chain of receipts"
            )


def _ledger_problems(root: Path, run: ChainedRun) -> Iterator[Problem]:
    place = f"{RUNS}/{run.run_id}.json"
    try:
        digest = sha256((root / place).read_bytes()).hexdigest()
    except FileNotFoundError:
        if not (root / RUNS / f"{run.run_id}.pending.json").exists():
            yield Problem(ProblemKind.LEDGER, place, "it is gone, and the chain of receipts has its run")
        return
    except OSError:
        return  # an unreadable ledger is a problem of its own
    if digest != run.ledger:
        yield Problem(
            ProblemKind.LEDGER, place, "it was changed since its run left it in the chain of receipts"
        )


def _claim_problems(root: Path, run: ChainedRun) -> Iterator[Problem]:
    for checksum, number in run.claims.items():
        place = f"{RUNS}/{CLAIMS}/{checksum}.{number}"
        holders: list[str] = []
        with suppress(OSError):
            holders = listdir(root / place)
        if holders != [run.run_id]:
            yield Problem(ProblemKind.LEDGER, place, f"it should be the claim of run {run.run_id}")


def verify_head(root: Path, expected: str) -> Iterator[Problem]:
    """Yield that the chain does not hold a head that was noted elsewhere: it was cut or written anew since."""
    try:
        digests = {NO_RECEIPT, *(receipt.digest for receipt in read_chain(root))}
    except RetentionError:
        return  # the chain of receipts is a problem of its own
    if expected.lower() not in digests:
        yield Problem(ProblemKind.RECEIPT, RECEIPTS, "the chain does not hold the head that is expected")

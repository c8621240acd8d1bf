"""What a run leaves in the chain of receipts: its ledger by checksum, and its claims.

So a ledger that is taken away or edited shows, as a receipt that is does. The head of the chain, kept elsewhere, shows
whether the chain as a whole is still the one that it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from pipelines.root.ledger_files import ledger_paths
from pipelines.root.receipts import NO_RECEIPT, RUN, append_receipt, has_receipt, read_chain
from schemas.errors import RetentionError


@dataclass(frozen=True, slots=True)
class ChainedRun:
    """A run as the chain knows it: its id, the SHA-256 of its ledger in hex, its claims by checksum of the input."""

    run_id: str
    ledger: str
    claims: Mapping[str, int]


def chain_run(root: Path, run: ChainedRun, at: datetime) -> None:
    """Add a run to the chain; a run that is finished by two processes at once may be there twice.

    The first run in a root of version 0.1, whose runs are in no chain, brings their ledgers into it as they are.

    Raises:
        OutputError: The root can't be written.
        RetentionError: The last receipt can't be read.
    """
    if not has_receipt(root, RUN):
        for path in ledger_paths(root):
            _chain(root, ChainedRun(path.stem, sha256(path.read_bytes()).hexdigest(), {}), at)
    _chain(root, run, at)


def _chain(root: Path, run: ChainedRun, at: datetime) -> None:
    append_receipt(root, RUN, {"run": run.run_id, "ledger": run.ledger, "claims": dict(run.claims)}, at)


def chained_runs(root: Path) -> list[ChainedRun]:
    """Return the runs that the chain knows, in its order.

    Raises:
        RetentionError: A receipt can't be read.
    """
    try:
        return [
            ChainedRun(receipt.body["run"], receipt.body["ledger"], dict(receipt.body["claims"]))
            for receipt in read_chain(root, RUN)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise RetentionError("the chain holds a run that cannot be read") from error


def head(root: Path) -> tuple[int, str]:
    """Return the number of the last receipt and its SHA-256 in hex; 0 and zeros where there is none.

    Raises:
        RetentionError: A receipt can't be read.
    """
    receipts = read_chain(root)
    return (receipts[-1].number, receipts[-1].digest) if receipts else (0, NO_RECEIPT)

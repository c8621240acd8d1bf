"""Read the ledgers of an output root, and tell which run's files stand for an input."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.layout import PENDING, RUNS
from schemas.errors import LedgerError
from schemas.ledger import Ledger, LedgerInput


def load(path: Path) -> Any:
    """Return the JSON of a ledger's file.

    Raises:
        LedgerError: It can't be read, or is not JSON.
        FileNotFoundError: It is not there.
    """
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise LedgerError(f"it cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise LedgerError("it is not JSON") from error


def read_ledger(path: Path) -> Ledger:
    """Return the ledger in a file.

    Raises:
        LedgerError: It is not a ledger.
    """
    try:
        ledger = Ledger.from_json(load(path))
    except LedgerError as error:
        raise LedgerError(f"{RUNS}/{path.name}: {error}") from error
    if ledger.run_id != path.name.removesuffix(".json").removesuffix(".pending"):
        raise LedgerError(f"{RUNS}/{path.name}: it is the ledger of another run")
    return ledger


def ledger_paths(root: Path) -> list[Path]:
    """Return the files of the finished runs in order of their names."""
    return sorted(path for path in (root / RUNS).glob("[!.]*.json") if not path.name.endswith(PENDING))


def pending_paths(root: Path) -> list[Path]:
    """Return the files of the runs that are being committed, in order of their names."""
    return sorted((root / RUNS).glob(f"[!.]*{PENDING}"))


def read_ledgers(root: Path) -> list[Ledger]:
    """Return the ledgers of the finished runs.

    Raises:
        LedgerError: One of the files is not a ledger.
    """
    return [read_ledger(path) for path in ledger_paths(root)]


def standing_runs(ledgers: Iterable[Ledger]) -> Mapping[str, str]:
    """Return, by the checksum of each input, the run whose files stand for it: the one not replaced."""
    kept = list(ledgers)
    replaced = {(checksum, run_id) for ledger in kept for checksum, run_id in ledger.replaces.items()}
    return {
        item.checksum: ledger.run_id
        for ledger in kept
        for item in ledger.inputs
        if (item.checksum, ledger.run_id) not in replaced
    }


def read_before(root: Path) -> list[LedgerInput]:
    """Return the inputs that runs have committed.

    `pipelines.root.commit.recover` comes first: a run that it would roll forward is not seen here.

    Raises:
        LedgerError: A file under `_runs` is not a ledger.
    """
    return [item for ledger in read_ledgers(root) for item in ledger.inputs]

"""What the receipts of a root say of erased accounts, and which runs have taken note of it.

An erasure notes what it erases before it erases anything, and a run opens its staging folder before it reads those
notes: so each run has read them, or is seen by the erasure as one that began too early.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.layout import RECEIPTS, STAGING, write_whole
from pipelines.root.ledger_files import ledger_paths, pending_paths
from pipelines.root.liveness import is_dead
from pipelines.root.receipts import read_receipts
from schemas.accounts import ErasedMark
from schemas.errors import RetentionError

ERASE = "erase"
STARTED = ".started.json"
_SEEN = "erasures.json"
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}|stream-[0-9a-f-]+")


def erasures(root: Path) -> dict[str, Mapping[str, Any]]:
    """Return what each erasure of a root erased, by the digest of its plan, those too that are under way.

    Raises:
        RetentionError: A receipt can't be read.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((root / RECEIPTS).glob(f"*{STARTED}")):
        noted = read_noted(path)
        if "accounts" in noted:
            found[path.name.removesuffix(STARTED)] = {**noted, "accounts": list(noted["accounts"].values())}
    for receipt in read_receipts(root):
        if receipt.kind == ERASE:
            found[str(receipt.body["plan"])] = receipt.body
    return found


def marks_of(erased: Iterable[Mapping[str, Any]]) -> dict[str, tuple[ErasedMark, ...]]:
    """Return the marks in what erasures noted, by their keyed hash.

    Raises:
        RetentionError: One of them is none.
    """
    marks: dict[str, tuple[ErasedMark, ...]] = {}
    try:
        for erasure in erased:
            for account in erasure["accounts"]:
                for stated in account["pseudonyms"]:
                    mark = ErasedMark(**stated)
                    marks[mark.digest] = (*marks.get(mark.digest, ()), mark)
    except (KeyError, TypeError) as error:
        raise RetentionError(f"{RECEIPTS} holds an erasure whose marks cannot be read") from error
    return marks


def take_note(root: Path, staging: Path) -> dict[str, tuple[ErasedMark, ...]]:
    """Return what was erased from a root, and note in a run's staging folder that the run knows it.

    Raises:
        RetentionError: A receipt can't be read.
    """
    found = erasures(root)
    marks = marks_of(found.values())
    write_whole(staging / _SEEN, sorted(found))
    return marks


def runs_unaware_of(root: Path, plan: str) -> list[str]:
    """Return the runs under way that have not taken note of an erasure: what they commit may bring its people back."""
    return sorted(
        staging.name
        for staging in (root / STAGING).glob("*")
        if _RUN_ID.fullmatch(staging.name)
        and plan not in _seen_by(staging)
        and not is_dead(staging)
        and staging.exists()
    )


def committed_runs(root: Path) -> frozenset[str]:
    """Return the names of the ledgers of a root, and of the runs that are being committed."""
    return frozenset(path.name for path in (*ledger_paths(root), *pending_paths(root)))


def _seen_by(staging: Path) -> list[str]:
    try:
        return list(orjson.loads((staging / _SEEN).read_bytes()))
    except (OSError, ValueError, TypeError):
        return []


def read_noted(path: Path) -> dict[str, Any]:
    """Return what an erasure under way has noted; nothing where there is no such note.

    Raises:
        RetentionError: It can't be read.
    """
    try:
        return dict(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return {}  # its receipt was written meanwhile
    except (OSError, ValueError, TypeError) as error:
        raise RetentionError(f"{RECEIPTS}/{path.name} cannot be read") from error

"""What a pending file says of a commit, believed only as far as a run of this root could have written it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.layout import RUNS
from pipelines.root.ledger_files import read_ledger
from schemas.errors import LedgerError
from schemas.ledger import COMMIT_KEY, Ledger, LedgerFile
from schemas.stated import has_form, is_count, is_place

TEMP_NAME = re.compile(r"[0-9a-f]{32}\.avro")
"""The form of the names in a staging folder; a path is none, so nothing is moved from elsewhere."""


@dataclass(frozen=True)
class CommitRecord:
    """How a run is committed: staged names by path, checksums of inputs by the path that goes, numbers of claims.

    `digest` is the SHA-256 of the file, in hex, which is that of the ledger that it becomes.
    """

    ledger: Ledger
    moves: Mapping[str, str]
    removals: Mapping[str, str]
    claims: Mapping[str, int]
    digest: str


def read_commit(pending: Path) -> CommitRecord:
    """Return what a pending file says.

    Raises:
        LedgerError: No run of this root writes such a file: a path leads elsewhere, or is none of the run's.
        FileNotFoundError: The run was finished meanwhile.
    """
    data = pending.read_bytes()
    ledger = read_ledger(pending)
    try:
        stated = orjson.loads(data)[COMMIT_KEY]
        moves, removals = stated["moves"], stated["removals"]
        claims = stated.get("claims")
        believable = (
            are_moves(moves, ledger.files) and _are_removals(removals, ledger) and _are_claims(claims, ledger)
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        believable = False
    if not believable:
        raise LedgerError(
            f"{RUNS}/{pending.name} says what no run of this root would do, so nothing of it was done:"
            " find out who wrote it, and take it away"
        )
    return CommitRecord(ledger, moves, removals, claims or {}, sha256(data).hexdigest())


def are_moves(moves: Mapping[str, Any], files: Iterable[LedgerFile]) -> bool:
    """Tell whether moves bring staged files, by their names alone, to the places that a record gives its files."""
    return set(moves) == {file.path for file in files} and all(map(has_form(TEMP_NAME), moves.values()))


def _are_removals(removals: Mapping[str, Any], ledger: Ledger) -> bool:
    replaced = ledger.replaces.keys()
    return all(is_place(path) and checksum in replaced for path, checksum in removals.items())


def _are_claims(claims: Mapping[str, Any] | None, ledger: Ledger) -> bool:
    """Tell whether a run could have these claims; runs of 0.1 left none in their record."""
    inputs = {item.checksum for item in ledger.inputs}
    return claims is None or (claims.keys() == inputs and all(map(is_count, claims.values())))

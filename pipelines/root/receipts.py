"""Receipts of what was deleted, of runs and of how far streams have come: a chain by hashes, so that none goes unseen.

The n-th receipt is the one file in the folder `_receipts/<n>`, which comes by a rename that fails where such
a folder is: of two at once, each gets a number of its own. `_receipts/last.json` repeats the last number and
hash, because a chain alone does not show that its end is missing.
"""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from pipelines.durable import sync_folder
from pipelines.root.layout import RECEIPTS, output_errors, write_whole
from schemas.errors import RetentionError
from schemas.stated import is_count, is_moment

LAST = "last.json"
RUN = "run"
"""The kind of what a run leaves in the chain."""

LANES = "lanes"
"""The kind of what says in the chain how far lanes of streams have come."""

NO_RECEIPT = "0" * 64
_NUMBER = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Receipt:
    """What was deleted, when and why.

    `at` is an ISO 8601 time in UTC; `previous` is the SHA-256 of the receipt before this one, in hex, and
    `digest` that of this one. The digest is worked out from the file, and no part of it.
    """

    number: int
    kind: str
    at: str
    previous: str
    body: Mapping[str, Any]
    digest: str = ""


def beside_clock(stated_now: str | None) -> dict[str, str]:
    """Return what a receipt says of a moment that was stated in place of the clock by which it is dated."""
    return {} if stated_now is None else {"stated_now": stated_now}


def append_receipt(root: Path, kind: str, body: Mapping[str, Any], now: datetime, once: bool = False) -> Path:
    """Write the next receipt of a root and return its path.

    With `once`, a plan (`body["plan"]`) that has a receipt of this kind gets no second one, not even from
    another process at the same time.

    Raises:
        OutputError: The root can't be written.
        RetentionError: The last receipt can't be read.
    """
    folder = root / RECEIPTS
    with output_errors(root):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{uuid4().hex}"
        try:
            receipt = Receipt(0, kind, now.astimezone(UTC).isoformat(), "", body)
            return _append(folder, temporary, receipt, once)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _append(folder: Path, temporary: Path, receipt: Receipt, once: bool) -> Path:
    temporary.mkdir()
    while True:
        number = _last_number(folder)
        written = find_receipt(folder.parent, receipt.kind, receipt.body["plan"]) if once else None
        if written is not None:
            _note_last(folder)
            return _path(folder, written.number, written.kind)
        previous = read_receipt(folder / f"{number:06d}").digest if number else NO_RECEIPT
        numbered = replace(receipt, number=number + 1, previous=previous)
        content = {name: value for name, value in asdict(numbered).items() if name != "digest"}
        write_whole(temporary / f"{receipt.kind}.json", content)
        target = folder / f"{number + 1:06d}"
        try:
            temporary.rename(target)
        except OSError:
            if not target.exists():
                raise
            continue
        sync_folder(folder)
        _note_last(folder)
        return _path(folder, number + 1, receipt.kind)


def _path(folder: Path, number: int, kind: str) -> Path:
    return folder / f"{number:06d}" / f"{kind}.json"


def find_receipt(root: Path, kind: str, plan: str) -> Receipt | None:
    """Return the receipt of a plan by the plan's digest, None if the plan was not applied to the end.

    Raises:
        RetentionError: A receipt can't be read.
    """
    for receipt in read_receipts(root):
        if receipt.kind == kind and receipt.body.get("plan") == plan:
            return receipt
    return None


def settled_receipt(root: Path, kind: str, plan: str) -> Receipt | None:
    """Return the receipt of a plan by the plan's digest, without the note of its start that a killed process may leave.

    Raises:
        RetentionError: A receipt can't be read.
    """
    receipt = find_receipt(root, kind, plan)
    if receipt is not None:
        (root / RECEIPTS / f"{plan}.started.json").unlink(missing_ok=True)
    return receipt


def _last_number(folder: Path) -> int:
    return max((int(name) for name in os.listdir(folder) if _NUMBER.fullmatch(name)), default=0)


def _note_last(folder: Path) -> None:
    number = _last_number(folder)
    digest = read_receipt(folder / f"{number:06d}").digest
    write_whole(folder / LAST, {"number": number, "digest": digest})


def read_receipt(folder: Path) -> Receipt:
    """Return the receipt in a numbered folder.

    Raises:
        RetentionError: There is none, or more than one, or it is no receipt.
    """
    place = f"{RECEIPTS}/{folder.name}"
    paths = list(folder.glob("[!.]*"))
    if len(paths) != 1:
        raise RetentionError(f"{place} should hold one receipt and holds {len(paths)} files")
    try:
        data = paths[0].read_bytes()
        receipt = Receipt(**orjson.loads(data), digest=sha256(data).hexdigest())
        if not (isinstance(receipt.body, dict) and is_moment(receipt.at) and is_count(receipt.number)):
            raise TypeError
    except OSError as error:
        raise RetentionError(f"{place} cannot be read: {error.strerror}") from error
    except (orjson.JSONDecodeError, TypeError) as error:
        raise RetentionError(f"{place} is no receipt") from error
    return receipt


def read_receipts(root: Path) -> list[Receipt]:
    """Return the receipts of what was deleted from a root, in order of their numbers.

    Raises:
        RetentionError: One of them can't be read.
    """
    return [
        read_receipt(folder)
        for folder in _folders(root)
        if not any((folder / f"{kind}.json").exists() for kind in (RUN, LANES))
    ]


def read_chain(root: Path, kind: str | None = None) -> list[Receipt]:
    """Return what stands in the chain of a root, all of it or one kind, in order of the numbers.

    Raises:
        RetentionError: Something in it can't be read.
    """
    folders = [path for path in _folders(root) if kind is None or (path / f"{kind}.json").exists()]
    return [read_receipt(folder) for folder in folders]


def has_receipt(root: Path, kind: str) -> bool:
    """Tell whether anything of a kind stands in the chain of a root."""
    return any((folder / f"{kind}.json").exists() for folder in _folders(root))


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in (root / RECEIPTS).glob("*") if _NUMBER.fullmatch(path.name))


def chain_faults(root: Path) -> list[str]:
    """Return what is wrong with the chain of receipts: nothing, if none was removed or changed."""
    try:
        receipts = read_chain(root)
    except RetentionError as error:
        return [str(error)]
    faults: list[str] = []
    previous = NO_RECEIPT
    for number, receipt in enumerate(receipts, start=1):
        if receipt.number != number:
            return [*faults, f"receipt {number} is missing"]
        if receipt.previous != previous:
            faults.append(f"receipt {number - 1} was changed after receipt {number} was written")
        previous = receipt.digest
    return faults + _end_faults(root / RECEIPTS / LAST, receipts)


def _end_faults(last: Path, receipts: list[Receipt]) -> list[str]:
    try:
        stated = orjson.loads(last.read_bytes())
        number, digest = int(stated["number"]), str(stated["digest"])
    except FileNotFoundError:
        return [f"{RECEIPTS}/{LAST} is missing"] if receipts else []
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{RECEIPTS}/{LAST} can't be read"]
    if number > len(receipts):
        return [f"receipt {len(receipts) + 1} is missing"]
    if number and receipts[number - 1].digest != digest:
        return [f"receipt {number} was changed"]
    return []

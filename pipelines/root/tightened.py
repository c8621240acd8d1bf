"""What the receipts of a root say of files that were brought to a stricter policy: what took whose place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.root.layout import RECEIPTS
from pipelines.root.receipts import Receipt, read_receipts
from schemas.errors import RetentionError

TIGHTEN = "tighten"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that takes another's place: its path in the root, SHA-256 in hex, records, size in bytes."""

    path: str
    checksum: str
    records: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Tightening:
    """What becomes of a file: its path and SHA-256 before, its records, what takes its place, and what is done."""

    path: str
    before: str
    records: int
    files: tuple[NewFile, ...]
    done: Mapping[str, int]

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> "Tightening":
        """Return what a plan or a receipt states.

        Raises:
            RetentionError: It states something else.
        """
        try:
            files = tuple(NewFile(**file) for file in stated["files"])
            return cls(**{**stated, "files": files})
        except (TypeError, KeyError) as error:
            raise RetentionError("a tightening lacks a key, or holds one that is not known") from error


def tightenings(receipts: Iterable[Receipt]) -> Iterator[tuple[Receipt, Tightening]]:
    """Yield what receipts say was tightened, in order.

    Raises:
        RetentionError: One of them can't be read.
    """
    for receipt in receipts:
        if receipt.kind == TIGHTEN:
            for stated in receipt.body.get("tightened", ()):
                yield receipt, Tightening.of(stated)


def descendants(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the files that took the place of files of a root by tightening, and from which each came.

    Raises:
        RetentionError: A receipt can't be read.
    """
    origins = {path: path for path in paths}
    found: dict[str, str] = {}
    if (root / RECEIPTS).is_dir():
        for _, tightening in tightenings(read_receipts(root)):
            if tightening.path in origins:
                came = {file.path: origins[tightening.path] for file in tightening.files}
                origins |= came
                found |= came
    return found

"""Rewrite the partitions of an output root without erased accounts: to a temp file, verified, swapped."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipelines.durable import sync_folder
from pipelines.root.layout import output_errors
from pipelines.root.staging import staging_folder
from schemas.errors import OutputError, RetentionError, SchemaError
from transforms.accounts.erasure import ErasedFile, RecordEraser, erase_from_file

Heed = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FileErasure:
    """What an erasure does to one file: path in the root, SHA-256 before and after in hex, records."""

    path: str
    before: str
    after: str
    records_before: int
    records_after: int
    records_changed: int
    bytes_after: int


def files_to_rewrite(root: Path) -> list[Path]:
    """Return every file of a root that may name an account."""
    return sorted(root.glob("category=*/expires_on=*/*.avro"))


def plan_files(
    root: Path, eraser: RecordEraser, damaged_too: bool = True, heed: Heed | None = None
) -> list[FileErasure]:
    """Return what the rewriting would do to each file that names the accounts; `heed` is told of
    bytes looked at.

    Raises:
        OutputError: A symbolic link stands in a partition.
        SchemaError: A file is damaged, and `damaged_too` says that it counts.
    """
    return [
        _described(root, path, data, erased)
        for path, data, erased in _touched(root, eraser, damaged_too, heed)
    ]


def rewrite_files(root: Path, eraser: RecordEraser, heed: Heed | None = None) -> Iterator[FileErasure]:
    """Rewrite each file that names the accounts; yield what will be done to it just before the swap.

    At every moment a partition holds the old or the new file, whole.

    Raises:
        OutputError: The root cannot be written.
        RetentionError: A rewritten file does not read back as it should.
    """
    with staging_folder(root, "erase") as staging:
        for path, data, erased in _touched(root, eraser, heed=heed):
            temporary = _write_verified(root, staging, path.name, erased, eraser)
            yield _described(root, path, data, erased)
            _swap(root, temporary, path, data)


def _write_verified(root: Path, staging: Path, name: str, erased: ErasedFile, eraser: RecordEraser) -> Path:
    """Write the rewritten form of a file and read it back."""
    temporary = staging / name
    with output_errors(root):
        with temporary.open("wb") as out:
            out.write(erased.data)
            out.flush()
            os.fsync(out.fileno())
        _verify(temporary, erased, eraser)
    return temporary


def _swap(root: Path, temporary: Path, path: Path, data: bytes) -> None:
    """Swap a file for its rewritten form, if it is still what was read."""
    with output_errors(root):
        if path.read_bytes() != data:
            raise RetentionError(f"{path.relative_to(root)} changed meanwhile: apply the plan again")
        temporary.replace(path)
        sync_folder(path.parent)


def _verify(temporary: Path, erased: ErasedFile, eraser: RecordEraser) -> None:
    """Read a rewritten file back: as written, and nothing of the accounts in it."""
    written = temporary.read_bytes()
    if written != erased.data or erase_from_file(written, eraser) is not None:
        raise RetentionError("a rewritten file does not read back as it should: nothing was swapped")


def _touched(
    root: Path, eraser: RecordEraser, damaged_too: bool = True, heed: Heed | None = None
) -> Iterator[tuple[Path, bytes, ErasedFile]]:
    """Yield the files that name the accounts; a symbolic link is refused, as it may lead outside."""
    for path in files_to_rewrite(root):
        if path.is_symlink() or path.parent.is_symlink() or path.parent.parent.is_symlink():
            raise OutputError(f"{path.relative_to(root)} stands behind a symbolic link")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # it expired meanwhile
        try:
            erased = erase_from_file(data, eraser)
        except SchemaError as error:
            if not damaged_too:
                continue
            raise SchemaError(f"{path.relative_to(root)}: {error}") from error
        if erased is not None:
            yield path, data, erased
        if heed is not None:
            heed(len(data))


def _described(root: Path, path: Path, data: bytes, erased: ErasedFile) -> FileErasure:
    return FileErasure(
        str(path.relative_to(root)),
        sha256(data).hexdigest(),
        sha256(erased.data).hexdigest(),
        erased.records,
        erased.records - erased.removed,
        erased.changed,
        len(erased.data),
    )

"""List the partitions of a root as they stand on the disk, following no symbolic link."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fastavro

from pipelines.root.layout import PLANS, RECEIPTS, RUNS, STAGING, STREAM
from pipelines.root.recorded_files import Recorded, recorded_files
from schemas.errors import RetentionError
from schemas.retention_plan import PlannedFile, PlannedPartition, parse_partition
from transforms.avro.faults import NOT_AVRO

OWN_FOLDERS = frozenset((RUNS, STAGING, RECEIPTS, PLANS, STREAM))
_SILLY_RENAME = re.compile(r"\.nfs[0-9a-f]+")
"""What NFS leaves of a file that was deleted while somebody read it; it goes by itself."""


@dataclass(frozen=True)
class Listing:
    """The partitions of a root, what stands where a partition should and is none, and who wrote which file."""

    partitions: tuple[PlannedPartition, ...]
    unparsable: tuple[str, ...]
    recorded: Recorded


def list_partitions(root: Path) -> Listing:
    """Return what stands under a root.

    Raises:
        RetentionError: There is no such folder.
    """
    recorded = recorded_files(root)
    partitions: list[PlannedPartition] = []
    unparsable: list[str] = []
    for category in _entries(root):
        if category.name in OWN_FOLDERS or category.name.startswith("."):
            continue
        if not category.is_dir(follow_symlinks=False):
            unparsable.append(category.name)
            continue
        for entry in _entries_if_there(Path(category.path)):
            path = f"{category.name}/{entry.name}"
            try:
                parse_partition(path)
                partitions.append(_describe(root, path, recorded))
            except FileNotFoundError:
                continue  # it was deleted meanwhile
            except RetentionError:
                unparsable.append(path)
    return Listing(tuple(partitions), tuple(unparsable), recorded)


def _entries_if_there(folder: Path) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, none if it was deleted meanwhile."""
    return _entries(folder) if os.path.lexists(folder) else []


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise RetentionError(f"cannot list {folder}: {error.strerror}") from error


def _describe(root: Path, path: str, recorded: Recorded) -> PlannedPartition:
    with open_partition(root, path) as descriptor:
        files = list_files(descriptor, path, lambda name, size: _records(root, path, name, size, recorded))
    writers = [recorded[f"{path}/{file.name}"][0] for file in files if f"{path}/{file.name}" in recorded]
    policies = sorted({f"{writer.policy_version} {writer.policy_digest}" for writer in writers})
    return PlannedPartition(path, files, tuple(policies))


def _records(root: Path, path: str, name: str, size: int, recorded: Recorded) -> int | None:
    known = recorded.get(f"{path}/{name}")
    if known is not None and known[1].bytes == size:
        return known[1].records
    try:
        with (root / path / name).open("rb") as stream:
            return sum(block.num_records for block in fastavro.block_reader(stream))
    except NOT_AVRO:
        return None


def is_silly_rename(name: str) -> bool:
    """Tell whether a name is what NFS leaves of a file that was deleted while somebody read it."""
    return _SILLY_RENAME.fullmatch(name) is not None


@contextmanager
def open_partition(root: Path, path: str) -> Iterator[int]:
    """Open a partition's folder step by step, so that no symbolic link can lead outside the root.

    Raises:
        RetentionError: The path is no partition's, or a symbolic link stands in it.
        FileNotFoundError: There is no such folder.
    """
    parse_partition(path)
    descriptors = [os.open(root, os.O_RDONLY | os.O_DIRECTORY)]
    try:
        for name in path.split("/"):
            descriptors.append(_open_folder(name, descriptors[-1], path))
        yield descriptors[-1]
    finally:
        for descriptor in reversed(descriptors):
            os.close(descriptor)


def _open_folder(name: str, parent: int, path: str) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except NotADirectoryError as error:
        raise RetentionError(f"{path} is not a folder, or stands behind a symbolic link") from error


def list_files(
    descriptor: int, path: str, count: Callable[[str, int], int | None]
) -> tuple[PlannedFile, ...]:
    """Return the files of an open partition in order of their names; `count` gives the records of one.

    Raises:
        RetentionError: It holds something else than plain files.
    """
    files = []
    for name in sorted(os.listdir(descriptor)):
        if is_silly_rename(name):
            continue
        try:
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except FileNotFoundError:
            continue  # it was deleted meanwhile
        if not stat.S_ISREG(status.st_mode):
            raise RetentionError(f"{path} holds something that is not a plain file")
        files.append(PlannedFile(name, status.st_size, status.st_mtime_ns, count(name, status.st_size)))
    return tuple(files)

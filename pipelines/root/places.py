"""Put files into partitions and take them out, folder by folder from the root, so that no link is ever followed."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.errors import OutputError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_OBSTACLES = {
    errno.EISDIR: "a folder stands in its place",
    errno.ENOTEMPTY: "a folder stands in its place",
    errno.ENOTDIR: "a file or link stands where its folder should be",
    errno.ELOOP: "a file or link stands where its folder should be",
    errno.EXDEV: "its folder is on another file system than the root",
}


def put_into_place(root: Path, source: Path, path: str) -> bool:
    """Rename a staged file to a path relative to the root; tell whether it is in its place, moved by whomever.

    Raises:
        OutputError: Something stands in the way; the message names the path and what it is.
    """
    partition, _, name = path.rpartition("/")
    make = False
    while True:
        try:
            with _open_folder(root, partition, make) as folder:
                os.replace(source, name, dst_dir_fd=folder)
            return True
        except FileNotFoundError:
            if not source.exists():
                return _is_file(root / path)
            make = True  # the folder is not there yet, or an expiry took it away just now
        except OSError as error:
            raise _obstacle(path, error) from error


def take_out(root: Path, path: str) -> None:
    """Remove a file by its path relative to the root, and its folder if nothing else is in it; gone is gone.

    Raises:
        OutputError: Something stands in the way.
    """
    partition, _, name = path.rpartition("/")
    try:
        with _open_folder(root, partition, make=False) as folder:
            os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _obstacle(path, error) from error
    with suppress(OSError):  # others' files stand there
        (root / partition).rmdir()


def check_places(root: Path, staging: Path, paths: Iterable[str]) -> None:
    """Check that files can be put into their places, before anything is promised.

    Raises:
        OutputError: A folder, a file or a link stands in the way of one, or it is on another file system.
    """
    device = staging.stat().st_dev
    folders: dict[str, bool] = {}
    for path in paths:
        partition = path.rpartition("/")[0]
        if partition not in folders:
            folders[partition] = _check_folder(root, partition, device, path)
        if folders[partition] and _mode(root / path) == stat.S_IFDIR:
            raise _obstacle(path, OSError(errno.EISDIR, ""))


def _check_folder(root: Path, partition: str, device: int, path: str) -> bool:
    """Tell whether a partition's folder is there."""
    folder = root
    for name in partition.split("/"):
        folder /= name
        try:
            status = os.lstat(folder)
        except FileNotFoundError:
            return False
        if not stat.S_ISDIR(status.st_mode):
            raise _obstacle(path, OSError(errno.ENOTDIR, ""))
        if status.st_dev != device:
            raise _obstacle(path, OSError(errno.EXDEV, ""))
    return True


@contextmanager
def _open_folder(root: Path, partition: str, make: bool) -> Iterator[int]:
    descriptors = [os.open(root, os.O_RDONLY | os.O_DIRECTORY)]
    try:
        for name in partition.split("/"):
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=descriptors[-1])
            descriptors.append(os.open(name, _FOLDER, dir_fd=descriptors[-1]))
        yield descriptors[-1]
    finally:
        for descriptor in reversed(descriptors):
            os.close(descriptor)


def _is_file(path: Path) -> bool:
    return _mode(path) == stat.S_IFREG


def _mode(path: Path) -> int:
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except FileNotFoundError:
        return 0


def _obstacle(path: str, error: OSError) -> OutputError:
    reason = _OBSTACLES.get(error.errno or 0)
    if reason is None:
        return OutputError(f"{path} cannot be written: {error.strerror}")
    return OutputError(f"{path}: {reason}; move that away")

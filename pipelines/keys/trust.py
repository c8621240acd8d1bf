"""Whom a key ring is left to: what another user owns, could read or could change is refused."""

import os
import stat
from pathlib import Path

from schemas.errors import KeyFileError
from schemas.secret_files import others_can_read

_ROOT = 0


def check_folder(folder: Path) -> None:
    """Refuse a folder of keys into which another user could put one.

    Where the sticky bit holds others off the names that are there, as in a mounted Kubernetes secret, each file is
    asked instead.

    Raises:
        KeyFileError: Another user owns it, or others may write into it.
    """
    status = os.stat(folder)
    _check_owner(folder, status)
    mode = stat.S_IMODE(status.st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
        raise KeyFileError(f"{folder} has mode {mode:04o}, others may write into it: run chmod 700 on it")


def check_file(path: Path, status: os.stat_result) -> None:
    """Refuse a file of the ring that another user made, could read or could change.

    Only root may let our own group read a key, which is how Kubernetes mounts a secret for a pod's `fsGroup`.

    Raises:
        KeyFileError: Another user owns it, or others could read or write it.
    """
    _check_owner(path, status)
    if others_can_read(status, os.geteuid(), (os.getegid(), *os.getgroups())):
        mode = stat.S_IMODE(status.st_mode)
        raise KeyFileError(f"{path} has mode {mode:04o}, others could read it: run chmod 600 on it")


def check_note(path: Path) -> None:
    """Refuse a note in the ring, of a destroyed key or a fingerprint, that another user could have put there.

    Raises:
        KeyFileError: Another user owns it, or others could write it.
    """
    status = os.stat(path)
    _check_owner(path, status)
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o022:
        raise KeyFileError(f"{path} has mode {mode:04o}, others could write it: run chmod 600 on it")


def _check_owner(path: Path, status: os.stat_result) -> None:
    if status.st_uid not in (os.geteuid(), _ROOT):
        raise KeyFileError(f"{path} belongs to another user (uid {status.st_uid}): keys must be your own")

"""Pseudonym keys: 32 random bytes an epoch, in files that only their owner can read, or in the environment.

A key ring is a directory with one file per epoch (`1.key`, `2.key`, …); the newest living epoch is current.
A destroyed epoch leaves a tombstone (`1.destroyed`), so that its number never comes back with another key.
"""

import logging
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.durable import sync_folder
from pipelines.keys.files import KeyPlace, make_key, overwrite, write_note
from pipelines.keys.trust import check_folder, check_note
from schemas.errors import KeyFileError
from transforms.pseudonyms import PseudonymKey

EPOCH_VARIABLE = "LOGVEIL_KEY_EPOCH"
FIRST_EPOCH = "1"

logger = logging.getLogger(__name__)

_EPOCH = re.compile(r"[0-9a-z]{1,8}")
_RING_ENTRY = re.compile(r"(?P<epoch>[1-9][0-9]{0,7})\.(?P<state>key|destroyed)")


@dataclass(frozen=True)
class KeyRing:
    """The keys at hand, oldest first, and where new ones would be kept.

    `directory` is None for a single key from a file or the environment: such a ring cannot change.
    """

    keys: tuple[PseudonymKey, ...]
    destroyed: tuple[str, ...] = ()
    directory: Path | None = field(default=None, repr=False)

    @property
    def current(self) -> PseudonymKey:
        """Return the key of the newest living epoch.

        Raises:
            KeyFileError: Every epoch was destroyed.
        """
        if not self.keys:
            raise KeyFileError("every key epoch was destroyed: make a new one with `logveil keys new`")
        return self.keys[-1]

    def find(self, epoch: str) -> PseudonymKey | None:
        """Return the key of an epoch, or None where it was destroyed or never was."""
        return next((key for key in self.keys if key.epoch == epoch), None)

    def new_epoch(self) -> "KeyRing":
        """Return the ring with a new current epoch, whose key is on disk.

        Raises:
            KeyFileError: The ring is not a directory, or another process is making the same epoch.
        """
        directory = self._changeable()
        numbers = [int(key.epoch) for key in self.keys] + [int(epoch) for epoch in self.destroyed]
        epoch = str(max(numbers, default=0) + 1)
        key = make_key(directory, epoch)
        return replace(self, keys=(*self.keys, key))

    def destroy(self, epoch: str, note: str) -> "KeyRing":
        """Return the ring without an epoch, whose key file was overwritten and removed; a note stays in its place.

        The tombstone comes first: a crash in between leaves a key that the next call removes.

        Raises:
            KeyFileError: The ring is not a directory or has no such epoch.
        """
        directory = self._changeable()
        path = directory / f"{epoch}.key"
        if _EPOCH.fullmatch(epoch) is None or not path.exists():
            living = ", ".join(key.epoch for key in self.keys) or "none"
            raise KeyFileError(f"there is no key of that epoch in {directory}; living epochs: {living}")
        write_note(directory / f"{epoch}.destroyed", note)
        overwrite(path)
        path.unlink()
        sync_folder(directory)
        return replace(
            self,
            keys=tuple(key for key in self.keys if key.epoch != epoch),
            destroyed=(*self.destroyed, epoch) if epoch not in self.destroyed else self.destroyed,
        )

    def _changeable(self) -> Path:
        """Return the directory of the ring, or refuse."""
        if self.directory is None:
            raise KeyFileError("a single key has no epochs to change: use a directory of keys (--keys DIR)")
        return self.directory


def load_keys(path: Path | None, environ: Mapping[str, str]) -> KeyRing:
    """Return the key ring of a directory, of a single key file, or of the environment where no path is given.

    A single key has the epoch that `LOGVEIL_KEY_EPOCH` names, "1" by default.

    Raises:
        KeyFileError: There is no key, others could read it, or it is not 32 bytes.
    """
    if path is not None and path.is_dir():
        return _load_ring(path)
    epoch = environ.get(EPOCH_VARIABLE, FIRST_EPOCH)
    if _EPOCH.fullmatch(epoch) is None:
        raise KeyFileError(f"{EPOCH_VARIABLE} must be one to eight digits or lower-case letters")
    if path is not None:
        return KeyRing((KeyPlace(epoch, path.absolute()).read(environ),))
    return KeyRing((KeyPlace(epoch).read(environ),))


def development_keys(root: Path) -> KeyRing:
    """Return the key ring beside an output root (`<root>.keys/`), made and announced on first use.

    Raises:
        KeyFileError: The ring is there and cannot be used, or it cannot be made.
    """
    directory = root.with_name(root.name + ".keys")
    if not directory.exists() and make_ring(directory):
        logger.warning(
            "Made a development key in %s: keep it with the output, and give production its own.", directory
        )
    return _load_ring(directory)


def make_ring(directory: Path) -> bool:
    """Make a key ring with its first epoch; return False where another process was first.

    Raises:
        KeyFileError: The directory cannot be made.
    """
    staged = directory.with_name(f"{directory.name}.{secrets.token_hex(8)}")
    try:
        staged.mkdir(mode=0o700, parents=True)
        make_key(staged, FIRST_EPOCH)
        try:
            # A rename onto a directory that holds something fails: one process wins, no half ring shows.
            staged.rename(directory)
        except OSError:
            shutil.rmtree(staged)
            if not directory.is_dir():
                raise
            return False
        sync_folder(directory.parent)
    except OSError as error:
        raise KeyFileError(f"cannot make the key ring {directory}: {error.strerror}") from None
    return True


def _load_ring(directory: Path) -> KeyRing:
    """Return the ring of a directory; names that are no ring entry are passed over."""
    directory = directory.absolute()
    try:
        check_folder(directory)
        names = os.listdir(directory)
        entries = [entry for name in names if (entry := _RING_ENTRY.fullmatch(name))]
        for entry in entries:
            if entry["state"] == "destroyed":
                check_note(directory / entry.string)
    except OSError as error:
        raise KeyFileError(f"cannot read the key ring {directory}: {error.strerror}") from None
    destroyed = sorted((entry["epoch"] for entry in entries if entry["state"] == "destroyed"), key=int)
    living = {entry["epoch"] for entry in entries if entry["state"] == "key"} - set(destroyed)
    keys = [KeyPlace(epoch, directory / f"{epoch}.key")() for epoch in sorted(living, key=int)]
    if not entries:
        raise KeyFileError(f"the key ring {directory} is empty: make a key with `logveil keys new`")
    return KeyRing(tuple(keys), tuple(destroyed), directory)

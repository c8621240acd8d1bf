"""The table of known accounts in a file below the root, which the worker processes of a run map and share."""

import mmap
from dataclasses import dataclass, replace
from pathlib import Path

from schemas.errors import SecretError
from transforms.detect import Detection
from transforms.detect.known_accounts import Held

TABLE = "known_accounts"


@dataclass(frozen=True)
class MappedFile:
    """A table in a file of the run's own folder, which only its owner reads; it holds keyed hashes."""

    path: Path

    def __call__(self) -> memoryview:
        """Map the file: its pages are shared by all who do.

        Raises:
            SecretError: It is not there.
        """
        try:
            with self.path.open("rb") as file:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError):
            raise SecretError("the table of known accounts is not where this job was told") from None


def on_disk(detection: Detection | None, folder: Path) -> Detection | None:
    """Return a detection whose table of known accounts, if it has one, lies in a folder and not in what is pickled."""
    known = None if detection is None else detection.known
    if detection is None or known is None or not isinstance(known.load, Held):
        return detection
    path = folder / TABLE
    path.touch(mode=0o600)
    path.write_bytes(known.load())
    return replace(detection, known=replace(known, load=MappedFile(path)))

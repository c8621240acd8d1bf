"""Import account life-cycle events from a file of JSON lines or a folder of such files that is watched."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import Vault
from schemas.accounts import AccountEvent, AccountFault
from schemas.errors import InputError
from transforms.accounts.events import parse_account_event

BATCH = 1_000
REJECTED = "rejected"
PATTERN = "*.jsonl"


def import_events(vault: Vault, source: Path, now_ms: int) -> Counter[str]:
    """Apply all events of a file, or of a folder's `*.jsonl` files; return the counts.

    A line that cannot be used is counted as `rejected/<reason>`; reading a file again changes nothing.

    Raises:
        InputError: The source cannot be read.
        VaultError: The database refused.
    """
    counts: Counter[str] = Counter()
    for path in _files(source):
        counts += import_file(vault, path, now_ms)
    return counts


def import_file(vault: Vault, path: Path, now_ms: int) -> Counter[str]:
    """Apply the events of one file and return the counts.

    Raises:
        InputError: The file cannot be read.
        VaultError: The database refused.
    """
    counts: Counter[str] = Counter()
    try:
        with path.open("rb") as lines:
            while batch := list(islice(lines, BATCH)):
                events, faults = _parse(batch, now_ms)
                counts += faults + apply_events(vault, events)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    return counts


def watch(
    vault: Vault, folder: Path, seconds: float, now_ms: Callable[[], int]
) -> Iterator[tuple[Path, Counter[str]]]:
    """Import the files of a folder as they come or grow, for ever; yield each with its counts.

    Files are written under another name and renamed when whole, or only ever appended to: a line that is
    read before it is whole is rejected then and applied when its file has grown.

    Raises:
        InputError: A file cannot be read.
        VaultError: The database refused.
    """
    done: dict[Path, tuple[int, int]] = {}
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder that could be watched")
    while True:
        for path in _files(folder):
            state = _state(path)
            if state is not None and done.get(path) != state:
                yield path, import_file(vault, path, now_ms())
                done[path] = state
        time.sleep(seconds)


def _state(path: Path) -> tuple[int, int] | None:
    """Return the size of a file and when it changed, None if it was taken away meanwhile."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _files(source: Path) -> list[Path]:
    """Return the files of a source in order of their names."""
    if source.is_dir():
        return sorted(source.glob(PATTERN))
    return [source]


def _parse(lines: Sequence[bytes], now_ms: int) -> tuple[list[AccountEvent], Counter[str]]:
    """Return the events of lines, and how many lines could not be used and why; blank lines are nothing."""
    results = [parse_account_event(line, now_ms) for line in lines if line.strip()]
    faults = Counter(f"{REJECTED}/{fault}" for fault in results if isinstance(fault, AccountFault))
    return [event for event in results if isinstance(event, AccountEvent)], faults

"""Tell whether the process that owns a staging folder is still there, without locks."""

import os
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

OWNER = "owner.json"
SILENT_SECONDS = 24 * 3600
_ENDED = "ZX"
_START_TIME = 19
"""Place of a process's start time in /proc/<pid>/stat after the command's name: field 22 (proc(5))."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, named so that no later process is taken for it; `started` counts clock ticks since boot."""

    host: str
    space: str
    pid: int
    started: str


def this_process() -> Owner:
    """Return the process that asks."""
    return Owner(socket.gethostname(), _process_space(), os.getpid(), _start_time(os.getpid()) or "")


def write_owner(folder: Path) -> None:
    """Say in a folder that this process works there."""
    (folder / OWNER).write_bytes(orjson.dumps(asdict(this_process())))


def is_dead(folder: Path) -> bool:
    """Tell whether nobody works in a folder any more.

    On the owner's own machine the process table says so. From another one it takes 24 hours without a write:
    the folder's files are their own heartbeat.
    """
    try:
        owner = Owner(**orjson.loads((folder / OWNER).read_bytes()))
    except (OSError, ValueError, TypeError):
        return _is_silent(folder)
    here = this_process()
    if (owner.host, owner.space) == (here.host, here.space):
        return _start_time(owner.pid) != owner.started
    return _is_silent(folder)


def _is_silent(folder: Path) -> bool:
    newest = 0.0
    with suppress(FileNotFoundError, NotADirectoryError):
        newest = folder.stat().st_mtime
        newest = max([newest, *(entry.stat().st_mtime for entry in os.scandir(folder))])
    return time.time() - newest > SILENT_SECONDS


def _process_space() -> str:
    """Return what process ids are relative to: this boot, and this container's process namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return f"unknown {os.getpid()}"


def _start_time(pid: int) -> str | None:
    """Return when a process started; None if there is none, or one that has ended and waits for its parent."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state in _ENDED else rest[_START_TIME - 1]

"""Find what stands in a root and is named by none of its records, wherever it lies: such a file never expires."""

import re
from collections.abc import Callable, Iterator
from os import DirEntry, scandir
from pathlib import Path

import orjson

from pipelines.root.layout import CLAIMS, PLANS, RECEIPTS, RUNS, STAGING, STREAM
from pipelines.root.liveness import OWNER
from pipelines.root.partition_folders import OWN_FOLDERS, is_silly_rename
from pipelines.root.temporary import is_being_written
from schemas.verification import Problem, ProblemKind

_DIGEST = r"[0-9a-f]{64}"
_RUN = r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}"
_NOTED = {
    RUNS: rf"{_RUN}(?:\.pending)?\.json",
    f"{RUNS}/{CLAIMS}": rf"{_DIGEST}\.[0-9]+/{_RUN}/",
    PLANS: r"[^/]+\.json",
    RECEIPTS: rf"last\.json|(?:{_DIGEST}|restore-check)\.started\.json|[0-9]{{6}}/[a-z][a-z-]*\.json",
    STREAM: (
        r"[0-9a-f]{16}/[0-9]{4}/(?:dealing\.json|[0-9]{3}/last\.json"
        r"|[0-9]{3}/[0-9]{6}(?:\.json|/[0-9]{9}/(?:segment\.json|done)))"
    ),
}
"""What the records of a root put below its own folders: what a folder's last part matches, if nothing deeper does.

A path that ends in `/` is that of an empty folder. Whether a record may be there by its own word (a ledger that is in
no chain, a receipt that breaks it) is asked where that word is read.
"""

_FORMS = {folder: re.compile(form) for folder, form in _NOTED.items()}


def unnamed(root: Path) -> Iterator[Problem]:
    """Yield what no record of a root names, apart from what stands in partitions, which their checksums tell."""
    for entry in _entries(root):
        if entry.name == STAGING:
            yield from _strangers_in_staging(Path(entry.path))
        elif entry.name in OWN_FOLDERS:
            yield from _strangers(root, Path(entry.path))
        elif entry.name.startswith(".") and not is_silly_rename(entry.name):
            yield _problem(entry.name)


def _strangers(root: Path, folder: Path) -> Iterator[Problem]:
    """Yield what none of the forms of one of our folders matches."""
    if folder.is_symlink() or not folder.is_dir():
        yield _problem(folder.name)
        return
    for path in _leaves(folder):
        place = path.relative_to(root).as_posix() + ("/" if path.is_dir() and not path.is_symlink() else "")
        if not _is_noted(place) or path.is_symlink() or not _is_what_it_says(root, place):
            yield _problem(place.rstrip("/"))


def _is_noted(place: str) -> bool:
    for folder in (f"{RUNS}/{CLAIMS}", *_FORMS):
        if place.startswith(f"{folder}/"):
            return _FORMS[folder].fullmatch(place.removeprefix(f"{folder}/")) is not None
    return place.rstrip("/") in (*_FORMS, f"{RUNS}/{CLAIMS}")  # an empty folder of our own


def _is_what_it_says(root: Path, place: str) -> bool:
    """Tell whether what calls itself a plan is one; other records are read elsewhere."""
    if not place.startswith(f"{PLANS}/"):
        return True
    try:
        return {"kind", "version", "digest"} <= orjson.loads((root / place).read_bytes()).keys()
    except (OSError, ValueError, AttributeError):
        return False


def _strangers_in_staging(folder: Path) -> Iterator[Problem]:
    """Yield what lies in the staging folder and belongs to no process, not even one that died."""
    if folder.is_symlink() or not folder.is_dir():
        yield _problem(folder.name)
        return
    for entry in _entries(folder):
        if is_being_written(Path(entry.path)):
            continue
        if not entry.is_dir(follow_symlinks=False) or not (Path(entry.path) / OWNER).is_file():
            yield _problem(f"{folder.name}/{entry.name}")


def _leaves(folder: Path) -> Iterator[Path]:
    """Yield the files, links and empty folders below a folder, by name."""
    entries = _entries(folder)
    for entry in entries:
        path = Path(entry.path)
        if is_being_written(path):
            continue
        if not entry.is_dir(follow_symlinks=False):
            if not is_silly_rename(entry.name):
                yield path
        elif any(_entries(path)):
            yield from _leaves(path)
        else:
            yield path


def _entries(
    folder: Path, key: Callable[[DirEntry[str]], str] = lambda entry: entry.name
) -> list[DirEntry[str]]:
    try:
        with scandir(folder) as entries:
            return sorted(entries, key=key)
    except FileNotFoundError:
        return []  # it was finished meanwhile


def _problem(place: str) -> Problem:
    return Problem(
        ProblemKind.UNKNOWN, printable(place), "no record of this root names it, so it never expires"
    )


def printable(place: str) -> str:
    """Return a path as it may be printed: what is no text, or moves the cursor, is escaped.

    Example:
        >>> printable("a\\x1b[2Jb"), printable("caf\\udce9")
        ('a\\\\x1b[2Jb', 'caf\\\\udce9')
    """
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in place)

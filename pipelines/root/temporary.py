"""Temporary names beside records: a process that dies while it writes leaves one, which is swept an hour later."""

import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

from pipelines.root.layout import PLANS, RECEIPTS, RUNS, STAGING

ABANDONED_SECONDS = 3600.0
"""No record takes so long to write."""

_NAME = re.compile(r"\.[0-9a-f]{32}(?:\.tmp)?")


def is_being_written(path: Path) -> bool:
    """Tell whether a path is that of a record which somebody is writing just now."""
    return _NAME.fullmatch(path.name) is not None and not _is_abandoned(path)


def sweep_temporary(root: Path) -> None:
    """Remove what processes that died left half written among the records of a root."""
    for folder in (RUNS, RECEIPTS, PLANS, STAGING):
        for path in (root / folder).glob(".*"):
            if _NAME.fullmatch(path.name) and _is_abandoned(path):
                _remove(path)


def _is_abandoned(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > ABANDONED_SECONDS
    except OSError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()

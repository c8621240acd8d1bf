"""Rewrite a root without erased accounts although runs come and go: until nothing can bring them back."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipelines.lanes.log import roll_forward
from pipelines.root.commit import recover
from pipelines.root.erase_files import FileErasure, Heed, rewrite_files
from pipelines.root.erased_marks import committed_runs, runs_unaware_of
from pipelines.root.segment_files import unfinished_segments
from schemas.errors import RetentionError
from transforms.accounts.erasure import RecordEraser

PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.1


def finish_runs(root: Path) -> None:
    """Finish every run and segment of a root that is past its commit point.

    Raises:
        OutputError: One of them can't be finished.
        LedgerError: The log of a stream can't be read.
    """
    recover(root)
    for lane, sequence in unfinished_segments(root):
        roll_forward(lane, sequence)


def rewrite_all(
    root: Path, eraser: RecordEraser, plan: str, heed: Heed | None = None
) -> Iterator[FileErasure]:
    """Rewrite each file that names the accounts, again for what runs commit meanwhile; yield each before its swap.

    `plan` is the digest of what was noted before: a run that has not taken note of it is waited for.

    Raises:
        OutputError: The root cannot be written.
        RetentionError: A run is under way that began before the note was made.
    """
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        finish_runs(root)
        before, early = committed_runs(root), runs_unaware_of(root, plan)
        yield from rewrite_files(root, eraser, heed)
        unaware = runs_unaware_of(root, plan)
        if not unaware and not early and committed_runs(root) == before:
            return
        if unaware and time.monotonic() > patience:
            raise RetentionError(
                f"run {unaware[0]} began before this erasure and is not done:"
                " apply the plan again when it is, and nothing of the accounts is left"
            )
        time.sleep(_POLL_SECONDS if unaware else 0)


def note_rewriting(rewritten: dict[str, Any], file: FileErasure) -> None:
    """Note what is done to a file, by its path; of one that came again, as it was first and as it is now."""
    first = rewritten.get(file.path)
    rewritten[file.path] = asdict(file)
    if first is not None:
        rewritten[file.path] |= {
            "before": first["before"],
            "records_before": first["records_before"],
            "records_changed": first["records_changed"] + file.records_changed,
        }

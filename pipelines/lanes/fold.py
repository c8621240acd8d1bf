"""Fold the segments of a lane's full blocks, a day each at ten seconds a segment, into one file a block.

The block's folder goes by one rename: a writer that slept meanwhile finds no place left for its segment.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from pipelines.durable import sync_folder
from pipelines.root.layout import STAGING, output_errors, write_whole
from pipelines.root.segment_files import Lane, is_done, last_sequence, read_segment, sequences

FOLDED_VERSION = 1


def fold(lane: Lane) -> list[Path]:
    """Fold every block of a lane that is full and whose segments are all done; return the files.

    Raises:
        LedgerError: A segment can't be read.
        OutputError: The root can't be written.
    """
    made = []
    last = last_sequence(lane)
    blocks: dict[Path, list[int]] = {}
    for sequence in sequences(lane):
        blocks.setdefault(lane.block(sequence), []).append(sequence)
    with output_errors(lane.root):
        for folder, members in blocks.items():
            if folder != lane.block(last) and all(is_done(lane, sequence) for sequence in members):
                segments = [read_segment(lane, sequence)[0].to_json() for sequence in members]
                path = folder.with_suffix(".json")
                write_whole(path, {"version": FOLDED_VERSION, "segments": segments})
                made.append(path)
        for path in lane.folder.glob("[0-9]*.json"):
            _remove(lane, path.with_suffix(""))
    return made


def _remove(lane: Lane, folder: Path) -> None:
    """Take a folded block's folder away at once, then delete what was in it."""
    away = lane.root / STAGING / f"folded-{uuid4().hex}"
    away.parent.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        os.rename(folder, away)
        sync_folder(lane.folder)
        shutil.rmtree(away, ignore_errors=True)

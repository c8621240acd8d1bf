"""Commit a segment of a lane: all of it or nothing, by one writer of any number, whatever dies when.

The commit point is one rename of a folder, which fails where such a folder is: it is the claim of the segment's
number, the fence against whoever writes for the same lane, and the commit in one. After it the files go into their
partitions, and whoever next looks at the lane finishes what was cut short.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from pipelines.durable import sync_folder
from pipelines.root.claims import is_gone
from pipelines.root.commit import has_expired
from pipelines.root.lane_ends import note_end
from pipelines.root.layout import STAGING, output_errors, write_whole
from pipelines.root.places import put_into_place
from pipelines.root.segment_files import (
    DONE,
    SEGMENT,
    Lane,
    is_awaited,
    is_done,
    last_sequence,
    read_dealing,
    read_segment,
    segment_file_name,
    staging_name,
)
from pipelines.root.staging import make_staging
from schemas.errors import ClosedLaneError, LaneError, OutputError
from schemas.ledger import COMMIT_KEY, LedgerFile, WrittenFile
from schemas.segment import Offsets, Segment

_CLAIM = "claim"


@dataclass(frozen=True)
class Position:
    """Where a lane stands: the segment to write next, and from where it reads each partition."""

    sequence: int
    next: Offsets
    closed: bool = False
    last: Segment | None = None


def position(lane: Lane) -> Position:
    """Return where a lane stands, after finishing a last segment that was cut short.

    Raises:
        LedgerError: The lane's log can't be read.
        OutputError: The root can't be written, or a file of the segment is lost.
    """
    last = last_sequence(lane)
    if not last:
        return Position(1, read_dealing(lane.root, lane.stream, lane.epoch).starts_of(lane.number))
    roll_forward(lane, last)
    segment, _ = read_segment(lane, last)
    return Position(last + 1, segment.next, segment.closing, segment)


def open_staging(lane: Lane, sequence: int) -> Path:
    """Make the folder of an attempt at a segment.

    Raises:
        OutputError: The root can't be written.
    """
    return make_staging(lane.root, staging_name(lane, sequence, uuid4().hex[:8]))


def sweep_lane(lane: Lane) -> None:
    """Remove what attempts at this lane have left whose processes are gone."""
    for staging in (lane.root / STAGING).glob(f"{staging_name(lane, 0, '').removesuffix('0-')}*"):
        if is_gone(lane.root, staging.name):
            shutil.rmtree(staging, ignore_errors=True)


def commit_segment(lane: Lane, staging: Path, segment: Segment, files: Sequence[WrittenFile]) -> Segment:
    """Commit a segment and return it with its files.

    Raises:
        LedgerError: The segment doesn't balance; nothing was committed.
        StreamError: It doesn't begin where the lane stands; nothing was committed.
        LaneError: Another process was quicker, or has closed the lane; nothing was committed.
        OutputError: The root can't be written; what is past the commit point is finished later.
    """
    with output_errors(lane.root):
        for _ in commit_steps(lane, staging, segment, files):
            pass
    return read_segment(lane, segment.sequence)[0]


def commit_steps(lane: Lane, staging: Path, segment: Segment, files: Sequence[WrittenFile]) -> Iterator[str]:
    """Commit a segment, yielding the name of each step that was done: a process may end after any of them."""
    name = segment_file_name(lane, segment.sequence)
    named = [
        (LedgerFile(file.partition, name, file.records, file.bytes, file.sha256), file) for file in files
    ]
    segment = segment.with_files(final for final, _ in named)
    segment.balance()
    before = _check_before(lane, segment).last
    segment = replace(segment, previous="" if before is None else before.digest)
    for file in files:
        _sync_file(staging / file.temp)
    moves = {final.path: written.temp for final, written in named}
    ours = staging / _CLAIM
    ours.mkdir()
    write_whole(ours / SEGMENT, {**segment.to_json(), COMMIT_KEY: {"staging": staging.name, "moves": moves}})
    for folder in (staging, staging.parent, lane.root):
        sync_folder(folder)
    yield "staged"
    _claim(lane, segment.sequence, ours)
    yield "claimed"
    yield from roll_forward_steps(lane, segment.sequence)


def _check_before(lane: Lane, segment: Segment) -> Position:
    before = position(lane)
    if before.closed:
        raise ClosedLaneError(
            f"lane {lane.number} was closed: the topic has been dealt anew; start this stream again"
        )
    if before.sequence != segment.sequence:
        raise LaneError(f"another process has gone on with lane {lane.number}")
    segment.check_follows(before.next)
    return before


def _claim(lane: Lane, sequence: int, ours: Path) -> None:
    """Put a segment's folder into its place, which is free for one writer only."""
    target = lane.segment(sequence)
    _make_block(lane, sequence)
    try:
        os.rename(ours, target)
    except OSError:
        # The block of a writer that slept for a day may have been folded: then its folder is gone.
        if target.exists() or not target.parent.exists():
            raise LaneError(f"another process has gone on with lane {lane.number}") from None
        raise
    sync_folder(target.parent)


def _make_block(lane: Lane, sequence: int) -> None:
    block = lane.block(sequence)
    if block.is_dir() or block.with_suffix(".json").exists():
        return
    block.mkdir(parents=True, exist_ok=True)
    for folder in (lane.folder, lane.folder.parent):
        sync_folder(folder)


def roll_forward(lane: Lane, sequence: int) -> None:
    """Finish a segment; done already, by this or another process, is done.

    Raises:
        OutputError: The root can't be written, or a file is lost.
    """
    with output_errors(lane.root):
        for _ in roll_forward_steps(lane, sequence):
            pass


def roll_forward_steps(lane: Lane, sequence: int) -> Iterator[str]:
    """Finish a segment, yielding the name of each step that was done."""
    if is_done(lane, sequence):
        return
    segment, how = read_segment(lane, sequence)
    staging = lane.root / STAGING / how["staging"]
    for path, temp in how["moves"].items():
        if not put_into_place(lane.root, staging / temp, path) and not _is_excused(lane, sequence, path):
            raise OutputError(
                f"segment {sequence} of lane {lane.number} can't be finished:"
                f" {path} is neither staged nor in its place"
            )
        yield f"moved {path}"
    for folder in sorted(
        {folder for path in how["moves"] for folder in (lane.root / path).parents}, reverse=True
    ):
        if folder.is_relative_to(lane.root):
            with suppress(FileNotFoundError):  # it has expired
                sync_folder(folder)
    yield "synced"
    note_end(lane, segment)
    yield "noted"
    with suppress(FileNotFoundError):  # folded meanwhile, so done
        (lane.segment(sequence) / DONE).touch()
        sync_folder(lane.segment(sequence))
    yield "done"
    shutil.rmtree(staging, ignore_errors=True)
    yield "cleared"


def _is_excused(lane: Lane, sequence: int, path: str) -> bool:
    """Tell whether a file may be gone: another process has finished the segment, or its partition has expired."""
    return is_done(lane, sequence) or has_expired(lane.root, path)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(staging: Path) -> None:
    """Remove what a failed attempt has staged, unless its segment is past the commit point."""
    if not is_awaited(staging.parent.parent, staging.name):
        shutil.rmtree(staging, ignore_errors=True)

"""Deal a topic's partitions to lanes, and deal them anew: first every lane is closed, which fences its old writers."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from pipelines.durable import sync_folder
from pipelines.lanes.log import commit_segment, discard, open_staging, position
from pipelines.root.layout import STREAM, output_errors, write_whole
from pipelines.root.segment_files import DEALING, Lane, epoch_folder, lanes_of, last_epoch, read_dealing
from schemas.errors import LaneError, StreamError
from schemas.segment import Dealing, Offsets, Segment, stream_id

_TRIES = 100


def deal(
    root: Path, topic: str, lanes: int | None, starts: Callable[[], Offsets], now: datetime, default: int = 1
) -> Dealing:
    """Return how a topic is dealt: as it was, if it was dealt to so many lanes, else anew.

    `starts` is asked where a topic begins that was never dealt; no number of lanes means as many as there are, at
    first `default`.

    Raises:
        StreamError: Another process deals it to another number of lanes at the same time.
        LedgerError: The log of the stream can't be read.
        OutputError: The root can't be written.
    """
    stream = stream_id(topic)
    epoch = last_epoch(root, stream)
    if not epoch:
        return _put(root, Dealing(topic, 1, lanes or default, starts(), now.isoformat()))
    stands = read_dealing(root, stream, epoch)
    wanted = lanes or stands.lanes
    open_lanes = [lane for lane in lanes_of(root, stream, epoch) if not position(lane).closed]
    if wanted == stands.lanes and len(open_lanes) == stands.lanes:
        return stands
    ends: dict[int, int] = {}
    for lane in lanes_of(root, stream, epoch):
        ends.update(close(lane, now))
    return _put(root, Dealing(topic, epoch + 1, wanted, ends, now.isoformat()))


def close(lane: Lane, now: datetime) -> Offsets:
    """Close a lane, so that no writer of it can commit any more, and return where its partitions are read next.

    Raises:
        StreamError: Writers are always quicker.
        OutputError: The root can't be written.
    """
    for _ in range(_TRIES):
        stands = position(lane)
        if stands.closed:
            return stands.next
        staging = open_staging(lane, stands.sequence)
        moment = now.isoformat()
        closing = Segment(
            lane.stream, lane.epoch, lane.number, stands.sequence, stands.next,
            now=moment, started=moment, ended=moment, closing=True,
        )  # fmt: skip
        try:
            return commit_segment(lane, staging, closing, []).next
        except LaneError:
            continue
        finally:
            discard(staging)
    raise StreamError(f"lane {lane.number} can't be closed: its writers are always quicker; stop them first")


def _put(root: Path, dealing: Dealing) -> Dealing:
    """Put a dealing into its place, which is free for one process only; return the one that is there."""
    stream = stream_id(dealing.topic)
    target = epoch_folder(root, stream, dealing.epoch)
    with output_errors(root):
        target.parent.mkdir(parents=True, exist_ok=True)
        ours = target.parent / f".{uuid4().hex}"
        ours.mkdir()
        try:
            write_whole(ours / DEALING, dealing.to_json())
            os.rename(ours, target)
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(ours, ignore_errors=True)
        for folder in (target.parent, root / STREAM, root):
            sync_folder(folder)
    there = read_dealing(root, stream, dealing.epoch)
    if there.lanes != dealing.lanes:
        raise StreamError(f"another process has just dealt the topic to {there.lanes} lanes")
    return there

"""How far each lane of a stream has come, noted where it shows if the lane's newest segments are taken away.

Segments are a chain by their digests, which does not show that its end is missing. So `last.json` beside a lane's
segments repeats the last of them, and the chain of receipts has the first of each block, a closing one, and all ends as
they were when its head was asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.layout import write_whole
from pipelines.root.receipts import LANES, append_receipt, read_chain
from pipelines.root.segment_files import (
    BLOCK_SEGMENTS,
    Lane,
    is_done,
    lanes_of,
    last_epoch,
    last_sequence,
    read_segment,
    stream_ids,
)
from schemas.errors import LedgerError, RetentionError
from schemas.segment import Segment
from schemas.stated import is_count, is_text

LAST = "last.json"


@dataclass(frozen=True, slots=True)
class LaneEnd:
    """A segment that a lane is known to have had: its place, and its digest."""

    stream: str
    epoch: int
    lane: int
    sequence: int
    digest: str

    @classmethod
    def of(cls, segment: Segment) -> "LaneEnd":
        """Return a segment's."""
        return cls(segment.stream, segment.epoch, segment.lane, segment.sequence, segment.digest)


def note_end(lane: Lane, segment: Segment) -> None:
    """Note that a lane has come to a segment, before that counts as done.

    Raises:
        RetentionError: A receipt can't be read.
        OSError: The root can't be written.
    """
    end = LaneEnd.of(segment)
    if segment.closing or segment.sequence % BLOCK_SEGMENTS == 1:
        _note_in_chain(lane.root, [end], datetime.fromisoformat(segment.ended))
    write_whole(lane.folder / LAST, {"sequence": end.sequence, "digest": end.digest})


def note_ends(root: Path, now: datetime) -> None:
    """Note in the chain of receipts how far every lane has come, so that the chain's head covers it.

    Raises:
        LedgerError: A segment can't be read.
        RetentionError: A receipt can't be read.
        OutputError: The root can't be written.
    """
    ends = []
    for stream in stream_ids(root):
        for lane in lanes_of(root, stream, last_epoch(root, stream)):
            last = last_sequence(lane)
            if last and not is_done(lane, last):
                last -= 1
            if last:
                ends.append(LaneEnd.of(read_segment(lane, last)[0]))
    _note_in_chain(root, ends, now)


def noted_ends(root: Path) -> list[LaneEnd]:
    """Return what the chain of receipts says of lanes, in its order.

    Raises:
        RetentionError: A receipt can't be read.
    """
    try:
        return [_end(end) for receipt in read_chain(root, LANES) for end in receipt.body["ends"]]
    except (KeyError, TypeError) as error:
        raise RetentionError("the chain holds an end of a lane that cannot be read") from error


def _end(content: Mapping[str, Any]) -> LaneEnd:
    end = LaneEnd(**content)
    if not (is_text(end.stream) and is_text(end.digest)):
        raise TypeError
    if not all(map(is_count, (end.epoch, end.lane, end.sequence))):
        raise TypeError
    return end


def last_noted(lane: Lane) -> LaneEnd | None:
    """Return what `last.json` of a lane says, None where there is none.

    Raises:
        LedgerError: It can't be read.
    """
    path = lane.folder / LAST
    try:
        content = orjson.loads(path.read_bytes())
        sequence, digest = content["sequence"], content["digest"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"{path.relative_to(lane.root)} cannot be read") from error
    if not (is_count(sequence) and is_text(digest)):
        raise LedgerError(f"{path.relative_to(lane.root)} cannot be read")
    return LaneEnd(lane.stream, lane.epoch, lane.number, sequence, digest)


def _note_in_chain(root: Path, ends: Sequence[LaneEnd], at: datetime) -> None:
    known = set(noted_ends(root))
    new = [asdict(end) for end in ends if end not in known]
    if new:
        append_receipt(root, LANES, {"ends": new}, at)

"""Check the logs of streams: every segment balances and begins where the one before it ended."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.root.layout import STAGING, STREAM
from pipelines.root.liveness import is_dead
from pipelines.root.segment_files import (
    Lane,
    all_lanes,
    is_done,
    lanes_of,
    last_epoch,
    read_dealing,
    read_lane,
    read_segment,
    stream_ids,
    unfinished_segments,
)
from schemas.errors import LedgerError, StreamError
from schemas.segment import Offsets, Segment
from schemas.verification import Problem, ProblemKind


def verify_streams(root: Path) -> Iterator[Problem]:
    """Yield what is wrong with the logs of a root's streams: unread offsets, offsets read twice, unfinished work."""
    try:
        for lane in all_lanes(root):
            yield from _lane_problems(lane)
        for stream in stream_ids(root):
            yield from _dealing_problems(root, stream)
        for lane, sequence in unfinished_segments(root):
            if _is_worked_on(lane, sequence):
                continue
            place = str(lane.segment(sequence).relative_to(root))
            yield Problem(
                ProblemKind.UNFINISHED,
                place,
                "a segment was cut short",
            )
    except LedgerError as error:
        yield Problem(ProblemKind.LEDGER, STREAM, str(error))


def _is_worked_on(lane: Lane, sequence: int) -> bool:
    staging = lane.root / STAGING / read_segment(lane, sequence)[1].get("staging", "")
    return is_done(lane, sequence) or not is_dead(staging)


def written_by_streams(root: Path) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the checksum of each file that segments wrote, by path, and the files that are still to come."""
    written: dict[str, str] = {}
    awaited: set[str] = set()
    with suppress(LedgerError):  # it is reported as a problem of its own
        unfinished = set(unfinished_segments(root))
        for lane in all_lanes(root):
            for segment in read_lane(lane):
                written |= {file.path: file.checksum for file in segment.files}
                if (lane, segment.sequence) in unfinished:
                    awaited.update(file.path for file in segment.files)
    return written, frozenset(awaited)


def _lane_problems(lane: Lane) -> Iterator[Problem]:
    place = str(lane.folder.relative_to(lane.root))
    at: Offsets | None = read_dealing(lane.root, lane.stream, lane.epoch).starts_of(lane.number)
    expected = 1
    try:
        for segment in read_lane(lane):
            if segment.sequence != expected:
                yield Problem(ProblemKind.LEDGER, place, f"segment {expected} is missing")
                at = None
            yield from _segment_problems(segment, at, place)
            at, expected = segment.next, segment.sequence + 1
    except LedgerError as error:
        yield Problem(ProblemKind.LEDGER, place, str(error))


def _segment_problems(segment: Segment, at: Offsets | None, place: str) -> Iterator[Problem]:
    try:
        segment.balance()
        if at is not None:
            segment.check_follows(at)
    except (LedgerError, StreamError) as error:
        yield Problem(ProblemKind.LEDGER, place, f"segment {segment.sequence}: {error}")


def _dealing_problems(root: Path, stream: str) -> Iterator[Problem]:
    """Yield the dealings that don't begin where the one before ended."""
    for epoch in range(1, last_epoch(root, stream)):
        ends = dict(read_dealing(root, stream, epoch).starts)
        for lane in lanes_of(root, stream, epoch):
            for segment in read_lane(lane):
                ends |= segment.next
        if ends != dict(read_dealing(root, stream, epoch + 1).starts):
            detail = f"dealing {epoch + 1} begins elsewhere than {epoch} ended"
            yield Problem(ProblemKind.LEDGER, f"{STREAM}/{stream}", detail)

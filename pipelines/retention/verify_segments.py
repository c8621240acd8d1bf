"""Check the logs of streams: every segment balances, begins where the one before it ended, and is the one it was."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.root.lane_ends import LAST, last_noted, noted_ends
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
from schemas.errors import LedgerError, RetentionError, StreamError
from schemas.segment import Offsets, Segment
from schemas.verification import Problem, ProblemKind


def verify_streams(root: Path) -> Iterator[Problem]:
    """Yield what is wrong with the logs of a root's streams: unread offsets, offsets read twice, unfinished work."""
    try:
        noted = _noted(root)
        for lane in all_lanes(root):
            yield from _lane_problems(lane, noted.pop(lane, {}))
        for lane, ends in noted.items():
            yield from _gone(lane, ends)
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


def _noted(root: Path) -> dict[Lane, dict[int, str]]:
    """Return the digests of segments that the chain of receipts has, by their lanes and sequences, as first noted."""
    noted: defaultdict[Lane, dict[int, str]] = defaultdict(dict)
    with suppress(RetentionError):  # the chain is reported as a problem of its own
        for end in noted_ends(root):
            noted[Lane(root, end.stream, end.epoch, end.lane)].setdefault(end.sequence, end.digest)
    return noted


def _lane_problems(lane: Lane, noted: dict[int, str]) -> Iterator[Problem]:
    """Yield what is wrong with a lane; `noted` are digests of some of its segments."""
    try:
        last = last_noted(lane)  # before its segments: a stream goes on meanwhile
        if last is not None:
            noted.setdefault(last.sequence, last.digest)
        elif is_done(lane, 1):
            yield _problem(lane, f"{LAST} is gone")
        yield from _chain_problems(lane, noted)
    except LedgerError as error:
        yield _problem(lane, str(error))


def _chain_problems(lane: Lane, noted: dict[int, str]) -> Iterator[Problem]:
    at: Offsets | None = read_dealing(lane.root, lane.stream, lane.epoch).starts_of(lane.number)
    expected, previous = 1, ""
    for segment in read_lane(lane):
        if segment.sequence != expected:
            yield _problem(lane, f"segment {expected} is missing")
            at, previous = None, ""
        elif segment.previous not in (previous, ""):
            yield _problem(lane, f"segment {expected - 1} was changed since segment {expected} was written")
        yield from _segment_problems(lane, segment, at)
        at, expected, previous = segment.next, segment.sequence + 1, segment.digest
        if noted.pop(segment.sequence, previous) != previous:
            yield _problem(lane, f"segment {segment.sequence} was changed since it was noted")
    yield from _gone(lane, noted)


def _gone(lane: Lane, noted: Iterable[int]) -> Iterator[Problem]:
    for sequence in noted:
        yield _problem(lane, f"segment {sequence} is gone, and was noted when it was committed")


def _problem(lane: Lane, detail: str) -> Problem:
    return Problem(ProblemKind.LEDGER, str(lane.folder.relative_to(lane.root)), detail)


def _segment_problems(lane: Lane, segment: Segment, at: Offsets | None) -> Iterator[Problem]:
    try:
        segment.balance()
        if at is not None:
            segment.check_follows(at)
    except (LedgerError, StreamError) as error:
        yield _problem(lane, f"segment {segment.sequence}: {error}")


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

"""Where the log of a stream stands under an output root, and how it is read.

_stream/<stream>/<epoch>/dealing.json                          how many lanes, and where they begin
_stream/<stream>/<epoch>/<lane>/<block>/<sequence>/segment.json  what one commit read and wrote, and how it is finished
_stream/<stream>/<epoch>/<lane>/<block>/<sequence>/done          its files are in their partitions
_stream/<stream>/<epoch>/<lane>/last.json                      which segment was done last (`lane_ends`)
_stream/<stream>/<epoch>/<lane>/<block>.json                   a block whose segments are all done, folded into one file
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.commit_record import are_moves
from pipelines.root.layout import STREAM
from schemas.errors import LedgerError
from schemas.ledger import COMMIT_KEY
from schemas.segment import Dealing, Segment

DEALING = "dealing.json"
SEGMENT = "segment.json"
DONE = "done"
BLOCK_SEGMENTS = 8640
"""So many segments are a day of a lane at the default of ten seconds each."""

_NUMBER = re.compile(r"\d+")
_STAGING = re.compile(r"stream-([0-9a-f]{16})-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of one dealing of a stream under a root."""

    root: Path
    stream: str
    epoch: int
    number: int

    @property
    def folder(self) -> Path:
        """Return the folder of the lane's log."""
        return epoch_folder(self.root, self.stream, self.epoch) / f"{self.number:03d}"

    def block(self, sequence: int) -> Path:
        """Return the folder of the block that a segment belongs to."""
        return self.folder / f"{(sequence - 1) // BLOCK_SEGMENTS:06d}"

    def segment(self, sequence: int) -> Path:
        """Return the folder of a segment; segments count from 1."""
        return self.block(sequence) / f"{sequence:09d}"


def epoch_folder(root: Path, stream: str, epoch: int) -> Path:
    """Return the folder of a dealing."""
    return root / STREAM / stream / f"{epoch:04d}"


def segment_file_name(lane: Lane, sequence: int) -> str:
    """Return the name of a segment's file in every partition that it writes to.

    Example:
        >>> segment_file_name(Lane(Path("/out"), "0123456789abcdef", 1, 3), 42)
        'part-0123456789abcdef-1-003-000000042.avro'
    """
    return f"part-{lane.stream}-{lane.epoch}-{lane.number:03d}-{sequence:09d}.avro"


def last_epoch(root: Path, stream: str) -> int:
    """Return the number of a stream's last dealing, 0 if there is none."""
    return max(_numbers(root / STREAM / stream), default=0)


def read_dealing(root: Path, stream: str, epoch: int) -> Dealing:
    """Return a dealing.

    Raises:
        LedgerError: It can't be read.
    """
    return Dealing.from_json(_load(epoch_folder(root, stream, epoch) / DEALING, root))


def last_sequence(lane: Lane) -> int:
    """Return the number of a lane's last segment, 0 if there is none."""
    for block in sorted(_numbers(lane.folder, ".json"), reverse=True):
        folder = lane.folder / f"{block:06d}"
        if folder.with_suffix(".json").exists():
            return folded(folder.with_suffix(".json"), lane.root)[-1].sequence
        last = max(_numbers(folder), default=0)
        if last:
            return last
    return 0


def read_segment(lane: Lane, sequence: int) -> tuple[Segment, dict[str, Any]]:
    """Return a segment and how it is finished: its `staging` folder and its `moves`; nothing, if it was folded.

    Raises:
        LedgerError: It can't be read.
    """
    block = lane.block(sequence).with_suffix(".json")
    try:
        if not block.exists():
            content = _load(lane.segment(sequence) / SEGMENT, lane.root)
            segment, how = Segment.from_json(content), content[COMMIT_KEY]
            if not (_STAGING.fullmatch(how["staging"]) and are_moves(how["moves"], segment.files)):
                raise LedgerError(
                    f"segment {sequence} of lane {lane.number} says what no writer of it would do"
                )
            return segment, how
    except LedgerError:
        if not block.exists():  # it was folded just now
            raise
    return next(one for one in folded(block, lane.root) if one.sequence == sequence), {}


def is_done(lane: Lane, sequence: int) -> bool:
    """Tell whether a segment's files are in their partitions."""
    return (lane.segment(sequence) / DONE).exists() or lane.block(sequence).with_suffix(".json").exists()


def folded(path: Path, root: Path) -> Sequence[Segment]:
    """Return the segments of a folded block.

    Raises:
        LedgerError: It can't be read.
    """
    return [Segment.from_json(one) for one in _load(path, root)["segments"]]


def stream_ids(root: Path) -> list[str]:
    """Return the streams of a root in order of their names."""
    return sorted(path.name for path in (root / STREAM).glob("[!.]*") if path.is_dir())


def lanes_of(root: Path, stream: str, epoch: int) -> list[Lane]:
    """Return the lanes of a dealing."""
    return [Lane(root, stream, epoch, number) for number in range(read_dealing(root, stream, epoch).lanes)]


def all_lanes(root: Path) -> Iterator[Lane]:
    """Yield every lane of every dealing of every stream, oldest dealing first."""
    for stream in stream_ids(root):
        for epoch in sorted(_numbers(root / STREAM / stream)):
            yield from lanes_of(root, stream, epoch)


def sequences(lane: Lane) -> Iterator[int]:
    """Yield the numbers of a lane's segments that are not folded, in order."""
    for block in sorted(_numbers(lane.folder)):
        if not (lane.folder / f"{block:06d}.json").exists():
            yield from sorted(_numbers(lane.folder / f"{block:06d}"))


def read_lane(lane: Lane) -> Iterator[Segment]:
    """Yield the segments of a lane in order, folded or not.

    Raises:
        LedgerError: One can't be read.
    """
    for path in sorted(lane.folder.glob("[0-9]*.json")):
        yield from folded(path, lane.root)
    for sequence in sequences(lane):
        yield read_segment(lane, sequence)[0]


def read_segments(root: Path) -> Iterator[Segment]:
    """Yield every segment of a root.

    Raises:
        LedgerError: One can't be read.
    """
    for lane in all_lanes(root):
        yield from read_lane(lane)


def unfinished_segments(root: Path) -> Iterator[tuple[Lane, int]]:
    """Yield the segments whose files are not all in their partitions: at most the last one of a lane."""
    for lane in all_lanes(root):
        last = last_sequence(lane)
        if last and not is_done(lane, last):
            yield lane, last


def staging_name(lane: Lane, sequence: int, token: str) -> str:
    """Return the name of the staging folder of an attempt at a segment; `token` is 8 hex digits of its own."""
    return f"stream-{lane.stream}-{lane.epoch}-{lane.number}-{sequence}-{token}"


def is_awaited(root: Path, staging: str) -> bool:
    """Tell whether a segment past its commit point still takes its files out of a staging folder."""
    match = _STAGING.fullmatch(staging)
    if match is None:
        return False
    stream, epoch, number, sequence = match[1], *map(int, match.groups()[1:])
    lane = Lane(root, stream, epoch, number)
    if is_done(lane, sequence) or not lane.segment(sequence).exists():
        return False
    return read_segment(lane, sequence)[1]["staging"] == staging


def _numbers(folder: Path, suffix: str = "") -> set[int]:
    try:
        names = [path.name.removesuffix(suffix) for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return set()
    return {int(name) for name in names if _NUMBER.fullmatch(name)}


def _load(path: Path, root: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise LedgerError(f"{path.relative_to(root)} cannot be read") from error

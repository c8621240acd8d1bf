"""What an output root tells of itself: commits, counts, what is due, what was cut short."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.root.layout import RUNS, STREAM
from pipelines.root.ledger_files import ledger_paths, pending_paths, read_ledger
from pipelines.root.segment_files import (
    Lane,
    is_done,
    lanes_of,
    last_epoch,
    last_sequence,
    read_dealing,
    read_lane,
    read_segment,
    stream_ids,
    unfinished_segments,
)
from schemas.errors import OutputError, RetentionError
from schemas.events import Counts
from schemas.retention_plan import parse_partition
from schemas.segment import Offsets, Segment
from transforms.checks.retention import is_due


@dataclass(frozen=True)
class LaneStatus:
    """One lane of a stream: its last segment, when it was committed (ISO 8601, UTC), and is it whole."""

    lane: int
    sequence: int
    committed_at: str | None
    done: bool
    closed: bool


@dataclass(frozen=True)
class StreamStatus:
    """A topic as the root knows it; `next` is the offset to read next, by partition."""

    topic: str
    stream: str
    epoch: int
    lanes: tuple[LaneStatus, ...]
    next: Offsets


@dataclass(frozen=True)
class RootStatus:
    """A root at one moment. `counts` are totals over all runs and segments; `due` are partitions past their date."""

    now: datetime
    last_commit: datetime | None
    counts: Counts
    partitions: int
    due: tuple[str, ...]
    unfinished: tuple[str, ...]
    streams: tuple[StreamStatus, ...]

    @property
    def commit_age_seconds(self) -> float | None:
        """Return how long ago anything was committed, None if nothing was."""
        return None if self.last_commit is None else (self.now - self.last_commit).total_seconds()


@dataclass
class RootWatcher:
    """Reads a root again and again; what it has added up once is not read a second time."""

    root: Path
    _counts: Counts = field(default_factory=Counter)
    _ledgers: set[str] = field(default_factory=set)
    _sequences: dict[Lane, int] = field(default_factory=dict)
    _last_commit: datetime | None = None

    def look(self, now: datetime) -> RootStatus:
        """Return how the root stands.

        Raises:
            OutputError: There is no output root.
            LedgerError: A ledger or segment can't be read.
        """
        if not any((self.root / folder).is_dir() for folder in (RUNS, STREAM)):
            raise OutputError(f"{self.root} is no output root: it has neither {RUNS} nor {STREAM}")
        self._add_runs()
        streams = tuple(self._stream(stream) for stream in stream_ids(self.root))
        partitions = list(_partitions(self.root))
        return RootStatus(
            now,
            self._last_commit,
            Counter(self._counts),
            len(partitions),
            tuple(path for path in partitions if is_due(parse_partition(path)[1], now.date())),
            tuple(_unfinished(self.root)),
            streams,
        )

    def _add_runs(self) -> None:
        for path in ledger_paths(self.root):
            if path.name not in self._ledgers:
                ledger = read_ledger(path)
                self._add(ledger.counts, ledger.ended)
                self._ledgers.add(path.name)

    def _stream(self, stream: str) -> StreamStatus:
        last = last_epoch(self.root, stream)
        for epoch in range(1, last + 1):
            for lane in lanes_of(self.root, stream, epoch):
                self._add_segments(lane)
        dealing = read_dealing(self.root, stream, last)
        lanes = lanes_of(self.root, stream, last)
        offsets = dict(dealing.starts)
        statuses = []
        for lane in lanes:
            sequence = self._sequences.get(lane, 0)
            segment = read_segment(lane, sequence)[0] if sequence else None
            offsets.update({} if segment is None else segment.next)
            statuses.append(_lane_status(lane, sequence, segment))
        return StreamStatus(dealing.topic, stream, last, tuple(statuses), offsets)

    def _add_segments(self, lane: Lane) -> None:
        seen, last = self._sequences.get(lane, 0), last_sequence(lane)
        new = (
            (read_segment(lane, sequence)[0] for sequence in range(seen + 1, last + 1))
            if seen
            else read_lane(lane)
        )
        for segment in new:
            self._add(segment.counts, segment.ended)
            self._sequences[lane] = segment.sequence

    def _add(self, counts: Counts, ended: str) -> None:
        self._counts.update(counts)
        moment = datetime.fromisoformat(ended)
        self._last_commit = moment if self._last_commit is None else max(self._last_commit, moment)


def _lane_status(lane: Lane, sequence: int, segment: Segment | None) -> LaneStatus:
    if segment is None:
        return LaneStatus(lane.number, 0, None, done=True, closed=False)
    return LaneStatus(lane.number, sequence, segment.ended, is_done(lane, sequence), segment.closing)


def _partitions(root: Path) -> Iterator[str]:
    for folder in sorted(root.glob("category=*/expires_on=*")):
        path = str(folder.relative_to(root))
        try:
            parse_partition(path)
        except RetentionError:
            continue
        yield path


def _unfinished(root: Path) -> Iterator[str]:
    """Yield what was cut short past its commit point, by its place in the root."""
    for path in pending_paths(root):
        yield str(path.relative_to(root))
    for lane, sequence in unfinished_segments(root):
        yield str(lane.segment(sequence).relative_to(root))

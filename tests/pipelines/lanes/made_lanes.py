"""Lanes for tests: segments of made-up events, committed by the real code without a topic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.lanes.deal import deal
from pipelines.lanes.log import commit_segment, commit_steps, open_staging, position
from pipelines.root.partition_files import event_files, rejection_files
from pipelines.root.segment_files import Lane
from schemas.events import Counts, Source
from schemas.ledger import WrittenFile
from schemas.segment import OffsetRange, Segment, stream_id
from tests.made_output import POLICY, make_event, make_rejection
from transforms.avro.encode import Encoding

TOPIC = "125407-ad2155c6-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
DAYS = ("2027-05-20", "2027-05-21", "2027-05-22")


def dealt(root: Path, lanes: int = 1, starts: dict[int, int] | None = None) -> list[Lane]:
    """Return the lanes of a topic, dealt so."""
    dealing = deal(root, TOPIC, lanes, lambda: starts or {}, NOW)
    return [Lane(root, stream_id(TOPIC), dealing.epoch, number) for number in range(dealing.lanes)]


def staged(
    lane: Lane, offsets: dict[int, int], rejected: int = 0
) -> tuple[Lane, Path, Segment, list[WrittenFile]]:
    """Return a segment ready to be committed that reads so many messages of each partition, from where it stands.

    Each message is an event whose id names its partition and offset, over three days; the first ones are rejected.
    """
    at = position(lane)
    ranges = tuple(
        OffsetRange(number, at.next.get(number, 0), at.next.get(number, 0) + messages)
        for number, messages in sorted(offsets.items())
    )
    places = [(part.partition, offset) for part in ranges for offset in range(part.start, part.end)]
    staging = open_staging(lane, at.sequence)
    files = _write(staging, places, rejected)
    counts = Counts(read=len(places), written=len(places) - rejected)
    if rejected:
        counts["rejected/not_json"] = rejected
    after = {**at.next, **{part.partition: part.end for part in ranges}}
    segment = Segment(
        lane.stream, lane.epoch, lane.number, at.sequence, after, ranges,
        messages=len(places), counts=counts, policy_version=POLICY.version, policy_digest=POLICY.digest,
        key_epoch="1", key_fingerprint="ab" * 8, now=NOW.isoformat(), started=NOW.isoformat(), ended=NOW.isoformat(),
    )  # fmt: skip
    return lane, staging, segment, files


def commit(lane: Lane, offsets: dict[int, int], rejected: int = 0) -> Segment:
    """Commit the next segment of a lane."""
    return commit_segment(*staged(lane, offsets, rejected))


def steps(lane: Lane, offsets: dict[int, int], rejected: int = 0):
    """Return the steps of such a commit, none of them done."""
    return commit_steps(*staged(lane, offsets, rejected))


def event_id(partition: int, offset: int) -> str:
    """Return the id of the event that a message holds."""
    return f"p{partition}o{offset:06d}"


def _write(staging: Path, places: Sequence[tuple[int, int]], rejected: int) -> list[WrittenFile]:
    source = Source(TOPIC, stream_id(TOPIC))
    events = event_files(str(staging), Encoding(POLICY))
    rejections = rejection_files(str(staging), Encoding(POLICY))
    for number, (partition, offset) in enumerate(places):
        if number < rejected:
            rejections.add(source, [make_rejection(offset, source=source)])
            continue
        tagged = make_event(offset, DAYS[offset % 3], source)
        tagged = replace(tagged, event=replace(tagged.event, event_id=event_id(partition, offset)))
        events.add(source, [tagged])
    return [*events.close(), *rejections.close()]

"""Redact one lane by one segment: read what is there, redact it, stage it, commit it.

Every call begins at what the root says. A runner's checkpoint, savepoint or finalization decides nothing, so all that
may befall a job is one case: whatever was not committed is read again.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.lanes.fold import fold
from pipelines.lanes.log import Position, commit_segment, discard, open_staging, position, sweep_lane
from pipelines.root.erased_marks import take_note
from pipelines.root.partition_files import PartitionFiles
from pipelines.root.segment_files import BLOCK_SEGMENTS, Lane, segment_file_name
from pipelines.sources.kafka_lane import LaneReader, Message
from pipelines.streams.job import StreamJob
from pipelines.streams.lane_body import LaneBodies, LaneBody
from pipelines.streams.store_writers import StoreWriters
from schemas.errors import ClosedLaneError, KeyFileError
from schemas.events import Counts, RawRecord, Source
from schemas.ledger import REJECTED_CATEGORY, WrittenFile
from schemas.segment import OffsetRange, Segment, stream_id
from transforms.batches.metrics import Meter
from transforms.framing.messages import message_records
from transforms.tag import epoch_ms
from transforms.unknown_names import settle_names


@dataclass
class _Attempt:
    """What one bundle has done so far."""

    stands: Position
    started: datetime
    gaps: tuple[OffsetRange, ...]
    staging: Path
    body: LaneBody
    events: PartitionFiles
    rejections: PartitionFiles
    counts: Counts = field(default_factory=Counts)
    messages: int = 0
    oldest_ms: int | None = None
    newest_ms: int | None = None

    def note_times(self, messages: Sequence[Message]) -> None:
        """Note the broker's times of messages."""
        self.messages += len(messages)
        times = [time for message in messages if (time := message.timestamp()[1]) > 0]
        if not times:
            return
        self.oldest_ms = min(times if self.oldest_ms is None else [self.oldest_ms, *times])
        self.newest_ms = max(times if self.newest_ms is None else [self.newest_ms, *times])


class LaneWorker:
    """Works on one lane; the consumer is kept from bundle to bundle, compiled steps are shared with lanes of `bodies`.

    `messages` counts what it has committed.
    """

    def __init__(self, job: StreamJob, number: int, bodies: LaneBodies | None = None) -> None:
        self.lane = Lane(job.root, stream_id(job.topic.name), job.dealing.epoch, number)
        self._job = job
        self._source = Source(job.topic.name, self.lane.stream)
        self._reader = LaneReader(
            job.topic.consumer, job.topic.name, number, job.dealing.lanes, job.record_gaps
        )
        self._busy = threading.Lock()
        self._bodies = bodies or LaneBodies(job)
        self._is_open = False
        self._stores = StoreWriters(job.stores)
        self._read, self._written = Meter("ReadTopic"), Meter("CommitSegments")
        self.messages = 0

    @property
    def caught_up(self) -> bool:
        """Tell whether everything was read that the broker is known to hold."""
        return self._reader.caught_up

    def has_news(self) -> bool:
        """Tell whether there may be something to read.

        Raises:
            UnreachableError: The broker doesn't answer.
            StreamError: The topic is gone or may not be read any more.
        """
        return self._reader.has_news()

    def advance(self, now: datetime) -> Segment | None:
        """Commit the lane's next segment and return it; None, if there is nothing to read.

        Raises:
            ClosedLaneError: The topic was dealt anew.
            LaneError: Another process was quicker; what it committed is where the next call begins.
            UnreachableError: The broker doesn't answer.
            GapError: The broker has dropped messages that were not read.
            OutputError: The root can't be written.
        """
        with self._busy:
            attempt: _Attempt | None = None
            try:
                stands = self._position()
                gaps = self._reader.begin(stands.next)
                if gaps:
                    attempt = self._open(stands, now, gaps)
                for messages in self._reader.read(self._job.limit):
                    attempt = attempt or self._open(stands, now, gaps)
                    self._take(attempt, messages)
                return None if attempt is None else self._commit(attempt, now)
            finally:
                if attempt is not None:
                    discard(attempt.staging)
                    self._bodies.give_back(attempt.body)

    def close(self) -> None:
        """Let the broker and the stores go."""
        self._reader.close()
        self._stores.close()

    def _position(self) -> Position:
        stands = position(self.lane)
        if stands.closed:
            raise ClosedLaneError(
                f"lane {self.lane.number} was closed: the topic has been dealt anew; start this stream again"
            )
        key, last = self._job.body.key, stands.last
        if last is not None and last.key_epoch == key.epoch and last.key_fingerprint != key.fingerprint:
            raise KeyFileError(
                f"the key of epoch {key.epoch} is not the one that the stream was written with so far"
            )
        return stands

    def _open(self, stands: Position, now: datetime, gaps: tuple[OffsetRange, ...]) -> _Attempt:
        """Begin a bundle: its staging folder is there before it is read what was erased."""
        if not self._is_open:
            sweep_lane(self.lane)
            self._stores.open()
            self._is_open = True
        staging = open_staging(self.lane, stands.sequence)
        try:
            body = self._bodies.take(take_note(self.lane.root, staging))
            body.redact.start_bundle(epoch_ms(now))
            self._stores.start_bundle()
        except BaseException:
            discard(staging)
            raise
        return self._attempt(stands, gaps, staging, body)

    def _attempt(
        self, stands: Position, gaps: tuple[OffsetRange, ...], staging: Path, body: LaneBody
    ) -> _Attempt:
        name = segment_file_name(self.lane, stands.sequence)
        encoder, codec = body.encoder, self._job.codec

        def files(category: str, schema: str, encode: object, key: str = "") -> PartitionFiles:
            return PartitionFiles(str(staging), category, schema, encode, codec, lambda _: name, key)  # type: ignore[arg-type]

        category = self._job.body.policy.event_category
        return _Attempt(
            stands,
            datetime.now(UTC),
            gaps,
            staging,
            body,
            files(category, encoder.event_schema_json, body.encode, self._job.body.key.mark),
            files(REJECTED_CATEGORY, encoder.rejection_schema_json, encoder.encode_rejections),
        )

    def _take(self, attempt: _Attempt, messages: Sequence[Message]) -> None:
        """Redact messages into the attempt's files."""
        records = [record for message in messages for record in self._records(message)]
        redacted = attempt.body.redact(records)
        self._read.count(len(messages), len(records))
        attempt.note_times(messages)
        attempt.counts.update(redacted.counts)
        if redacted.kept:
            attempt.events.add(self._source, redacted.kept)
        if redacted.rejections:
            attempt.rejections.add(self._source, redacted.rejections)
        self._stores.write(redacted)

    def _records(self, message: Message) -> Sequence[RawRecord]:
        return message_records(
            message.value(),
            self._job.topic.name,
            message.partition(),
            message.offset(),
            message.timestamp()[1],
            self._job.max_event_bytes,
            self._job.format,
        )

    def _commit(self, attempt: _Attempt, now: datetime) -> Segment:
        files: list[WrittenFile] = [*attempt.events.close(), *attempt.rejections.close()]
        self._stores.finish_bundle()
        ranges = self._reader.ranges()
        body = self._job.body
        policy, key = body.policy, body.key
        segment = Segment(
            self.lane.stream,
            self.lane.epoch,
            self.lane.number,
            attempt.stands.sequence,
            {
                **attempt.stands.next,
                **{part.partition: part.end for part in (*attempt.gaps, *ranges)},
            },
            ranges,
            attempt.gaps,
            attempt.messages,
            settle_names(attempt.counts),
            policy_version=policy.version,
            policy_digest=policy.digest,
            allow_digest=body.detection.allow_digest if body.detection else "",
            known_accounts=body.detection.known_version if body.detection else "",
            key_epoch=key.epoch,
            key_fingerprint=key.fingerprint,
            now=now.isoformat(),
            started=attempt.started.isoformat(),
            ended=datetime.now(UTC).isoformat(),
            oldest_ms=attempt.oldest_ms,
            newest_ms=attempt.newest_ms,
            engine=attempt.body.engine,
        )
        committed = commit_segment(self.lane, attempt.staging, segment, files)
        self._written.count(sum(file.records for file in files), len(files))
        self._reader.note_commit(committed.next)
        self.messages += committed.messages
        if committed.sequence % BLOCK_SEGMENTS == 1:
            fold(self.lane)
        return committed

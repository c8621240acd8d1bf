"""The log of a stream: how a topic's partitions are dealt to lanes, and what each segment of a lane read and wrote.

A segment is to a stream what a ledger is to a batch: it balances, and it begins where the one before it ended.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any

from schemas.errors import LedgerError, StreamError
from schemas.events import Counts
from schemas.ledger import PYTHON, LedgerFile, check_balance, of_version, stated_files

SEGMENT_VERSION = 1
DEALING_VERSION = 1
_HEX_OF_A_TOPIC = 16

Offsets = Mapping[int, int]
"""The offset to read next, by number of the topic's partition."""


def stream_id(topic: str) -> str:
    """Return the name of a topic's folder and the middle of its files' names: 16 hex digits of its SHA-256.

    Example:
        >>> stream_id("app-log")
        'a10227d170f97720'
    """
    return sha256(topic.encode()).hexdigest()[:_HEX_OF_A_TOPIC]


@dataclass(frozen=True, slots=True)
class OffsetRange:
    """The offsets [start, end) of one partition. Not every one of them need have held a message."""

    partition: int
    start: int
    end: int


@dataclass(frozen=True)
class Dealing:
    """How a topic's partitions are dealt from one moment on: partition p belongs to lane p modulo `lanes`.

    `epoch` counts the dealings of a topic from 1; `starts` says where each partition known then begins, all others
    begin at 0; `made_at` is an ISO 8601 time in UTC.
    """

    topic: str
    epoch: int
    lanes: int
    starts: Offsets
    made_at: str

    def lane_of(self, partition: int) -> int:
        """Return the lane of a partition."""
        return partition % self.lanes

    def starts_of(self, lane: int) -> Offsets:
        """Return where the partitions of one lane begin."""
        return {number: at for number, at in self.starts.items() if self.lane_of(number) == lane}

    def to_json(self) -> dict[str, Any]:
        """Return the dealing as JSON values."""
        return {"version": DEALING_VERSION, **asdict(self), "starts": _to_json(self.starts)}

    @classmethod
    def from_json(cls, content: Any) -> "Dealing":
        """Return the dealing that JSON values hold.

        Raises:
            LedgerError: They are not a dealing of this version.
        """
        values = of_version(content, "dealing", DEALING_VERSION)
        try:
            return cls(**{**values, "starts": _offsets(values["starts"])})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError("the dealing lacks a key, or holds one that is not known") from error


@dataclass(frozen=True)
class Segment:
    """What one commit of a lane read and wrote.

    `ranges` are the offsets that were read, `gaps` those that the broker had dropped before they could be;
    `next` is where each partition of the lane is read from next; `messages` counts what was read of the topic, of
    which one may hold several records. `oldest_ms` and `newest_ms` are the broker's times of the messages.
    `now`, `started` and `ended` are ISO 8601 times in UTC. `key` is the epoch and a fingerprint of the pseudonym key;
    `allow_digest` that of the allow list beside the policy, `known_accounts` number and digest of the table of them;
    `engine` is what made the records, `python` or `native` with its version.
    A `closing` segment is the last of its lane: it ends a dealing. `previous` is the digest of the segment before this
    one, none for the first: so segments are a chain.
    """

    stream: str
    epoch: int
    lane: int
    sequence: int
    next: Offsets
    ranges: tuple[OffsetRange, ...] = ()
    gaps: tuple[OffsetRange, ...] = ()
    messages: int = 0
    counts: Counts = field(default_factory=Counts)
    files: tuple[LedgerFile, ...] = ()
    policy_version: str = ""
    policy_digest: str = ""
    allow_digest: str = ""
    known_accounts: str = ""
    key_epoch: str = ""
    key_fingerprint: str = ""
    now: str = ""
    started: str = ""
    ended: str = ""
    oldest_ms: int | None = None
    newest_ms: int | None = None
    closing: bool = False
    previous: str = ""
    engine: str = PYTHON

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the segment in hex, the same whether it stands in a file of its own or is folded."""
        return sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    def with_files(self, files: Iterable[LedgerFile]) -> "Segment":
        """Return the segment with the files that hold its records."""
        return replace(self, files=tuple(files))

    def balance(self) -> None:
        """Check that every record read is accounted for once, and that the files hold what was counted.

        Raises:
            LedgerError: The counts don't add up.
        """
        check_balance(self.counts, self.files)

    def check_follows(self, before: Offsets) -> None:
        """Check that no offset is left out or read twice after what was read before.

        Example:
            >>> ranges = (OffsetRange(0, 7, 9), OffsetRange(4, 0, 2))
            >>> segment = Segment("ab", 1, 0, 3, {0: 9, 4: 2}, ranges)
            >>> segment.check_follows({0: 7})
            >>> segment.check_follows({0: 6})
            Traceback (most recent call last):
            ...
            schemas.errors.StreamError: segment 3 of lane 0 begins partition 0 at offset 7, after 6

        Raises:
            StreamError: A range begins elsewhere, or `next` is not where the ranges end.
        """
        at = dict(before)
        for part in sorted(
            (*self.gaps, *self.ranges), key=lambda part: (part.partition, part.start, part.end)
        ):
            expected = at.get(part.partition, 0)
            if part.start != expected or part.end < part.start:
                raise StreamError(
                    f"segment {self.sequence} of lane {self.lane} begins partition {part.partition}"
                    f" at offset {part.start}, after {expected}"
                )
            at[part.partition] = part.end
        if at != dict(self.next):
            raise StreamError(f"segment {self.sequence} of lane {self.lane} does not end where its ranges do")

    def to_json(self) -> dict[str, Any]:
        """Return the segment as JSON values, with the counts in order of their names."""
        counts = dict(sorted(self.counts.items()))
        values = {"version": SEGMENT_VERSION, **asdict(self), "next": _to_json(self.next), "counts": counts}
        if self.engine == PYTHON:
            del values["engine"]  # segments from before there was an engine keep their digests
        return values

    @classmethod
    def from_json(cls, content: Any) -> "Segment":
        """Return the segment that JSON values hold.

        Raises:
            LedgerError: They are not a segment of this version.
        """
        values = of_version(content, "segment", SEGMENT_VERSION)
        try:
            for name in ("ranges", "gaps"):
                values[name] = tuple(OffsetRange(**part) for part in values[name])
            values["files"] = stated_files(values["files"])
            values["next"] = _offsets(values["next"])
            values["counts"] = Counter(values["counts"])
            return cls(**values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError("the segment lacks a key, or holds one that is not known") from error


def _to_json(offsets: Offsets) -> dict[str, int]:
    return {str(partition): offset for partition, offset in sorted(offsets.items())}


def _offsets(content: Mapping[str, int]) -> dict[int, int]:
    return {int(partition): int(offset) for partition, offset in content.items()}

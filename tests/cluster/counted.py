"""Events that can be counted: each holds its number, so that a root tells which are there, and how often."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import fastavro
import orjson

from pipelines.root.segment_files import DONE

SECRET = "lin.qiao@example.com"
_FILLER = (
    "slurmstepd: step finished, exit 0, wrote 1,204 records in 3.2 s to /data/out on the node of the run " * 4
)


def counted_event(number: int, time_ms: int | None = None, **fields: str) -> bytes:
    """Return an event of a number, dated now unless said otherwise; its text holds what must not stay."""
    at = int(time.time() * 1000) if time_ms is None else time_ms
    return json.dumps(
        {
            "__TIMESTAMP__": at,
            "request_id": f"{number:032x}",
            "state": "running",
            "client_ip": "203.0.113.77",
            "output": f"mail to {SECRET}: {_FILLER}",
            **fields,
        }
    ).encode()


def numbers_in(root: Path) -> Counter[int]:
    """Return how often each number is in the partitions of a root."""
    counted: Counter[int] = Counter()
    for path in root.glob("category=troubleshooting_data/*/*.avro"):
        counted.update(_numbers_of(path))
    return counted


def _numbers_of(path: Path) -> Counter[int]:
    with path.open("rb") as stream:
        return Counter(int(record["request_id"], 16) for record in fastavro.reader(stream))  # type: ignore[arg-type, index, call-overload]


def rejected_in(root: Path) -> Counter[str]:
    """Return how often each reason is in the rejections of a root."""
    counted: Counter[str] = Counter()
    for path in root.glob("category=rejected/*/*.avro"):
        with path.open("rb") as stream:
            counted.update(str(record["reason"]) for record in fastavro.reader(stream))  # type: ignore[arg-type, index, call-overload]
    return counted


@dataclass
class Follower:
    """Follows what a running stream writes; each segment and file is read once, and again if it was rewritten."""

    root: Path
    messages: dict[Path, int] = field(default_factory=dict)
    files: dict[tuple[Path, int], Counter[int]] = field(default_factory=dict)

    def committed(self) -> int:
        """Return how many messages the segments say that they hold."""
        for path in self.root.glob("_stream/*/*/*/*/*/segment.json"):
            if path not in self.messages:
                self.messages[path] = orjson.loads(path.read_bytes())["messages"]
        return sum(self.messages.values())

    def segments(self) -> int:
        """Return how many segments there are."""
        self.committed()
        return len(self.messages)

    def ends(self) -> dict[Path, int]:
        """Return the number of the last segment of each lane, by the lane's folder."""
        self.committed()
        found: dict[Path, int] = {}
        for path in self.messages:
            lane = path.parents[2]
            found[lane] = max(found.get(lane, 0), int(path.parent.name))
        return found

    def unfinished(self) -> list[Path]:
        """Return the segments whose files are not all in their partitions."""
        self.committed()
        return [path for path in self.messages if not (path.parent / DONE).exists()]

    def numbers(self) -> Counter[int]:
        """Return how often each number is in the partitions."""
        there = [
            (path, path.stat().st_ino) for path in self.root.glob("category=troubleshooting_data/*/*.avro")
        ]
        total: Counter[int] = Counter()
        for file in there:
            if file not in self.files:
                self.files[file] = _numbers_of(file[0])
            total.update(self.files[file])
        return total

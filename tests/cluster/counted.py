"""Events that can be counted: each holds its number, so that a root tells which are there, and how often."""

import json
import time
from collections import Counter
from pathlib import Path

import fastavro
import orjson

SECRET = "lin.qiao@example.com"
_FILLER = (
    "slurmstepd: step finished, exit 0, wrote 1,204 records in 3.2 s to /data/out on the node of the run " * 4
)


def counted_event(number: int, time_ms: int | None = None) -> bytes:
    """Return an event of a number, dated now unless said otherwise; its text holds what must not stay."""
    at = int(time.time() * 1000) if time_ms is None else time_ms
    return json.dumps(
        {
            "__TIMESTAMP__": at,
            "request_id": f"{number:032x}",
            "state": "running",
            "client_ip": "203.0.113.77",
            "output": f"mail to {SECRET}: {_FILLER}",
        }
    ).encode()


def numbers_in(root: Path) -> Counter[int]:
    """Return how often each number is in the partitions of a root."""
    counted: Counter[int] = Counter()
    for path in root.glob("category=troubleshooting_data/*/*.avro"):
        with path.open("rb") as stream:
            counted.update(int(record["request_id"], 16) for record in fastavro.reader(stream))  # type: ignore[arg-type, index, call-overload]
    return counted


def rejected_in(root: Path) -> Counter[str]:
    """Return how often each reason is in the rejections of a root."""
    counted: Counter[str] = Counter()
    for path in root.glob("category=rejected/*/*.avro"):
        with path.open("rb") as stream:
            counted.update(str(record["reason"]) for record in fastavro.reader(stream))  # type: ignore[arg-type, index, call-overload]
    return counted


def committed_messages(root: Path) -> int:
    """Return how many messages the segments of a root say that they hold; it follows a stream while it runs."""
    total = 0
    for path in root.glob("_stream/*/*/*/*/*/segment.json"):
        total += orjson.loads(path.read_bytes())["messages"]
    return total

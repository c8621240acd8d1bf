"""Measure a stream against the batch job: throughput on Flink and in one process, and latency at half of that.

usage: LOGVEIL_PARTS=.tools .venv/bin/python bench/streaming.py [--events 80000] [--seconds 90]
It starts a broker and a Flink cluster of its own on the loopback, and prints a table; some four minutes on a quiet
machine. `stream_hour.py` measures memory over an hour, `slow_disk.py` back-pressure, `flink_batch.py` the batch job.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from jobs import make_events  # noqa: E402

from pipelines.root.segment_files import DONE, all_lanes, read_lane  # noqa: E402
from schemas.segment import Segment  # noqa: E402
from tests.flink import Flink, flink_cluster  # noqa: E402
from tests.kafka import Kafka, kafka_broker, wait_for  # noqa: E402

LOGVEIL = str(Path(sys.executable).parent / "logveil")
PATIENCE = 1800.0
DISTINCT = 20_000
"""So many events a trial of a given length repeats."""
PARTITIONS = LANES = 4
STEADY_SECONDS = 4.0
_HOUR_MS = 3_600_000
SAMPLES_A_SEGMENT = 50


def segments(root: Path) -> list[tuple[Segment, float]]:
    """Return the segments of a root, each with the time at which its files were in their partitions."""
    return [
        (one, (lane.segment(one.sequence) / DONE).stat().st_mtime)
        for lane in all_lanes(root)
        for one in read_lane(lane)
    ]


def committed(root: Path) -> int:
    """Return how many messages were committed."""
    total = 0
    for path in root.glob("_stream/*/*/*/*/*/segment.json"):
        if (path.parent / DONE).exists():
            total += json.loads(path.read_bytes())["messages"]
    return total


def rate_of(root: Path) -> float:
    """Return the messages a second from the first bundle's begin to the last one's end."""
    parts = [one for one, _ in segments(root)]
    began = min(datetime.fromisoformat(one.started) for one in parts)
    ended = max(datetime.fromisoformat(one.ended) for one in parts)
    return sum(one.messages for one in parts) / (ended - began).total_seconds()


def latencies(parts: Iterable[tuple[Segment, float]]) -> list[float]:
    """Return seconds from the broker's time of messages to their file in a partition, as if spread over a segment."""
    found: list[float] = []
    for one, visible in parts:
        if one.oldest_ms is None or one.newest_ms is None:
            continue
        step = (one.newest_ms - one.oldest_ms) / SAMPLES_A_SEGMENT / 1000
        weight = max(1, one.messages // SAMPLES_A_SEGMENT)
        for sample in range(SAMPLES_A_SEGMENT):
            found += [visible - (one.oldest_ms / 1000 + step * sample)] * weight
    return sorted(found)


def share(values: Sequence[float], of: float) -> float:
    """Return the value below which a share of sorted values lies."""
    return values[min(len(values) - 1, int(len(values) * of))]


def memory(pid: int) -> int:
    """Return the resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def feed(
    kafka: Kafka,
    topic: str,
    lines: Sequence[bytes],
    a_second: float,
    seconds: float,
    enough: threading.Event | None = None,
) -> None:
    """Append lines at a steady rate, over and over, for so long or until it is enough."""
    producer = kafka.producer(compression_type="lz4", linger_ms=50)
    began, sent = time.monotonic(), 0
    while time.monotonic() - began < seconds and not (enough and enough.is_set()):
        while sent < (time.monotonic() - began) * a_second:
            producer.produce(topic, lines[sent % len(lines)])
            sent += 1
        producer.poll(0)
        time.sleep(0.02)
    producer.flush(60)


def command(kafka: Kafka, topic: str, root: Path, key: Path, *more: str) -> list[str]:
    """Return the command of a stream."""
    stream = [LOGVEIL, "stream", f"--bootstrap={kafka.bootstrap}", f"--topic={topic}", f"--output={root}"]
    return [*stream, f"--keys={key}", "--roll-seconds=2", *more]


@contextmanager
def on_flink(flink: Flink, kafka: Kafka, topic: str, root: Path, key: Path) -> Iterator[None]:
    """Run a stream on the cluster."""
    line = command(kafka, topic, root, key, f"--lanes={LANES}", "--detach", "--", *flink.beam_options())
    subprocess.run(line, check=True, capture_output=True)
    job = flink.wait_for_job()
    try:
        yield
    finally:
        flink.cancel(job)


def main() -> None:
    """Measure, and print a row a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=80_000)
    parser.add_argument("--seconds", type=float, default=90)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="logveil-streaming-") as name:
        folder = Path(name)
        key = make_key(folder)
        events = make_recent(folder, asked.events)
        lines = events.read_bytes().splitlines()
        print("| what | figure | load |\n|---|---|---|")
        batch = measure_batch(events, folder / "batch", key, len(lines))
        row("batch job, two workers", f"{batch:,.0f} events/s")
        with kafka_broker(folder / "kafka") as kafka:
            kafka.make_topic("backlog", PARTITIONS)
            kafka.produce("backlog", lines)
            measure_process(kafka, folder / "process", key, batch)
            with flink_cluster(folder / "flink") as flink:
                rate = measure_backlog(kafka, flink, folder / "flink-backlog", key, len(lines), batch)
                measure_latency(kafka, flink, lines, folder / "flink-half", key, rate / 2, asked.seconds)


def make_key(folder: Path) -> Path:
    """Write a file with a key."""
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    return key


def make_recent(folder: Path, count: int) -> Path:
    """Make a file of events of the last hour."""
    start = f"--start={int(time.time() * 1000) - _HOUR_MS}"
    return make_events(folder / "events.jsonl", count, "streaming", start, "--span-days=0.04")


def row(what: str, figure: str) -> None:
    """Print one row, with the load of the machine."""
    print(f"| {what} | {figure} | {os.getloadavg()[0]:.1f} |", flush=True)


def measure_batch(events: Path, root: Path, key: Path, count: int) -> float:
    """Return the events a second of the batch job with two workers, by its ledger: without the interpreter's start."""
    line = [LOGVEIL, "redact", str(events), f"--output={root}", f"--keys={key}"]
    done = subprocess.run(
        [*line, "--workers=2", "--max-rejected=1", "--json"], check=True, capture_output=True
    )
    return count / float(json.loads(done.stdout)["wall_seconds"])


def measure_process(kafka: Kafka, root: Path, key: Path, batch: float) -> None:
    """Measure micro-batches in one process that read a backlog."""
    subprocess.run(command(kafka, "backlog", root, key, "--until-caught-up"), check=True, capture_output=True)
    rate = rate_of(root)
    row("Kafka to Avro in one process", f"{rate:,.0f} events/s, {rate / batch:.2f} × the batch job")


def measure_backlog(kafka: Kafka, flink: Flink, root: Path, key: Path, count: int, batch: float) -> float:
    """Return the events a second of Flink that reads a backlog."""
    with on_flink(flink, kafka, "backlog", root, key):
        wait_for(lambda: committed(root) >= count, "the backlog", PATIENCE)
        sizes = [memory(pid) for pid in flink.workers()]
    rate = rate_of(root)
    row("Kafka to Flink to Avro, 4 lanes", f"{rate:,.0f} events/s, {rate / batch:.2f} × the batch job")
    row("memory of its workers", " and ".join(f"{size} MB" for size in sizes))
    return rate


def measure_latency(
    kafka: Kafka,
    flink: Flink,
    lines: Sequence[bytes],
    root: Path,
    key: Path,
    rate: float,
    seconds: float,
) -> None:
    """Measure latency at a steady rate, from when what came while the workers started has been worked off."""
    kafka.make_topic("half", PARTITIONS)
    enough = threading.Event()
    feeding = threading.Thread(target=feed, args=(kafka, "half", lines, rate, PATIENCE, enough))
    with on_flink(flink, kafka, "half", root, key):
        began = time.time()
        feeding.start()
        time.sleep(STEADY_SECONDS)
        wait_for(
            lambda: sum(kafka.ends("half").values()) - committed(root) < rate * STEADY_SECONDS,
            "the end of the backlog",
            PATIENCE,
        )
        since = time.time()
        time.sleep(seconds)
        enough.set()
        feeding.join()
        wait_for(lambda: committed(root) >= sum(kafka.ends("half").values()), "the rest", PATIENCE)
        sizes = [memory(pid) for pid in flink.workers()]
    warm = [part for part in segments(root) if (part[0].oldest_ms or 0) >= since * 1000]
    found = latencies(warm)
    shares = ", ".join(f"p{of} {share(found, of / 100):.1f} s" for of in (50, 90, 99))
    row(f"Flink at {rate:,.0f} events/s, `--roll-seconds=2`", f"{shares} to the partition")
    row("left out before that: start of the workers, and what came meanwhile", f"{since - began:.0f} s")
    row("memory of its workers", " and ".join(f"{size} MB" for size in sizes))
    took = sorted(
        (datetime.fromisoformat(one.ended) - datetime.fromisoformat(one.started)).total_seconds()
        for one, _ in warm
    )
    row(
        "a segment, from its begin to its commit",
        f"p50 {share(took, 0.5):.1f} s, p99 {share(took, 0.99):.1f} s",
    )


if __name__ == "__main__":
    main()

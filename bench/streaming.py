"""Measure a stream against the batch job: throughput on Flink and in one process, latency, memory.

usage: LOGVEIL_PARTS=.tools .venv/bin/python bench/streaming.py [--events 200000] [--minutes 10]
It starts a broker and a Flink cluster of its own on the loopback, and prints a table. Run it on a quiet machine.
"""

import argparse
import json
import os
import signal
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
PARTITIONS = LANES = 4
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


def feed(kafka: Kafka, topic: str, lines: Sequence[bytes], a_second: float, seconds: float) -> None:
    """Append lines at a steady rate, over and over."""
    producer = kafka.producer(compression_type="lz4", linger_ms=50)
    began, sent = time.monotonic(), 0
    while time.monotonic() - began < seconds:
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
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="logveil-streaming-") as name:
        folder = Path(name)
        key = folder / "key"
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
        events = folder / "events.jsonl"
        make_events(events, asked.events, "streaming")
        lines = events.read_bytes().splitlines()
        batch = measure_batch(events, folder / "batch", key, len(lines))
        print(f"batch, 2 workers: {batch:,.0f} events/s")
        with kafka_broker(folder / "kafka") as kafka:
            measure_process(kafka, lines, folder, key, asked.minutes, batch)
            with flink_cluster(folder / "flink") as flink:
                measure_flink(kafka, flink, lines, folder, key, batch)


def measure_batch(events: Path, root: Path, key: Path, count: int) -> float:
    """Return the events a second of the batch job with two workers, by its ledger: without the interpreter's start."""
    line = [
        LOGVEIL,
        "redact",
        str(events),
        f"--output={root}",
        f"--keys={key}",
        "--workers=2",
        "--max-rejected=1",
    ]
    done = subprocess.run([*line, "--json"], check=True, capture_output=True)
    return count / float(json.loads(done.stdout)["wall_seconds"])


def measure_process(
    kafka: Kafka, lines: Sequence[bytes], folder: Path, key: Path, minutes: float, batch: float
) -> None:
    """Measure micro-batches in one process: a backlog, then a thousand events a second for some minutes."""
    kafka.make_topic("backlog", PARTITIONS)
    kafka.produce("backlog", lines)
    root = folder / "process"
    subprocess.run(command(kafka, "backlog", root, key, "--until-caught-up"), check=True, capture_output=True)
    rate = rate_of(root)
    print(f"one process, backlog: {rate:,.0f} events/s, {rate / batch:.2f} of the batch job's two workers")
    kafka.make_topic("steady", PARTITIONS)
    root = folder / "steady"
    process = subprocess.Popen(
        command(kafka, "steady", root, key), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    feeding = threading.Thread(target=feed, args=(kafka, "steady", lines, 1000.0, minutes * 60))
    feeding.start()
    sizes = []
    while feeding.is_alive():
        time.sleep(5)
        sizes.append(memory(process.pid))
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    found = latencies(segments(root))
    quarter = len(sizes) // 4
    print(f"one process, 1,000/s: p50 {share(found, 0.5):.1f} s, p99 {share(found, 0.99):.1f} s")
    print(
        f"one process, memory over {minutes:g} minutes: after a quarter {max(sizes[: quarter + 1])} MB,"
        f" at the end {sizes[-1]} MB, most {max(sizes)} MB"
    )


def measure_flink(
    kafka: Kafka, flink: Flink, lines: Sequence[bytes], folder: Path, key: Path, batch: float
) -> None:
    """Measure Flink: a backlog, then half of that rate for a minute and a half."""
    root = folder / "flink-backlog"
    with on_flink(flink, kafka, "backlog", root, key):
        wait_for(lambda: committed(root) >= len(lines), "the backlog", PATIENCE)
        sizes = [memory(pid) for pid in flink.workers()]
    rate = rate_of(root)
    print(f"Flink, backlog: {rate:,.0f} events/s, {rate / batch:.2f} of the batch job; workers {sizes} MB")
    kafka.make_topic("half", PARTITIONS)
    root = folder / "flink-half"
    with on_flink(flink, kafka, "half", root, key):
        feed(kafka, "half", lines, rate / 2, 90)
        wait_for(lambda: committed(root) >= sum(kafka.ends("half").values()), "the rest", PATIENCE)
    found = latencies(segments(root))
    shares = ", ".join(f"p{of} {share(found, of / 100):.1f}" for of in (50, 90, 99))
    print(f"Flink, {rate / 2:,.0f} events/s: {shares} s from the broker's time to the partition")


if __name__ == "__main__":
    main()

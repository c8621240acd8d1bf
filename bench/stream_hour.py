"""Measure what a stream needs over a long time, in one process or on Flink: memory, CPU, latency, in slices of it.

usage: LOGVEIL_PARTS=.tools .venv/bin/python bench/stream_hour.py [--minutes 60] [--rate 1000] [--flink]
It starts a broker, and a cluster, of its own on the loopback and prints a row a slice, as the slice ends. So many
`--distinct` events are fed over and over.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from streaming import (  # noqa: E402
    PARTITIONS,
    command,
    feed,
    latencies,
    make_key,
    make_recent,
    memory,
    on_flink,
    segments,
    share,
)

from tests.flink import flink_cluster  # noqa: E402
from tests.kafka import Kafka, kafka_broker  # noqa: E402

SLICES = 12
SAMPLE_SECONDS = 2.0
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / _TICKS


def main() -> None:
    """Feed a topic steadily, and print a row a slice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--distinct", type=int, default=400_000)
    parser.add_argument("--flink", action="store_true")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="logveil-hour-") as name,
        kafka_broker(Path(name, "kafka")) as kafka,
    ):
        folder = Path(name)
        key, root = make_key(folder), folder / "out"
        lines = make_recent(folder, asked.distinct).read_bytes().splitlines()
        kafka.make_topic("hour", PARTITIONS, retention_ms="600000", segment_ms="120000")
        seconds = asked.minutes * 60
        feeding = threading.Thread(target=feed, args=(kafka, "hour", lines, asked.rate, seconds))
        with (on_a_cluster if asked.flink else in_a_process)(folder, kafka, root, key) as pids:
            feeding.start()
            watch(pids, root, feeding, seconds / SLICES)


@contextmanager
def in_a_process(folder: Path, kafka: Kafka, root: Path, key: Path) -> Iterator[list[int]]:
    """Run a stream in a process of its own."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command(kafka, "hour", root, key), stdout=quiet, stderr=quiet)
    yield [process.pid]
    process.send_signal(signal.SIGTERM)
    process.wait(60)


@contextmanager
def on_a_cluster(folder: Path, kafka: Kafka, root: Path, key: Path) -> Iterator[list[int]]:
    """Run a stream on a cluster, and tell its workers."""
    with flink_cluster(folder / "flink") as flink, on_flink(flink, kafka, "hour", root, key):
        yield flink.workers()


def watch(pids: Sequence[int], root: Path, feeding: threading.Thread, slice_seconds: float) -> None:
    """Print a row a slice while the topic is fed: the memory of the largest process, the CPU of all."""

    def used() -> float:
        return sum(map(cpu_seconds, pids))

    print("| minute | memory, MB | most, MB | CPU, of a core | events/s | p50, s | p99, s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    began = time.time()
    since, before, sizes = began, used(), [max(map(memory, pids))]
    while feeding.is_alive() or time.time() - since > SAMPLE_SECONDS:
        time.sleep(SAMPLE_SECONDS)
        sizes.append(max(map(memory, pids)))
        if feeding.is_alive() and time.time() - since < slice_seconds:
            continue
        print(_row(root, began, since, used() - before, sizes), flush=True)
        since, before, sizes = time.time(), used(), sizes[-1:]


def _row(root: Path, began: float, since: float, cpu: float, sizes: Sequence[int]) -> str:
    now = time.time()
    recent = [(one, visible) for one, visible in segments(root) if visible >= since]
    found = latencies(recent)
    rate = sum(one.messages for one, _ in recent) / (now - since)
    return (
        f"| {(now - began) / 60:.0f} | {sizes[-1]} | {max(sizes)} | {cpu / (now - since):.2f} |"
        f" {rate:,.0f} | {share(found, 0.5):.1f} | {share(found, 0.99):.1f} |"
    )


if __name__ == "__main__":
    main()

"""Measure what a stream in one process needs over a long time: memory, CPU, latency, in slices of it.

usage: LOGVEIL_PARTS=.tools .venv/bin/python bench/stream_hour.py [--minutes 60] [--rate 1000]
It starts a broker of its own on the loopback and prints a row a slice, as the slice ends.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from streaming import (  # noqa: E402
    DISTINCT,
    PARTITIONS,
    command,
    feed,
    latencies,
    make_key,
    make_recent,
    memory,
    segments,
    share,
)

from tests.kafka import kafka_broker  # noqa: E402

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
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="logveil-hour-") as name,
        kafka_broker(Path(name, "kafka")) as kafka,
    ):
        folder = Path(name)
        key = make_key(folder)
        lines = make_recent(folder, DISTINCT).read_bytes().splitlines()
        kafka.make_topic("hour", PARTITIONS, retention_ms="600000", segment_ms="120000")
        process = subprocess.Popen(
            command(kafka, "hour", folder / "out", key), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        seconds = asked.minutes * 60
        feeding = threading.Thread(target=feed, args=(kafka, "hour", lines, asked.rate, seconds))
        feeding.start()
        watch(process.pid, folder / "out", feeding, seconds / SLICES)
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def watch(pid: int, root: Path, feeding: threading.Thread, slice_seconds: float) -> None:
    """Print a row a slice while the topic is fed."""
    print("| minute | memory, MB | most, MB | CPU, of a core | events/s | p50, s | p99, s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    began = time.time()
    since, used, sizes = began, cpu_seconds(pid), [memory(pid)]
    while feeding.is_alive() or time.time() - since > SAMPLE_SECONDS:
        time.sleep(SAMPLE_SECONDS)
        sizes.append(memory(pid))
        if feeding.is_alive() and time.time() - since < slice_seconds:
            continue
        print(_row(root, began, since, cpu_seconds(pid) - used, sizes), flush=True)
        since, used, sizes = time.time(), cpu_seconds(pid), sizes[-1:]


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

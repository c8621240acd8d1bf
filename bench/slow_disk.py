"""Measure that a slow disk makes a stream fall behind and not grow: memory by seconds, with a sync that takes long.

usage: LOGVEIL_PARTS=.tools .venv/bin/python bench/slow_disk.py [--seconds 120] [--rate 3000] [--sync 1.0]
The stream runs in one process, in which every fsync takes so much longer. It starts its own broker.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from streaming import DISTINCT, PARTITIONS, command, committed, feed, make_key, make_recent, memory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.kafka import kafka_broker

ROWS = 6
_SLOW = """
import os, sys, time
sync = os.fsync
os.fsync = lambda descriptor: (time.sleep({sync}), sync(descriptor))[1]
from pipelines.__main__ import main
main()
"""


def main() -> None:
    """Feed a topic faster than the disk allows, and print a row a slice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=3000)
    parser.add_argument("--sync", type=float, default=1.0)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="logveil-slow-") as name,
        kafka_broker(Path(name, "kafka")) as kafka,
    ):
        folder, root = Path(name), Path(name, "out")
        lines = make_recent(folder, DISTINCT).read_bytes().splitlines()
        kafka.make_topic("slow", PARTITIONS)
        arguments = command(kafka, "slow", root, make_key(folder))[1:]
        process = subprocess.Popen(
            [sys.executable, "-c", _SLOW.format(sync=asked.sync), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        feeding = threading.Thread(target=feed, args=(kafka, "slow", lines, asked.rate, asked.seconds))
        feeding.start()
        print("| seconds | memory, MB | most so far, MB | events behind |\n|---|---|---|---|")
        began, most, due = time.monotonic(), 0, asked.seconds / ROWS
        while feeding.is_alive():
            time.sleep(0.5)
            most = max(most, memory(process.pid))
            if (passed := time.monotonic() - began) >= due:
                behind = sum(kafka.ends("slow").values()) - committed(root)
                print(f"| {passed:.0f} | {memory(process.pid)} | {most} | {behind:,} |", flush=True)
                due += asked.seconds / ROWS
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()

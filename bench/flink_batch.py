"""Measure how the batch job scales on Flink from one TaskManager to two.

usage: LOGVEIL_PARTS=.tools .venv/bin/python bench/flink_batch.py [--events 100000]
It starts a Flink cluster of its own on the loopback and prints a table. Two cores carry both TaskManagers, their
workers, the JobManager and the job server: on more cores the second one gains more.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from streaming import LOGVEIL, make_key, make_recent

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.flink import Flink, flink_cluster

FILES = 8


def main() -> None:
    """Run the job on one TaskManager and on two, each on so many events and on thrice as many, and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="logveil-batch-") as name:
        folder = Path(name)
        key = make_key(folder)
        few = make_inputs(folder / "few", asked.events)
        many = make_inputs(folder / "many", 3 * asked.events)
        print("| TaskManagers | seconds of the job | of thrice the events | events/s, slope | load |")
        print("|---|---|---|---|---|")
        with flink_cluster(folder / "flink") as flink:
            for managers in (1, 2):
                short = seconds_of(flink, few, folder / f"few-{managers}", key, managers)
                long = seconds_of(flink, many, folder / f"many-{managers}", key, managers)
                rate = 2 * asked.events / (long - short)
                load = os.getloadavg()[0]
                print(f"| {managers} | {short:.1f} | {long:.1f} | {rate:,.0f} | {load:.1f} |", flush=True)


def make_inputs(folder: Path, events: int) -> Path:
    """Make a folder of some files with so many events in all."""
    folder.mkdir()
    made = make_recent(folder, events)
    lines = made.read_bytes().splitlines(keepends=True)
    made.unlink()
    for number in range(FILES):
        (folder / f"{number}.jsonl").write_bytes(b"".join(lines[number::FILES]))
    return folder


def seconds_of(flink: Flink, inputs: Path, root: Path, key: Path, managers: int) -> float:
    """Return the seconds of a job from its first task's begin to its end, without its submission."""
    before = {job["jid"] for job in flink.ask("/jobs/overview")["jobs"]}
    line = [LOGVEIL, "redact", str(inputs), f"--output={root}", f"--keys={key}", "--max-rejected=1", "--json"]
    subprocess.run([*line, "--", *flink.beam_options(parallelism=managers)], check=True, capture_output=True)
    (job,) = {job["jid"] for job in flink.ask("/jobs/overview")["jobs"]} - before
    told = flink.ask(f"/jobs/{job}")
    return (told["timestamps"]["FINISHED"] - told["timestamps"]["RUNNING"]) / 1000


if __name__ == "__main__":
    main()

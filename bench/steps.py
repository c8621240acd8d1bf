"""Print what each step costs an event, in microseconds, without Beam: where the time of the job goes."""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines.root.partition_files import event_files
from pipelines.sources.inputs import plan_parts, snapshot
from pipelines.sources.read_files import read_part
from schemas.policy.file import default_policy
from transforms.avro.encode import Encoding
from transforms.classify import ClassifyStep
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter
from transforms.tag import TagStep


def main() -> None:
    """Run each step over all batches of a file and print its cost."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)  # as the job's workers do
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("events", type=Path)
    policy, key = default_policy(), PseudonymKey(bytes(range(32)), "1")
    reject = Rejecter(key, "2027-05-23")
    steps: Sequence[tuple[str, Callable[[Any], Any]]] = (
        ("parse", ParseStep(reject).build()),
        ("classify", ClassifyStep(policy, reject).build()),
        ("redact", RedactStep(policy, key, reject).build()),
        ("tag", TagStep(policy, "1", time.time_ns() // 10**6, reject).build()),
    )
    path = arguments.parse_args().events.resolve()
    started = time.process_time()
    batches: list[Any] = [batch for part in plan_parts([snapshot(path)]) for batch in read_part(part)]
    events = sum(map(len, batches))
    report("read", time.process_time() - started, events)
    for name, step in steps:
        started = time.process_time()
        batches = [step(batch).kept for batch in batches]
        report(name, time.process_time() - started, events)
    with tempfile.TemporaryDirectory() as staging:
        started = time.process_time()
        files = event_files(staging, Encoding(policy))
        written = [
            file for batch in batches if batch for file in files.add(batch[0].event.record.source, batch)
        ]
        size = sum(file.bytes for file in (*written, *files.close()))
        report("write", time.process_time() - started, events)
    print(f"{events} events, {size / path.stat().st_size:.3f} bytes out a byte in")


def report(name: str, seconds: float, events: int) -> None:
    """Print a line."""
    print(f"{name:10} {seconds / events * 1e6:8.1f} us")


if __name__ == "__main__":
    main()

"""Print what each step costs an event, in microseconds, without Beam: where the time of the job goes."""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.inputs import plan_parts, snapshot
from pipelines.read_files import read_part
from schemas.policy_file import default_policy
from transforms.avro_blocks import SYNC_BYTES, block
from transforms.classify import ClassifyStep
from transforms.encode import Encoding
from transforms.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter
from transforms.tag import TagStep

NOW_MS = 1_795_478_400_000


def main() -> None:
    """Run each step over all batches of a file and print its cost."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("events", type=Path)
    policy, key = default_policy(), PseudonymKey(bytes(range(32)), "1")
    reject = Rejecter(key, "2027-05-23")
    encoder = Encoding(policy).build()
    steps: Sequence[tuple[str, Callable[[Any], Any]]] = (
        ("parse", ParseStep(reject).build()),
        ("classify", ClassifyStep(policy, reject).build()),
        ("redact", RedactStep(policy, key, reject).build()),
        ("tag", TagStep(policy, "1", NOW_MS, reject).build()),
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
    started = time.process_time()
    encoded = [encoder.encode_events(batch) for batch in batches]
    report("encode", time.process_time() - started, events)
    started = time.process_time()
    size = sum(len(block(records, bytes(SYNC_BYTES))) for days in encoded for records in days.values())
    report("compress", time.process_time() - started, events)
    print(f"{events} events, {size / path.stat().st_size:.3f} bytes out a byte in")


def report(name: str, seconds: float, events: int) -> None:
    """Print a line."""
    print(f"{name:10} {seconds / events * 1e6:8.1f} us")


if __name__ == "__main__":
    main()

"""Tell whether two commits write the same records for the same events: `same_records.py BEFORE [AFTER]`.

Without AFTER the working tree is compared; `same_records.py --engine` holds its event engine against its plain steps,
their counts too. Only counts and names of fields are printed, no values.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import fastavro

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from jobs import NOW, make_events  # noqa: E402

Records = Mapping[str, Mapping[str, Any]]


def main() -> None:
    """Run both on the same events with the same key; exit with 1 if a record differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", nargs="?", help="a commit")
    parser.add_argument("after", nargs="?", help="a commit; default: the working tree")
    parser.add_argument("--engine", action="store_true", help="hold the engine against the plain steps")
    parser.add_argument("--count", type=int, default=30_000)
    parser.add_argument("--seed", default="same")
    options = parser.parse_args()
    if options.engine == (options.before is not None):
        parser.error("name a commit, or say --engine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "key"
        key.write_text("11" * 32 + "\n", encoding="ascii")
        key.chmod(0o600)
        mixed = ("--bad-share=0.02", "--dup-share=0.02", "--old-share=0.02", "--nested-share=0.1")
        events = make_events(folder / "events.jsonl", options.count, options.seed, *mixed)
        if options.engine:
            before, counts = redact(ROOT, events, key, folder / "out-before", "--engine=python")
            after, counted = redact(ROOT, events, key, folder / "out-after", "--engine=native")
        else:
            before, counts = redact(
                check_out(options.before, folder / "before"), events, key, folder / "out-before"
            )
            after_tree = check_out(options.after, folder / "after") if options.after else ROOT
            after, counted = redact(after_tree, events, key, folder / "out-after")
    found = differences(before, after)
    if options.engine:
        found.update(f"count {name}" for name in counts | counted if counts.get(name) != counted.get(name))
    print(f"{len(before):,} records before, {len(after):,} after")
    for what, count in sorted(found.items()):
        print(f"{what}: {count:,}")
    sys.exit(bool(found))


def check_out(commit: str, folder: Path) -> Path:
    """Lay out a commit's files in a folder, without touching the working tree; return it."""
    folder.mkdir()
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", commit], check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], check=True, input=archive.stdout)
    return folder


def redact(tree: Path, events: Path, key: Path, out: Path, *more: str) -> tuple[Records, Mapping[str, int]]:
    """Run a tree's `logveil redact`; return counts, and records by category and event id, or place."""
    command = [sys.executable, "-m", "pipelines", "redact", str(events), f"--output={out}", f"--keys={key}"]
    command += [f"--now={NOW}", "--json", "--workers=1", "--max-rejected=1", *more]
    done = subprocess.run(
        command, check=True, capture_output=True, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}
    )
    return dict(_records(out)), json.loads(done.stdout)["counts"]


def _records(root: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in root.glob("category=*/*/*.avro"):
        with path.open("rb") as file:
            for record in fastavro.reader(file):
                place = record.get("event_id") or f"{record['offset']}+{record['length']}"
                yield f"{path.parent.relative_to(root)}/{place}", record


def differences(before: Records, after: Records) -> Counter[str]:
    """Count the records that only one side has, and by name the fields that differ in the others.

    Example:
        >>> differences({"a": {"x": 1, "y": 1}, "b": {}}, {"a": {"x": 1, "y": 2}, "c": {}}) == Counter(
        ...     {"only before": 1, "only after": 1, "field y": 1}
        ... )
        True
    """
    found = Counter(
        {"only before": len(before.keys() - after.keys()), "only after": len(after.keys() - before.keys())}
    )
    for name in before.keys() & after.keys():
        old, new = before[name], after[name]
        found.update(
            f"field {field}" for field in old.keys() | new.keys() if old.get(field) != new.get(field)
        )
    return +found


if __name__ == "__main__":
    main()

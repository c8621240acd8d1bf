"""Run all peers over an events file, each on one core, and print a table: `run_all.py EVENTS [--json FILE]`.

A slow peer is given the first events only, as many as it cleans in some tens of seconds. A peer that can't
be run, or whose answer is wrong, is named with the reason and left out.
"""

import argparse
import json
import os
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from run_peer import PEERS, PeerError, run_peer

MOST_EVENTS = {"datafog": 20_000, "scrubadub": 10_000, "presidio": 2_000, "presidio_spacy": 500}


def main() -> None:
    """Run the peers that are asked for and print what each did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--peers", default=",".join(PEERS), help="names, with commas between")
    parser.add_argument("--core", type=int, default=0, help="the core to run on")
    options = parser.parse_args()
    # What a peer starts inherits the core, as under taskset -c.
    os.sched_setaffinity(0, {options.core})
    console = Console(width=None if os.isatty(1) else 180)
    results = []
    for name in options.peers.split(","):
        try:
            results.append(_run_on_part(name, options.events))
        except PeerError as failure:
            console.print(f"{name}: left out, {failure}", markup=False)
    console.print(_table(results))
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _run_on_part(name: str, events: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        part = events
        if name in MOST_EVENTS:
            part = Path(folder) / "events.jsonl"
            with events.open("rb") as lines, part.open("wb") as sink:
                sink.writelines(islice(lines, MOST_EVENTS[name]))
        return run_peer(name, part)


def _table(results: list[dict[str, Any]]) -> Table:
    table = Table("peer", "version", "events", "events/s", "MB/s", "start-up s", "does", "leaves undone")
    for result in results:
        table.add_row(
            result["peer"],
            result["version"],
            f"{result['events']:,}",
            f"{result['events'] / result['seconds']:,.0f}",
            f"{result['bytes'] / result['seconds'] / 1e6:.2f}",
            f"{result['start_up_seconds']:.2f}",
            "; ".join(result["does"]),
            "; ".join(result["leaves_undone"]),
        )
    return table


if __name__ == "__main__":
    main()

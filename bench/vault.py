"""Measure what `--vault` costs `logveil redact`: whole runs with and without it, by turns, as a ratio.

CPU seconds are those of the job and its workers, not of the database server. On a busy machine they say more
than wall seconds. Each run fills an empty vault, whose rows are counted against the accounts of the input.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from sqlalchemy import func, select

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from jobs import Measured, make_events, run_job  # noqa: E402

from pipelines.database.database import Database  # noqa: E402
from pipelines.vault.tables import sightings  # noqa: E402
from tests.mariadb import MariaDb, mariadb_server  # noqa: E402

NONE, SQLITE, MARIADB = "no vault", "SQLite", "MariaDB"


def main() -> None:
    """Run each way by turns and print the median ratio to the run without a vault."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=60_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--workers", type=int, default=1)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name, mariadb_server(Path(name, "server")) as server:
        folder = Path(name)
        events = make_events(folder / "events.jsonl", options.count)
        rounds = [measure_ways(server, folder, events, options.workers) for _ in range(options.rounds)]
    for way in (SQLITE, MARIADB):
        cpu = [each[way].cpu_seconds / each[NONE].cpu_seconds for each in rounds]
        wall = [each[way].seconds / each[NONE].seconds for each in rounds]
        print(f"{way}: CPU {spread(cpu)}, wall {spread(wall)}")
    bare = [each[NONE].cpu_seconds for each in rounds]
    print(f"{NONE}: {statistics.median(bare):.1f} CPU seconds for {options.count} events")


def measure_ways(server: MariaDb, folder: Path, events: Path, workers: int) -> dict[str, Measured]:
    """Return one run of each way; stop where a vault does not hold the accounts of the input."""
    urls = {SQLITE: f"sqlite:///{folder}/vault.db", MARIADB: server.make_database("vault")}
    (folder / "vault.db").unlink(missing_ok=True)
    measured = {NONE: run_job(events, workers)}
    for way, url in urls.items():
        measured[way] = run_job(events, workers, (), "--vault", url)
        database = Database(url)
        stored = database.run(
            lambda connection: connection.scalar(select(func.count()).select_from(sightings))
        )
        database.close()
        if stored != len(accounts_of(events)):
            raise SystemExit(
                f"wrong answer: {stored} accounts in the vault, {len(accounts_of(events))} in the input"
            )
    return measured


def accounts_of(events: Path) -> set[tuple[str, str]]:
    """Return the pairs of UIN and user name in a file of events."""
    with events.open("rb") as lines:
        documents = map(json.loads, lines)
        return {(document["uin"], document["username"]) for document in documents}


def spread(ratios: list[float]) -> str:
    """Return a median with the least and the greatest."""
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


if __name__ == "__main__":
    main()

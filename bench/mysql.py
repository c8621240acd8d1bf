"""Time the writing of redacted events into MariaDB beside LOAD DATA and a plain executemany of the same rows.

Each way fills an empty copy of one table (same columns, keys, indexes and partitions) of a server that this
script starts; afterwards the rows are counted and their contents compared by a checksum of the server. On a busy
machine the CPU microseconds a row, of this process and of the server, say more than rows a second.
"""

import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import pymysql
import typer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from pipelines.database.database import Database  # noqa: E402
from pipelines.mysql.events import EventWriter, compile_row  # noqa: E402
from pipelines.mysql.table import ensure_partitions, event_table  # noqa: E402
from schemas.events import FieldOutcome, RawRecord, RedactedEvent, Source, Tag, TaggedEvent  # noqa: E402
from schemas.policy.file import default_policy  # noqa: E402
from schemas.policy.policy import Policy  # noqa: E402
from tests.mariadb import MariaDb, mariadb_server  # noqa: E402

BATCH = 2_000
ROUNDS = 3
FIRST = date(2027, 5, 23)
WORDS = ("connection", "refused", "by", "peer", "while", "reading", "the", "response", "header", "from")
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

Row = tuple[Any, ...]
Columns = Sequence[str]


@dataclass(frozen=True)
class Cost:
    """What a way costs: rows a second by the wall clock, CPU microseconds a row of the client and the server."""

    rows_per_second: float
    client_us: float
    server_us: float


def main(
    count: Annotated[int, typer.Option(help="Events.")] = 60_000,
    days: Annotated[int, typer.Option(help="Days of expiry that they fall on.")] = 3,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print rows per second of each way."""
    policy = default_policy()
    events = make_events(count, days, policy)
    rows = [compile_row(policy)(event) for event in events]
    with tempfile.TemporaryDirectory() as folder, mariadb_server(Path(folder) / "server") as server:
        result = {
            "machine": f"{platform.machine()}, {platform.python_version()}",
            "server": server.execute("SELECT VERSION()")[0][0],
            "rows": count,
            "days": days,
            "bytes_a_row": sum(len(str(value)) for value in rows[0]),
            "ways": {name: asdict(cost) for name, cost in compare(server, policy, events, rows).items()},
        }
    if as_json:
        print(json.dumps(result))
        return
    table = Table(
        "way",
        "rows/s",
        "client µs/row",
        "server µs/row",
        title=f"{count} rows, {days} days, {result['server']}",
    )
    for name, cost in result["ways"].items():
        table.add_row(name, *(f"{figure:,.0f}" for figure in cost.values()))
    Console().print(table)


def make_events(count: int, days: int, policy: Policy) -> list[TaggedEvent]:
    """Return events of about 1.2 KB, the same on every call."""
    chance = random.Random(1)

    def text(words: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(words))

    def token(prefix: str, kinds: int) -> str:
        return f"{prefix}_1_{'a' * 16}{''.join(ALPHABET[chance.randrange(kinds) % 32] for _ in range(4))}"

    source = Source("bench.jsonl", "ab" * 32)
    events = []
    for number in range(count):
        values = {
            "uin": token("uin", 12),
            "username": token("usr", 12),
            "client_ip": "203.0.113.0/24",
            "request_id": f"{chance.getrandbits(128):032x}",
            "error_message": text(30),
            "output": text(60),
            "description": text(25),
            "single_step_debugging_information": text(30),
            "state": "failed",
        }
        day = FIRST + timedelta(number % days)
        time_ms = ((day - date(1970, 1, 1)).days - 180) * 86_400_000 + number % 86_400_000
        outcomes = tuple(FieldOutcome(name, policy[name].treatment) for name in values)
        tags = tuple(
            Tag(
                name,
                "troubleshooting_data",
                "dpv:TechnicalServiceProvision",
                "contract",
                "keep",
                180,
            )
            for name in values
        )
        event = RedactedEvent(
            RawRecord(b"", source, number), f"{number:032x}", time_ms, "app", values, {}, outcomes
        )
        events.append(
            TaggedEvent(event, tags, time_ms + 180 * 86_400_000, day.isoformat(), policy.version, "1")
        )
    return events


def compare(
    server: MariaDb, policy: Policy, events: Sequence[TaggedEvent], rows: Sequence[Row]
) -> dict[str, Cost]:
    """Return the median cost of each way; stop where two disagree on what was written."""
    columns = [column.name for column in event_table("t", policy).columns]
    ways: dict[str, Callable[[str], None]] = {
        "logveil, from events": lambda url: write_events(url, policy, events),
        "executemany, rows made": lambda _: insert_rows(server, columns, rows),
        "LOAD DATA, file made": lambda _: load_rows(server, columns, rows),
    }
    costs: dict[str, list[tuple[float, ...]]] = {name: [] for name in ways}
    checksums = set()
    for name, write in list(ways.items()) * ROUNDS:
        url = server.make_database("bench")
        ensure_partitions(
            Database(url), "t", policy, {date.fromisoformat(event.expires_on) for event in events}
        )
        if name.startswith("LOAD"):
            write_file(server, rows)
        before = clocks(server)
        write(url)
        wall, client, on_server = (now - then for now, then in zip(clocks(server), before, strict=True))
        costs[name].append((len(events) / wall, client * 1e6 / len(events), on_server * 1e6 / len(events)))
        counted = server.execute(
            "SELECT COUNT(*), SUM(CRC32(CONCAT_WS('|', event_id, uin, output))) FROM bench.t"
        )
        checksums.add(counted[0])
    if len(checksums) != 1 or next(iter(checksums))[0] != len(events):
        raise SystemExit("the ways wrote different rows")
    return {name: Cost(*map(statistics.median, zip(*each, strict=True))) for name, each in costs.items()}


def clocks(server: MariaDb) -> tuple[float, float, float]:
    """Return wall seconds, and the CPU seconds that this process and the server have used (proc(5))."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.perf_counter(), time.process_time(), ticks / os.sysconf("SC_CLK_TCK")


def write_events(url: str, policy: Policy, events: Sequence[TaggedEvent]) -> None:
    """Write as the pipeline does."""
    writer = EventWriter(Database(url), "t", policy)
    for start in range(0, len(events), BATCH):
        writer.write(events[start : start + BATCH])


def insert_rows(server: MariaDb, columns: Columns, rows: Sequence[Row]) -> None:
    """Insert rows that were made before, a batch a transaction."""
    statement = f"INSERT INTO t ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    with connected(server) as connection, connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.executemany(statement, rows[start : start + BATCH])
            connection.commit()


def write_file(server: MariaDb, rows: Sequence[Row]) -> None:
    """Write the rows as LOAD DATA reads them by default."""
    with (server.directory / "rows.tsv").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write("\t".join(r"\N" if value is None else escaped(str(value)) for value in row) + "\n")


def escaped(text: str) -> str:
    """Return a value as it stands in a file of LOAD DATA."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def load_rows(server: MariaDb, columns: Columns, rows: Sequence[Row]) -> None:
    """Load the file in one statement."""
    path = server.directory / "rows.tsv"
    with connected(server) as connection, connection.cursor() as cursor:
        cursor.execute(f"LOAD DATA INFILE '{path}' INTO TABLE t CHARACTER SET utf8mb4 ({', '.join(columns)})")
        connection.commit()


def connected(server: MariaDb) -> "pymysql.Connection[Any]":
    """Return a connection to the database of the comparison."""
    return pymysql.connect(
        host="127.0.0.1", port=server.port, user="root", database="bench", charset="utf8mb4"
    )


if __name__ == "__main__":
    typer.run(main)

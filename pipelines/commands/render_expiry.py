"""Tables of what will expire, on a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.commands.printable import printable
from pipelines.retention.behind import Behind
from schemas.retention_plan import ExpiryPlan, parse_partition
from transforms.checks.retention import CalendarRow, why_due

_NUMBERS = ("files", "records", "bytes")


def print_plan(console: Console, plan: ExpiryPlan) -> None:
    """Print what a plan deletes, what it can't parse, and the totals."""
    table = _table("category", *_NUMBERS, "why", title=f"Expires in {plan.root} as of {plan.as_of}")
    for partition in plan.partitions:
        numbers = (len(partition.files), partition.records, partition.bytes)
        category = parse_partition(partition.path)[0]
        table.add_row(category, *(f"{number:,}" for number in numbers), partition.why)
    for part in plan.tables:
        name = f"{part.store.rpartition('/')[2]}, {part.name}"
        why = why_due(date.fromisoformat(part.expires_on), date.fromisoformat(plan.as_of))
        table.add_row(name, "", f"{part.records:,}", f"{part.bytes:,}", why)
    console.print(table)
    for path in plan.unparsable:
        console.print(Text(f"not a partition, left alone: {printable(path)}"), soft_wrap=True)


def calendar_json(rows: Sequence[CalendarRow], behind: Sequence[Behind]) -> list[dict[str, Any]]:
    """Return a calendar for machines: of each date, how many records are of another policy and how many behind too."""
    of_date: dict[date, list[Behind]] = {}
    for one in behind:
        of_date.setdefault(one.expires_on, []).append(one)
    return [
        {
            **asdict(row),
            "expires_on": row.expires_on.isoformat(),
            "other_policy": sum(one.records for one in of_date.get(row.expires_on, ())),
            "behind": sum(one.behind for one in of_date.get(row.expires_on, ())),
        }
        for row in rows
    ]


def print_calendar(
    console: Console, rows: Sequence[CalendarRow], root: str, behind: Sequence[Behind] = ()
) -> None:
    """Print what will expire when, and what was written under other policies."""
    table = _table("expires on", "in days", "partitions", *_NUMBERS, title=f"What expires when in {root}")
    for row in rows:
        numbers = (row.days, row.partitions, row.files, row.records, row.bytes)
        table.add_row(row.expires_on.isoformat(), *(f"{number:,}" for number in numbers))
    console.print(table)
    for one in behind:
        console.print(Text(f"{one.partition}: {one}"), soft_wrap=True)


def _table(*headers: str, title: str) -> Table:
    table = Table(title=Text(printable(title)), title_justify="left")
    for header in headers:
        textual = header in ("category", "why", "expires on")
        table.add_column(header, justify="left" if textual else "right", overflow="fold")
    return table

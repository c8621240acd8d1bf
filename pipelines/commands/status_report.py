"""How `logveil status` shows what it found."""

from dataclasses import asdict
from typing import Any

from rich.table import Table

from pipelines.commands.account_options import iso
from pipelines.commands.printable import printable
from pipelines.commands.terminal import console
from pipelines.status.metrics import Status
from pipelines.status.root import StreamStatus
from pipelines.status.topic import PartitionLag, TopicStatus
from schemas.events import Counts


def status_json(status: Status) -> dict[str, Any]:
    """Return a status as JSON values."""
    root = status.root
    return {
        "now": root.now.isoformat(),
        "last_commit": None if root.last_commit is None else root.last_commit.isoformat(),
        "counts": dict(sorted(root.counts.items())),
        "partitions": root.partitions,
        "due": list(root.due),
        "unfinished": list(root.unfinished),
        "overdue_erasures": status.overdue,
        "streams": [asdict(one) for one in root.streams],
        "topics": [
            {
                **asdict(one),
                "partitions": [
                    {**asdict(part), "lag": part.lag, "dropped": part.dropped} for part in one.partitions
                ],
            }
            for one in status.topics
        ],
        "warnings": status.warnings,
    }


def print_status(status: Status) -> None:
    """Print a status for people."""
    root = status.root
    age = root.commit_age_seconds
    out = console()
    out.print(f"Last commit  {'none' if age is None else f'{age:,.0f} s ago'}", highlight=False)
    counts = root.counts
    out.print(
        f"Events       {counts['read']:,} read, {counts['written']:,} written, {_rejected(counts):,} rejected,"
        f" {counts['expired_on_arrival']:,} expired on arrival",
        highlight=False,
    )
    out.print(f"Partitions   {root.partitions:,}, {len(root.due):,} past their date", highlight=False)
    for stream in root.streams:
        out.print(_lanes(stream))
    for topic in status.topics:
        out.print(_lag(topic))
    for warning in status.warnings:
        out.print(printable(warning), style="yellow", markup=False, highlight=False, soft_wrap=True)


def _rejected(counts: Counts) -> int:
    return sum(count for name, count in counts.items() if name.startswith("rejected/"))


def _partition(one: PartitionLag) -> dict[str, Any]:
    return {**asdict(one), "lag": one.lag, "dropped": one.dropped}


def _lanes(stream: StreamStatus) -> Table:
    table = Table("lane", "segment", "committed at", title=f"Topic {stream.topic}", title_justify="left")
    for lane in stream.lanes:
        table.add_row(str(lane.lane), f"{lane.sequence:,}", lane.committed_at or "never")
    return table


def _lag(topic: TopicStatus) -> Table:
    columns = ("partition", "next", "end", "lag", "oldest uncommitted")
    table = Table(*columns, title=f"Lag of {topic.topic}", title_justify="left")
    for one in topic.partitions:
        oldest = iso(one.oldest_ms) or ""
        table.add_row(str(one.partition), f"{one.next:,}", f"{one.high:,}", f"{one.lag:,}", oldest)
    return table

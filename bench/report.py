"""A report as a table on the terminal, as Markdown, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from figures import change, is_busy, shown
from lines import Line, last_values
from rich.console import Console
from rich.table import Table

BEGIN, END = "<!-- results: written by bench/run -->\n", "<!-- end of results -->\n"
_HEAD = ("what", "figure", "target", "met", "last", "how")
_PEER_HEAD = ("program", "version", "events/s", "MB/s", "does", "leaves undone")
_MET = {True: "yes", False: "NO", None: ""}

Rows = list[tuple[str, ...]]


def line_rows(lines: Sequence[Line], last: Mapping[str, Any]) -> Iterator[tuple[str, Rows]]:
    """Yield each group of lines with its rows of cells."""
    before = last_values(last)
    for group in dict.fromkeys(line.group for line in lines):
        yield group, [_cells(line, before.get((group, line.what))) for line in lines if line.group == group]


def _cells(line: Line, before: float | None) -> tuple[str, ...]:
    target = "" if line.target is None else f"{line.target[0]} {shown(line.target[1])}"
    return (
        line.what,
        f"{shown(line.value)} {line.unit}",
        target,
        _MET[line.met],
        "" if before is None else f"{shown(before)} ({change(line.value, before)})",
        line.note,
    )


def peer_cells(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the cells of the programs that were compared."""
    return [
        (row["program"], "", "", "", "", f"left out: {row['left_out']}")
        if "left_out" in row
        else (
            row["program"],
            row["version"],
            shown(row["events_a_second"]),
            shown(row["megabytes_a_second"]),
            "; ".join(row["does"]),
            "; ".join(row["leaves_undone"]),
        )
        for row in rows
    ]


def heading(report: Mapping[str, Any]) -> list[str]:
    """Return what stands above the tables."""
    machine = report["machine"]
    lines = [
        f"{report['recorded']}, commit {report['commit']}, {report['mode']} run"
        + (f", only {', '.join(report['only'])}" if report["only"] else ""),
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB, "
        f"{machine['system']}",
        ", ".join(f"{name} {version}" for name, version in report["versions"].items()),
    ]
    if is_busy(machine):
        lines.append(
            f"The machine was busy with other work (load {machine['load']:.1f}): no verdict on wall time holds."
        )
    return lines


def print_report(
    console: Console, report: Mapping[str, Any], lines: Sequence[Line], last: Mapping[str, Any]
) -> None:
    """Print the tables."""
    for line in heading(report):
        console.print(line, markup=False, highlight=False)
    for group, rows in line_rows(lines, last):
        console.print(_table(group, _HEAD, rows))
    if report["peers"]:
        console.print(_table("each on one core, on the same events", _PEER_HEAD, peer_cells(report["peers"])))


def _table(title: str, head: Sequence[str], rows: Rows) -> Table:
    table = Table(*head, title=title)
    for row in rows:
        table.add_row(*row, style="red" if "NO" in row else None)
    return table


def markdown(report: Mapping[str, Any], lines: Sequence[Line], last: Mapping[str, Any]) -> str:
    """Return the report as Markdown."""
    parts = ["\n".join(f"- {line}" for line in heading(report))]
    for group, rows in line_rows(lines, last):
        parts.append(f"### {group[0].upper()}{group[1:]}\n\n{_markdown_table(_HEAD, rows)}")
    if report["peers"]:
        peers = _markdown_table(_PEER_HEAD, peer_cells(report["peers"]))
        parts.append(f"Each on one core, on the same events:\n\n{peers}")
    return "\n\n".join(parts) + "\n"


def _markdown_table(head: Sequence[str], rows: Rows) -> str:
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
        for row in (head, ("---",) * len(head), *rows)
    )


def with_results(document: str, results: str) -> str:
    """Return a document with its part between the two marks replaced.

    Example:
        >>> with_results(f"a\\n{BEGIN}old\\n{END}b\\n", "new\\n") == f"a\\n{BEGIN}new\\n{END}b\\n"
        True
    """
    before, _, rest = document.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError("the document has no place for results")
    return f"{before}{BEGIN}{results}{END}{after}"

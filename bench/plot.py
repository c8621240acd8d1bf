"""Draw a recorded report: `plot.py REPORT.json FOLDER` writes FOLDER/latest.png; needs matplotlib."""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib
from figures import is_busy, shown

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes

_WIDEST = 2.5
_OWN, _OTHER, _MISSED = "#1b7f5c", "#9aa5b1", "#c0392b"


def main() -> None:
    """Draw what the report holds: speeds beside the peers, and every target with how near it is."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    peers = [row for row in report["peers"] if "left_out" not in row]
    targets = [line for line in report["lines"] if line["target"]]
    panels = [(draw_peers, peers), (draw_targets, targets)]
    panels = [(draw, rows) for draw, rows in panels if rows]
    if not panels:
        return
    height = 1.2 + 0.32 * max(len(rows) for _, rows in panels)
    figure, axes = pyplot.subplots(1, len(panels), figsize=(7.5 * len(panels), height), squeeze=False)
    for axis, (draw, rows) in zip(axes[0], panels, strict=True):
        draw(axis, rows)
    machine = report["machine"]
    busy = ", busy machine" if is_busy(machine) else ""
    figure.suptitle(
        f"logveil {report['commit']}, {report['recorded']}, {machine['processor']}, {report['mode']} run{busy}",
        fontsize=9,
    )
    figure.tight_layout()
    figure.savefig(Path(sys.argv[2]) / "latest.png", dpi=110)


def draw_peers(axis: Axes, rows: list[dict[str, Any]]) -> None:
    """Draw events a second of each program, the fastest on top."""
    rows = sorted(rows, key=lambda row: row["events_a_second"])
    colors = [_OWN if row["program"] == "logveil" else _OTHER for row in rows]
    bars = axis.barh([row["program"] for row in rows], [row["events_a_second"] for row in rows], color=colors)
    axis.bar_label(bars, [f"{row['events_a_second']:,.0f}" for row in rows], padding=3, fontsize=8)
    axis.set_xscale("log")
    axis.margins(x=0.15)
    axis.set_title("events a second, one core (others do a part of the job)", fontsize=9)
    axis.tick_params(labelsize=8)


def draw_targets(axis: Axes, lines: list[dict[str, Any]]) -> None:
    """Draw each figure in shares of its target; what is right of the line is better than asked for."""
    lines = lines[::-1]
    shares = [min(margin(line), _WIDEST) for line in lines]
    colors = [_OWN if line["met"] else _MISSED for line in lines]
    bars = axis.barh([line["what"] for line in lines], shares, color=colors)
    labels = [
        f"{shown(line['value'])} {line['unit']} ({line['target'][0]} {shown(line['target'][1])})"
        for line in lines
    ]
    axis.bar_label(bars, labels, padding=3, fontsize=7)
    axis.axvline(1, color="black", linewidth=1)
    axis.set_xlim(0, _WIDEST * 1.5)
    axis.set_title("figures in shares of their targets (right of the line: met)", fontsize=9)
    axis.tick_params(labelsize=7)


def margin(line: dict[str, Any]) -> float:
    """Return how many times better than its target a figure is."""
    sign, limit = line["target"]
    return line["value"] / limit if sign == "≥" else limit / line["value"]


if __name__ == "__main__":
    main()

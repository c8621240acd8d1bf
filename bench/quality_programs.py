"""Score logveil on cases and on the labelled lines of many programs, those fitted to and those left out."""

import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from fit_slots import left_out
from rich.console import Console
from rich.table import Table

DOMAINS = ("hpc", "workflow", "genomics", "java")
"""The domains that the platform lives in."""


def programs_document(shared: Path) -> dict[str, Any]:
    """Return, of each part, the shares of spans that are left and of words that are lost, as means over programs."""
    from transforms import redact_text

    scorer = _module(shared / "tools" / "score_labels.py")
    rows = scorer.load([str(shared / "data" / "labelled" / "programs")])
    parts = {
        "programs that the weights were fitted to": [row for row in rows if not left_out(row["family"])],
        "programs left out": [row for row in rows if left_out(row["family"])],
    }
    return {name: _part(scorer, part, redact_text) for name, part in parts.items()}


def cases_document(shared: Path) -> dict[str, int]:
    """Return how many of the cases hold."""
    from transforms import redact_text

    runner = _module(shared / "tools" / "run_cases.py")
    lines = (shared / "cases" / "detection.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    held = sum(runner.fits(case["expected"], redact_text(case["input"]), False) for case in cases)
    return {"held": held, "cases": len(cases)}


def print_programs(console: Console, programs: dict[str, Any], cases: dict[str, int]) -> None:
    """Print the table."""
    table = Table(
        "on", "spans left", "without addresses", *DOMAINS, "words lost", title="Means over programs"
    )
    for name, part in programs.items():
        shares = [part["left"], part["left_without_addresses"], *(part["domains"][one] for one in DOMAINS)]
        table.add_row(name, *(f"{share:.2%}" for share in shares), f"{part['lost']:.2%}")
    console.print(table)
    console.print(f"cases/detection.jsonl: {cases['held']} of {cases['cases']}")


def _part(scorer: ModuleType, rows: list[dict[str, Any]], redact: Callable[[str], str]) -> dict[str, Any]:
    tallies = scorer.score(rows, redact)[0]
    others = scorer.score(rows, redact, leave=[re.compile("entity:IP_ADDRESS")])[0]
    whole = scorer.macro(tallies, "program", False)
    domains = {}
    for domain in DOMAINS:
        tally = tallies[("domain", domain)]
        domains[domain] = tally.leaks(False) / max(1, tally.c["must"])
    return {
        "left": whole["leak"],
        "left_without_addresses": scorer.macro(others, "program", False)["leak"],
        "lost": whole["lost"],
        "domains": domains,
    }


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""Make labelled events with the project's generator and read the texts to be scored from them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality_forms import Mark, by_form

FREE_FIELDS = (
    "description",
    "url",
    "application_description",
    "dns_domain_name",
    "error_message",
    "output",
    "single_step_debugging_information",
)
KNOWN_FIELDS = {
    "uin": "UIN",
    "username": "USERNAME",
    "ip_address": "IP_ADDRESS",
    "client_ip": "IP_ADDRESS",
    "source_ip": "IP_ADDRESS",
}
Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One free text of one event, with what is known about it."""

    batch: str
    line: int
    field: str
    text: str
    spans: tuple[Mark, ...]
    natural: tuple[Mark, ...]
    decoys: tuple[Mark, ...]
    known: tuple[tuple[str, str], ...]


def make_samples(shared: Path, folder: Path, seed: str, tag_style: str, count: int) -> list[Sample]:
    """Run the generator and return the texts of all events that are neither malformed nor repeated."""
    events, labels = folder / f"{seed}-{tag_style}.jsonl", folder / f"{seed}-{tag_style}.labels.jsonl"
    generator = shared / "tools" / "make_events.py"
    command = [sys.executable, str(generator), "--data", str(shared / "data"), "--seed", seed]
    command += [
        "--tag-style",
        tag_style,
        "--count",
        str(count),
        "--out",
        str(events),
        "--labels",
        str(labels),
    ]
    subprocess.run(command, check=True)
    samples: list[Sample] = []
    with events.open(encoding="utf-8") as lines, labels.open(encoding="utf-8") as truths:
        for line, truth in zip(lines, truths, strict=True):
            label = json.loads(truth)
            if label["kind"] == "ok":
                samples.extend(event_samples(f"{seed}/{tag_style}", json.loads(line), label))
    return samples


def event_samples(batch: str, event: dict[str, Any], label: dict[str, Any]) -> Iterator[Sample]:
    """Yield the non-empty free texts of an event; an object is taken as its JSON text."""
    known = tuple((field, event[field]) for field in KNOWN_FIELDS)
    for field in FREE_FIELDS:
        value = event[field]
        if value == "":
            continue
        offsets: dict[Keys, int] = {}
        text = value if isinstance(value, str) else encode(value, (field,), 0, offsets)
        marks = {
            name: tuple(sorted(_marks(label[name], field, value, offsets), key=lambda mark: mark.start))
            for name in ("spans", "natural", "decoys")
        }
        natural = marks["natural"] + tuple(by_form(text, marks["decoys"]))
        yield Sample(batch, label["line"], field, text, marks["spans"], natural, marks["decoys"], known)


def encode(value: Any, path: Keys, at: int, offsets: dict[Keys, int]) -> str:
    """Write a value as JSON and note at which offset the content of each string leaf begins.

    Example:
        >>> offsets = {}
        >>> encode({"a": ["x", 1]}, ("f",), 0, offsets), offsets
        ('{"a":["x",1]}', {('f', 'a', 0): 7})
    """
    if isinstance(value, str):
        offsets[path] = at + 1
        return _dump(value)
    if not isinstance(value, dict | list):
        return _dump(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    text = opening
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        text += "," if len(text) > 1 else ""
        text += f"{_dump(key)}:" if isinstance(value, dict) else ""
        text += encode(item, (*path, key), at + len(text), offsets)
    return text + closing


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _marks(labels: list[dict[str, Any]], field: str, value: Any, offsets: dict[Keys, int]) -> Iterator[Mark]:
    """Yield the labels of one field; in an object, moved to where its leaf's escaped text stands."""
    for label in labels:
        path = label["field"]
        start, end = label["start"], label["end"]
        if path != field:
            if isinstance(path, str) or path[0] != field:
                continue
            leaf = value
            for key in path[1:]:
                leaf = leaf[key]
            base = offsets[tuple(path)]
            start, end = (base + len(_dump(leaf[:position])) - 2 for position in (start, end))
        yield Mark(start, end, label["entity"], label.get("sub", ""))

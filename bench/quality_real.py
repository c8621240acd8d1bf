"""Show what redaction takes from real lines, of which no labels exist.

Addresses and mailboxes are personal by their form; what else is gone is for a reader to judge.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from quality_align import align
from quality_forms import Mark, by_form
from quality_score import token_kind, words

_BATCH = 2000
_SHAPE = re.compile(r"\d+|[^\W\d_]+")
_LONGEST_SHAPE = 60


@dataclass
class FileChanges:
    """What became of one file's lines."""

    name: str
    lines: int = 0
    changed: int = 0
    words: int = 0
    lost: int = 0
    lost_by_form: int = 0
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass
class RealChanges:
    """What became of all files, and what was replaced that is not personal by its form."""

    files: list[FileChanges] = field(default_factory=list)
    shapes: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def read_real(data: Path, redact: Callable[[Sequence[str]], list[str]]) -> RealChanges:
    """Redact every line of the sample files and count the words that are gone, file by file."""
    changes = RealChanges()
    for entry in json.loads((data / "manifest.json").read_text(encoding="utf-8")):
        if entry["kind"] in ("line", "jsonl"):
            changes.files.append(FileChanges(entry["file"]))
            _read_file(changes, data / entry["file"], redact)
    return changes


def _read_file(changes: RealChanges, path: Path, redact: Callable[[Sequence[str]], list[str]]) -> None:
    result = changes.files[-1]
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        while batch := [line.rstrip("\r\n") for line in islice(lines, _BATCH)]:
            for before, after in zip(batch, redact(batch), strict=True):
                result.lines += 1
                personal = tuple(by_form(before))
                result.words += sum(1 for _ in words(before, personal))
                if before != after:
                    result.changed += 1
                    _count_line(changes, before, after, personal)


def _count_line(changes: RealChanges, before: str, after: str, personal: tuple[Mark, ...]) -> None:
    result = changes.files[-1]
    alignment = align(before, after, [(mark.start, mark.end) for mark in personal])
    for start, end, is_personal in words(before, personal):
        gone = 0 in alignment.kept[start:end]
        result.lost += gone
        result.lost_by_form += gone and is_personal
    for gap in alignment.gaps:
        kind = token_kind(gap.token)
        result.kinds[kind] += 1
        if any(mark.start <= gap.start and gap.end <= mark.end for mark in personal):
            continue
        key = (kind, shape(before[gap.start : gap.end]))
        changes.shapes[key] += 1
        changes.places.setdefault(key, (f"{result.name}:{result.lines}:{gap.start}-{gap.end}", before))


def shape(text: str) -> str:
    """Mask a text so that only its form shows.

    Example:
        >>> shape("Anna.Smith7@example.com"), shape("10.0.12.8"), shape("张伟")
        ('Aa.Aa0@a.a', '0.0.0.0', '中')
    """
    return "".join(_masked(text))[:_LONGEST_SHAPE]


def _masked(text: str) -> Iterator[str]:
    last = 0
    for match in _SHAPE.finditer(text):
        yield text[last : match.start()]
        run = match.group()
        if run[0].isdigit():
            yield "0"
        elif not run.isascii():
            yield "中"
        else:
            yield "a" if run.islower() else "A" if run.isupper() else "Aa"
        last = match.end()
    yield text[last:]

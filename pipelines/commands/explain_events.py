"""Find one event of an input file and explain it; apart from the command, for Beam takes seconds to import."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.commands.explain_report import text_json, text_lines
from pipelines.commands.printable import printable
from pipelines.sources.found import find_inputs
from pipelines.sources.inputs import examine, plan_parts
from pipelines.sources.read_files import read_part
from schemas.errors import InputError, OptionsError
from schemas.events import RawRecord
from transforms.explain_event import EventExplanation


def event_at(place: str) -> RawRecord:
    """Return the raw record at FILE:LINE; in a document without lines, the record of that number.

    Raises:
        OptionsError: The place is no FILE:LINE.
        InputError: The file cannot be read, or has no such line.
    """
    path, _, number = place.rpartition(":")
    if not path or not number.isdecimal() or int(number) < 1:
        raise OptionsError("--event takes FILE:LINE, a line number counted from 1")
    found = find_inputs([path], Path("/nonexistent"), "--event")[0]
    files = examine(found.path, safe_name=lambda _: found.typed)
    part = replace(plan_parts(files, safe_name=lambda _: found.typed)[0], end=None)
    count = 0
    for batch in read_part(part):
        for record in batch:
            count += 1
            if (record.line or count) == int(number):
                return record
    fault = f"there is no event at line {number}"
    raise InputError(f"--event: {fault}", f"{found.typed}: {fault}")


def event_lines(explained: EventExplanation) -> Iterator[str]:
    """Yield each field with its treatment and reason, then what was left out, or why the event is rejected."""
    if explained.rejection is not None:
        yield f"rejected by {explained.rejection.stage}: {explained.rejection.reason}"
    for field in explained.fields:
        yield f"{field.field}: {field.treatment}, {field.reason}"
        if field.text is None:
            yield f"  {printable(field.before)}" + (
                f" → {printable(field.after)}" if field.after != field.before else ""
            )
        else:
            yield from text_lines(field.text, "  ")
    for name, count in sorted(_left_out(explained).items()):
        yield f"left out: {name}, {count}"


def event_json(explained: EventExplanation) -> Mapping[str, Any]:
    """Return an explanation for machines."""
    rejection = explained.rejection
    return {
        "rejection": rejection and {"stage": rejection.stage, "reason": rejection.reason},
        "fields": [
            {
                "field": field.field,
                "treatment": field.treatment,
                "reason": field.reason,
                "before": field.before,
                "after": field.after,
                "text": field.text and text_json(field.text),
            }
            for field in explained.fields
        ],
        "left_out": _left_out(explained),
    }


def _left_out(explained: EventExplanation) -> Mapping[str, int]:
    return {
        name: count
        for name, count in explained.counts.items()
        if name.startswith(("unknown_field/", "field/"))
    }

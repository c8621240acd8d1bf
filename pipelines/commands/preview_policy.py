"""`logveil preview`: which events of a file come out otherwise under another policy."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipelines.commands.account_options import Json, Now, moment
from pipelines.commands.detectors import (
    AllowOption,
    FormatsOption,
    NamesOption,
    RecognizersOption,
    detection_of,
)
from pipelines.commands.policy import read_policy
from pipelines.commands.redact import Keys, Unknown, passing_ring
from pipelines.commands.terminal import console, say_json
from pipelines.sources.found import find_inputs
from pipelines.sources.inputs import plan_parts, snapshot
from pipelines.sources.read_files import read_part
from schemas.events import RawRecord
from transforms.classify import UnknownFields
from transforms.compare_events import EventChange, compare_events
from transforms.redact_logs import RedactLogEvents
from transforms.tag import epoch_ms

_NOWHERE = Path("/nonexistent")

File = Annotated[str, typer.Argument(help="The file whose first events are tried.", show_default=False)]
NewPolicy = Annotated[Path, typer.Option("--policy", help="The policy to try.")]
Against = Annotated[
    Path | None, typer.Option("--against", help="The policy to compare with. Default: the shipped one.")
]
Events = Annotated[int, typer.Option(min=1, help="How many events are tried.")]
Show = Annotated[int, typer.Option(min=0, help="How many of those that differ are shown.")]


def preview(
    file: File,
    policy: NewPolicy,
    against: Against = None,
    events: Events = 1000,
    show: Show = 20,
    recognizers: RecognizersOption = None,
    formats: FormatsOption = None,
    names: NamesOption = None,
    allow: AllowOption = None,
    unknown_fields: Unknown = UnknownFields.DROP,
    keys: Keys = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Show which events of a file come out otherwise under another policy, before and after, field by field."""
    key = passing_ring(keys, _NOWHERE).current
    bodies = [
        RedactLogEvents(
            stated,
            key,
            epoch_ms(moment(now)),
            unknown_fields,
            detection_of(stated, recognizers, formats, names, allow),
        )
        for stated in (read_policy(against), read_policy(policy))
    ]
    records = list(islice(_records(file), events))
    changes = list(compare_events(records, *bodies))
    if as_json:
        say_json({"events": len(records), "changed": [asdict(change) for change in changes]})
        return
    _print(len(records), changes, show)


def _records(file: str) -> Iterator[RawRecord]:
    for found in find_inputs([file], _NOWHERE):
        for part in plan_parts([snapshot(found.path)]):
            for batch in read_part(part):
                yield from batch


def _print(number: int, changes: Sequence[EventChange], show: int) -> None:
    """Print the events that differ, and how often each field does."""
    out = console()
    for change in changes[:show]:
        table = Table("field", "before", "after", title=f"line {change.line}", title_justify="left")
        for field in change.fields:
            table.add_row(field.field, *map(_cell, (field.before, field.after)))
        out.print(table)
    if len(changes) > show:
        out.print(f"… and {len(changes) - show:,} more")
    fields = Counter(field.field for change in changes for field in change.fields)
    counted = ", ".join(f"{name} {times:,}" for name, times in fields.most_common())
    out.print(
        f"{number:,} events: {len(changes):,} come out otherwise" + (f" ({counted})" if counted else "")
    )


def _cell(value: str | None) -> Text:
    return Text("absent", "dim") if value is None else Text(" ".join(value.split()))

"""`logveil explain TEXT`: what is found in a text, by whom, and what becomes of it. Nothing is written or logged."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.policy_file import default_policy
from transforms.detect import Detection, Known, Span

_STDIN = "-"
_COLUMNS = ("value", "kind", "found by", "score", "becomes")


def explain(
    text: Annotated[str, typer.Argument(help="The text, or - for standard input.")],
    known: Annotated[
        list[str] | None, typer.Option(help="An account name that the event itself states; may be repeated.")
    ] = None,
) -> None:
    """Show what the detectors find in a text and what becomes of it; content is printed because it was asked for."""
    content = sys.stdin.read() if text == _STDIN else text
    people = tuple(Known(name, "<USERNAME>", "USERNAME") for name in known or ())
    redactor = Detection.of(default_policy()).build()
    console = Console()
    console.print(span_table(content, redactor.find(content, people)))
    console.print(Text(redactor.redact([content], [people])[0].text))


def span_table(text: str, spans: list[Span]) -> Table:
    """Return one row for each span that is replaced, from left to right."""
    table = Table(*_COLUMNS)
    for span in spans:
        row = (text[span.start : span.end], span.kind, span.recognizer, f"{span.score:.3g}", span.token)
        table.add_row(*map(Text, row))
    return table

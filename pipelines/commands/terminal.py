"""What the commands print: nothing in it steers a terminal, or begins a line that we did not begin."""

import json
import os
from collections.abc import Iterable
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from pipelines.commands.printable import printable

_WIDTH_OF_A_FILE = 120


def say(line: str, err: bool = False) -> None:
    """Print one line for a person."""
    typer.echo(printable(line), err=err)


def say_json(content: Any, indent: int | None = None) -> None:
    """Print content for a machine; it reads the same from escapes."""
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    typer.echo("".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text))


class _PrintableConsole(Console):
    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text = segment.text
            if segment.control or text.isprintable():
                yield segment
            else:
                yield Segment("\n".join(map(printable, text.split("\n"))), segment.style)


def console(least_width: int = 0) -> Console:
    """Return a console as wide as the terminal; where output goes to a file or pipe, wide enough for our tables.

    What is printed on it is taken as it is: brackets are no markup.
    """
    found = _PrintableConsole(markup=False)
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = _WIDTH_OF_A_FILE
    found.width = max(found.width, least_width)
    return found

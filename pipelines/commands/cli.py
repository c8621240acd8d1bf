"""The command line: `logveil COMMAND`; exit codes 0 done, 1 something amiss, 2 wrong use, 3 a fault of ours.

A command's module is imported when the command is used: Beam and the vault's libraries take seconds to import.
"""

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from pipelines.commands.last_word import UNFORESEEN, last_word
from pipelines.commands.modes import mode_option
from pipelines.commands.secret_arguments import refuse_passwords
from pipelines.commands.typed import told_as_typed
from schemas.errors import LogveilError

_WRONG_USE = 2


class _Place(NamedTuple):
    module: str
    name: str
    summary: str


_COMMANDS = {
    "redact": _Place("redact", "redact", "Redact log files into tagged Avro partitions that expire by date."),
    "stream": _Place(
        "stream",
        "stream",
        "Redact a topic's events as they come into tagged Avro partitions that expire by date.",
    ),
    "verify": _Place(
        "retention",
        "verify",
        "Read everything back and report each problem as one line; the exit code is 1 if there is any.",
    ),
    "restore-check": _Place(
        "restore_check",
        "restore_check",
        "List what a restored copy brought back, expired or of erased accounts; exit code 1 if there is any.",
    ),
    "calendar": _Place(
        "retention",
        "calendar",
        "Show what will expire when, and what is behind the policy; the exit code is 1 if anything is.",
    ),
    "expire": _Place(
        "retention",
        "expire",
        "Plan what may be deleted, which deletes nothing; with --apply, delete what a plan names.",
    ),
    "compact": _Place(
        "compact",
        "compact",
        "Plan which small files of a stream become one, which changes nothing; with --apply, join what a plan names.",
    ),
    "preview": _Place(
        "preview_policy",
        "preview",
        "Show which events of a file come out otherwise under another policy, before and after, field by field.",
    ),
    "tighten": _Place(
        "tighten",
        "tighten",
        "Plan what brings stored records to a stricter policy, which changes nothing; with --apply, carry a plan out.",
    ),
    "status": _Place(
        "status",
        "status",
        "Show how far a root and its streams have come; the exit code is 1 if there is anything to look after.",
    ),
    "explain": _Place(
        "explain",
        "explain",
        "Show what the detectors find in a text or an event, what becomes of it, and why the rest was not taken.",
    ),
    "policy": _Place("policy", "app", "Read and check the privacy policy."),
    "keys": _Place("keys", "app", "The keys of pseudonyms, by epoch."),
    "account": _Place("account", "app", "Who is behind a pseudonym, and which accounts must go."),
    "erase": _Place("erase", "app", "Erase the accounts whose deadline has come."),
    "sample": _Place(
        "sample_events", "sample", "Write the sample events to standard output, dated up to now."
    ),
}


_WRITING = frozenset(("redact", "stream", "restore-check", "expire", "compact", "erase"))


class _LazyCommands(TyperGroup):
    """The commands by name and summary: help and completion need no more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {name: TyperCommand(name, help=place.summary) for name, place in _COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is used."""
        refuse_passwords(args)
        name, stub, following = super().resolve_command(ctx, args)
        return name, stub and _imported(_COMMANDS[str(name)], str(name)), following


def _imported(place: _Place, command_name: str) -> Any:
    target = getattr(import_module(f"pipelines.commands.{place.module}"), place.name)
    if isinstance(target, typer.Typer):
        command: Any = typer.main.get_group(target)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(command_name)(target)
        command = typer.main.get_command(alone)
    command.name = command_name
    if command_name in _WRITING:
        for writing in getattr(command, "commands", {"": command}).values():
            writing.params.append(mode_option())
    return command


app = typer.Typer(name="logveil", cls=_LazyCommands, no_args_is_help=True, pretty_exceptions_enable=False)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"logveil {version('logveil')}")
        raise typer.Exit


@app.callback()
def _program(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Redact, tag and partition the logs of a cloud platform, and let them go in time."""


def run() -> None:
    """Run the command line; an error of logveil's own is one line and exit code 2, any other one line and 3."""
    try:
        app()
    except LogveilError as error:
        _complain(told_as_typed(error.as_typed(), sys.argv[1:], os.getcwd()))
        sys.exit(_WRONG_USE)
    except Exception as error:  # noqa: BLE001  (the last handler: a traceback may quote an event)
        _complain(last_word(error))
        sys.exit(UNFORESEEN)


def _complain(line: str) -> None:
    Console(stderr=True).print(f"logveil: {line}", style="red", markup=False, highlight=False, soft_wrap=True)

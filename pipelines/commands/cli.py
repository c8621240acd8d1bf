"""The command line: `logveil COMMAND`; exit codes 0 done, 1 finished with something amiss, 2 wrong use.

A command's module is imported when the command is used: Beam and the vault's libraries take seconds to import.
"""

import sys
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from schemas.errors import LogveilError

_WRONG_USE = 2
_COMMANDS = {
    "redact": "pipelines.commands.redact:redact",
    "verify": "pipelines.commands.retention:verify",
    "calendar": "pipelines.commands.retention:calendar",
    "expire": "pipelines.commands.retention:expire",
    "explain": "pipelines.commands.explain:explain",
    "policy": "pipelines.commands.policy:app",
    "keys": "pipelines.commands.keys:app",
    "account": "pipelines.commands.account:app",
    "erase": "pipelines.commands.erase:app",
    "sample": "pipelines.commands.sample_events:sample",
}


class _LazyCommands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the order of their use."""
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command, or return None if there is none of the name."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        target = getattr(import_module(module), name)
        if isinstance(target, typer.Typer):
            command: Any = typer.main.get_group(target)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(target)
            command = typer.main.get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="logveil",
    cls=_LazyCommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _program() -> None:
    """Redact, tag and partition the logs of a cloud platform, and let them go in time."""


def run() -> None:
    """Run the command line; an error of logveil's own is one line and exit code 2."""
    try:
        app()
    except LogveilError as error:
        Console(stderr=True).print(
            f"logveil: {error}", style="red", markup=False, highlight=False, soft_wrap=True
        )
        sys.exit(_WRONG_USE)

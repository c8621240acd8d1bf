"""`--mode`: who may read what a command writes, whatever the caller's umask is."""

import os
import re
from typing import Annotated, Any

import typer

from schemas.errors import OptionsError

FILES = "0640"
_FORM = re.compile(r"0?6[046][04]")
_FOLDERS_CREATED_WITH = 0o777


def umask_of(mode: str) -> int:
    """Return the umask under which files get a mode, and folders the same with the right to enter.

    Example:
        >>> f"{umask_of('0640'):03o}", f"{umask_of('600'):03o}"
        ('027', '077')

    Raises:
        OptionsError: It is no such mode, takes rights from the owner, or lets everybody write.
    """
    if _FORM.fullmatch(mode) is None:
        raise OptionsError(
            "--mode is 0600, 0640, 0660, 0644 or 0664: all but the owner and a group may only read"
        )
    files = int(mode, 8)
    may_enter = (files & 0o444) >> 2
    return _FOLDERS_CREATED_WITH & ~(files | may_enter)


def mode_option() -> Any:
    """Return the option, which takes effect when it is parsed and until the command ends."""
    donor = typer.Typer(add_completion=False)
    donor.command()(_write)
    option = next(one for one in typer.main.get_command(donor).params if one.name == "mode")
    option.expose_value = False
    return option


def _take_effect(ctx: typer.Context, mode: str) -> str:
    before = os.umask(umask_of(mode))
    ctx.call_on_close(lambda: os.umask(before))
    return mode


def _write(
    mode: Annotated[
        str,
        typer.Option(
            callback=_take_effect, help="The mode of files that are written; folders go with it, as 0750."
        ),
    ] = FILES,
) -> None: ...

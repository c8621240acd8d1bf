"""The output root that a command works on: one that is there, as a mistyped one looks like one that is empty."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.root.layout import check_root


def existing(root: Path) -> Path:
    """Return a root that runs were committed into.

    Raises:
        OutputError: It is not there, or is no output root.
    """
    check_root(root)
    return root


ExistingRoot = Annotated[Path, typer.Argument(help="The output root.", callback=existing)]

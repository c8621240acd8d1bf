"""The console that the commands print to."""

import os

from rich.console import Console

_WIDTH_OF_A_FILE = 120


def console() -> Console:
    """Return a console as wide as the terminal; where output goes to a file or pipe, wide enough for our tables."""
    found = Console()
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = _WIDTH_OF_A_FILE
    return found

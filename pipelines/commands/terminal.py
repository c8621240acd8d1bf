"""The console that the commands print to."""

import os

from rich.console import Console

_WIDTH_OF_A_FILE = 120


def console(least_width: int = 0) -> Console:
    """Return a console as wide as the terminal; where output goes to a file or pipe, wide enough for our tables."""
    found = Console()
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = _WIDTH_OF_A_FILE
    found.width = max(found.width, least_width)
    return found

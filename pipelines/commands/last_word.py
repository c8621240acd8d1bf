"""What is said of an error that nobody foresaw: one line without content, from which it can be found and reported."""

import os
import platform
import traceback
from importlib.metadata import version
from pathlib import Path

UNFORESEEN = 3
"""The exit code."""

_OURS = ("schemas", "transforms", "pipelines")
_TOP = Path(__file__).parents[2]


def last_word(error: BaseException) -> str:
    """Return what may be said of an error: its kind, and the last place in our code, never its message.

    Example:
        >>> last_word(ValueError("uin 100001")).partition(" (logveil")[0]
        'this should not have happened: ValueError'
        >>> last_word(OSError(28, "x", "/secret/name")).partition(" (logveil")[0]
        'this should not have happened: OSError, No space left on device'
    """
    said = type(error).__name__
    if isinstance(error, OSError) and error.errno:
        said += f", {os.strerror(error.errno)}"
    place = _last_place(error)
    versions = f"logveil {version('logveil')}, Python {platform.python_version()}"
    return (
        f"this should not have happened: {said}{place} ({versions})."
        " The message is not shown, as it may hold content of events; please report this line"
    )


def _last_place(error: BaseException) -> str:
    """Return the last place in our own code that an error came through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_TOP) and path.relative_to(_TOP).parts[0] in _OURS:
            return f" at {path.relative_to(_TOP)}:{frame.lineno}"
    return ""

"""Paths as the person typed them: read for a command, and named so in what it refuses."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from pipelines.commands.printable import printable
from schemas.errors import LogveilError


def read_typed(path: Path, what: str, error: type[LogveilError]) -> str:
    """Return the text of a file that an option names.

    Raises:
        LogveilError: It cannot be read, or is not UTF-8; of the type given.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise error(f"{path}: {what} cannot be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise error(f"{path}: {what} cannot be read: it is not UTF-8") from None


def told_as_typed(message: str, arguments: Sequence[str], here: str) -> str:
    r"""Return a message in which each path that was typed stands as it was typed, with nothing that steers a terminal.

    Example:
        >>> told_as_typed("cannot list /home/me/out: gone", ["verify", "out"], "/home/me")
        'cannot list out: gone'
        >>> told_as_typed("/home/me/a/b.keys is empty", ["--output=../me/a"], "/home/me")
        '../me/a/b.keys is empty'
        >>> told_as_typed("a\x1b[2J.log: no file here to read", [], "/")
        'a\\x1b[2J.log: no file here to read'
    """
    typed = {os.path.normpath(os.path.join(here, path)): path for path in map(_value, arguments) if path}
    longest_first = sorted(typed.keys() - {os.sep}, key=len, reverse=True)
    if longest_first:
        paths = "|".join(map(re.escape, longest_first))
        message = re.sub(rf"(?<![\w/])(?:{paths})(?![\w-])", lambda found: typed[found[0]], message)
    return "\n  at ".join(map(printable, message.split("\n  at ")))


def _value(argument: str) -> str:
    return argument.partition("=")[2] if argument.startswith("--") else argument

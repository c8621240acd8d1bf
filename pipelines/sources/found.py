"""Find the files that a person names as inputs, and remember for each how it was typed."""

import glob
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schemas.errors import InputError

_STDIN = "stdin"
_OPEN_FILES = "/proc/"


@dataclass(frozen=True)
class FoundInput:
    """A file to read, and how the person named it: `logs/a.log (argument 1)`, which is for their terminal alone."""

    path: Path = field(repr=False)
    typed: str = field(repr=False)

    @property
    def is_named(self) -> bool:
        """Whether it has a name of its own, as standard input has not."""
        return not str(self.path).startswith(_OPEN_FILES)


def find_inputs(paths: Sequence[str], exclude: Path, option: str | None = None) -> list[FoundInput]:
    """Return the files that paths, globs, directories and `-` name, each once.

    A directory is searched through; hidden files in it, and the output root, are left out. Errors say which argument
    is meant, or the `option` that has the paths.

    Raises:
        InputError: Nothing matches, a file is unreadable, or an input lies inside the output root.
    """
    root = _real(exclude)
    found: dict[Path, FoundInput] = {}
    for number, path in enumerate(paths, 1):
        for file in _expand(path, option or f"argument {number}", root):
            found.setdefault(file.path, file)
    if not found:
        raise InputError("no input was named")
    return list(found.values())


def input_name(path: Path) -> str:
    """Return what an input is called before its name is made safe: its path, or that it was standard input."""
    return _STDIN if str(path).startswith(_OPEN_FILES) else str(path)


def said_as_typed(
    error: InputError, inputs: Sequence[FoundInput], safe_name: Callable[[str], str]
) -> InputError:
    """Return an error that begins with the safe name of an input so that it can be said as typed too.

    Inputs of one base name have one safe name: then each that may be meant is named.
    """
    name, _, fault = str(error).partition(": ")
    meant = [file.typed for file in inputs if safe_name(input_name(file.path)) == name]
    return InputError(str(error), f"{' or '.join(meant)}: {fault}") if meant else error


def _expand(path: str, argument: str, root: Path) -> Iterator[FoundInput]:
    if path == "-":
        yield FoundInput(_spool_stdin(), f"- ({argument})")
        return
    matches = [path] if os.path.lexists(path) else sorted(glob.glob(path, recursive=True))
    empty = True
    for match in matches:
        for file in _walk(match, argument, root) if os.path.isdir(match) else (match,):
            empty = False
            _check(file, argument, root)
            yield FoundInput(_real(file), f"{file} ({argument})")
    if empty:
        raise _refusal(path, argument, "no file here to read")


def _walk(directory: str, argument: str, root: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise _refusal(error.filename, argument, f"this folder cannot be read: {error.strerror}") from None

    if _inside(_real(directory), root):
        yield directory
        return
    for folder, folders, names in os.walk(directory, onerror=refuse):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and _real(os.path.join(folder, name)) != root
        )
        yield from (os.path.join(folder, name) for name in sorted(names) if not name.startswith("."))


def _check(file: str, argument: str, root: Path) -> None:
    if _inside(_real(file), root):
        raise _refusal(file, argument, "the input lies inside the output root; write elsewhere")
    if not os.path.isfile(file):
        raise _refusal(file, argument, "this is not a regular file")
    try:
        open(file, "rb").close()
    except OSError as error:
        raise _refusal(file, argument, f"cannot be read: {error.strerror}") from None


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def _inside(path: Path, root: Path) -> bool:
    return path == root or root in path.parents


def _refusal(path: str, argument: str, fault: str) -> InputError:
    return InputError(f"{argument}: {fault}", f"{path} ({argument}): {fault}")


def _spool_stdin() -> Path:
    """Copy standard input into a file without a name, which is gone when this process is."""
    with tempfile.TemporaryFile() as spool:
        while block := sys.stdin.buffer.read(1 << 20):
            spool.write(block)
        spool.flush()
        return Path(f"{_OPEN_FILES}{os.getpid()}/fd/{os.dup(spool.fileno())}")

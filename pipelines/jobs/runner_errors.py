"""Find out what a runner's error means: one of our own errors, or a fault of which only the place may be shown."""

import re
import traceback
from collections.abc import Iterator

from schemas import errors
from schemas.errors import LogveilError, RunnerError

_RUNNING = re.compile(r" \[while running .*", re.DOTALL)
_TOLD = re.compile(r"^schemas\.errors\.([A-Za-z]+): (.*?)(?: \[while running .*)?$", re.MULTILINE)
_FRAME = re.compile(r'File "([^"\n]*)", line (\d+), in ([\w.<>]+)')
_SHOWN_FRAMES = 3
_HIDDEN = "the runner failed with {}; its message is not shown, as it may hold content of events"


def clean_error(error: BaseException) -> LogveilError:
    """Return the error of ours that a runner's error was raised from, else one that says where the fault is.

    Runners wrap what a worker raised, or pass on its traceback as text, with the element's content in it as it may
    be; only lines of our errors and places in code are taken.

    Example:
        >>> clean_error(RuntimeError("...\\nschemas.errors.InputError: a.gz: ends early [while running 'X']"))
        InputError('a.gz: ends early')
        >>> clean_error(RuntimeError("uin 7")).args[0].splitlines()[0]
        'the runner failed with RuntimeError; its message is not shown, as it may hold content of events'
    """
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, LogveilError):
            return type(link)(_RUNNING.sub("", str(link)))
        told = _told(str(link))
        if told is not None:
            return told
    places = [place for link in chain for place in _places(link)]
    return RunnerError("\n  at ".join([_HIDDEN.format(type(error).__name__), *places[-_SHOWN_FRAMES:]]))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _told(text: str) -> LogveilError | None:
    for match in _TOLD.finditer(text):
        kind = getattr(errors, match[1], None)
        if isinstance(kind, type) and issubclass(kind, LogveilError):
            return kind(match[2])
    return None


def _places(error: BaseException) -> Iterator[str]:
    """Yield where an error came from, by its traceback and by the worker's that its text may quote."""
    yield from (
        f"{frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    yield from (f"{path}:{line} in {name}" for path, line, name in _FRAME.findall(str(error)))

"""Find out what a runner's error means: one of our own errors, or a fault of which only the place may be shown."""

import os
import re
import traceback
from collections.abc import Iterator

from schemas import errors
from schemas.errors import LogveilError, RunnerError

_RUNNING = re.compile(r" \[while running .*", re.DOTALL)
_TOLD = re.compile(r"^schemas\.errors\.([A-Za-z]+): (.*?)(?: \[while running .*)?$", re.MULTILINE)
_FRAME = re.compile(r'File "([^"\n]*)", line (\d+), in ([\w.<>]+)')
_REFUSED = re.compile(r"^(?:[A-Za-z]+Error): \[Errno (\d{1,4})\]", re.MULTILINE)
_OUT_OF_MEMORY = re.compile(r"^MemoryError\b", re.MULTILINE)
_SHOWN_FRAMES = 3
_HIDDEN = "the runner failed with {}; its message is not shown, as it may hold content of events"


def clean_error(error: BaseException) -> LogveilError:
    """Return the error of ours that a runner's error was raised from, else one that says where the fault is.

    Runners wrap what a worker raised, or pass on its traceback as text, with the element's content in it as it may
    be; only lines of our errors and places in code are taken.

    Example:
        >>> clean_error(RuntimeError("...\\nschemas.errors.InputError: a.gz: ends early [while running 'X']"))
        InputError('a.gz: ends early')
        >>> clean_error(RuntimeError("...\\nOSError: [Errno 28] No space: '/x'")).args[0]
        'the run failed: No space left on device'
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
    named = next(filter(None, map(_named, chain)), None)
    said = _HIDDEN.format(type(error).__name__) if named is None else f"the run failed: {named}"
    return RunnerError("\n  at ".join([said, *places[-_SHOWN_FRAMES:]]))


def _named(error: BaseException) -> str | None:
    """Return what the operating system refused, in its own words, which hold no content; None if it refused nothing."""
    if isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(str(error)):
        return "the memory is used up; try fewer --workers"
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (match := _REFUSED.search(str(error))) is not None:
        number = int(match[1])
    return None if number is None else os.strerror(number)


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

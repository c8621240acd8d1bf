"""How a long command shows how far it has come: a bar on a terminal, a line every ten seconds elsewhere."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn

from pipelines.sources.tally import Done, Watch, unwatched

SECONDS_BETWEEN_LINES = 10.0
_SECONDS_BETWEEN_FRAMES = 0.25

Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]


@dataclass
class Pace:
    """Tells progress in words, by what was done since the first look that saw some.

    Example:
        >>> pace = Pace(total=4_000_000)
        >>> pace.told(Done(0, 0), now=0.0), pace.told(Done(1_000_000, 100), now=5.0)
        ('0 bytes of 4.0 MB', '1.0 MB of 4.0 MB')
        >>> pace.told(Done(2_000_000, 2_100), now=6.0)
        '2.0 MB of 4.0 MB, 2,000 events a second, 0:00:02 left'
    """

    total: int
    first: tuple[float, Done] | None = None

    def told(self, done: Done, now: float) -> str:
        """Return bytes of input done, events a second and time left; `now` is in seconds of any clock."""
        parts = [f"{decimal(min(done.bytes, self.total))} of {decimal(self.total)}"]
        if self.first is None:
            self.first = (now, done) if done != Done() else None
            return parts[0]
        began, at = self.first
        seconds, bytes_done, events = now - began, done.bytes - at.bytes, done.events - at.events
        if seconds > 0 and events:
            parts.append(f"{events / seconds:,.0f} events a second")
        if seconds > 0 and bytes_done:
            left = max(0, self.total - done.bytes) * seconds / bytes_done
            parts.append(f"{timedelta(seconds=round(left))} left")
        return ", ".join(parts)


def watch_unless(silent: bool, stream: TextIO | None = None) -> Watch:
    """Return what shows progress on standard error, or nothing of it.

    A thread of its own writes, so it is to the true standard error, not to that of the main thread alone.
    """
    stream = stream or sys.__stderr__
    if silent or stream is None:
        return unwatched
    console = Console(file=stream)
    return _bar(console) if console.is_terminal else _lines(console)


def _bar(console: Console) -> Watch:
    @contextmanager
    def watch(total: int, look: Callable[[], Done]) -> Iterator[None]:
        pace = Pace(total)
        bar = Progress(
            BarColumn(),
            TextColumn("{task.description}"),
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        task = bar.add_task("", total=max(1, total))

        def show() -> None:
            done = look()
            bar.update(
                task, completed=done.bytes, description=pace.told(done, time.monotonic()), refresh=True
            )

        with bar, _repeating(show, _SECONDS_BETWEEN_FRAMES):
            yield

    return watch


def _lines(console: Console) -> Watch:
    @contextmanager
    def watch(total: int, look: Callable[[], Done]) -> Iterator[None]:
        pace = Pace(total)

        def show() -> None:
            console.print(pace.told(look(), time.monotonic()), soft_wrap=True, highlight=False)

        with _repeating(show, SECONDS_BETWEEN_LINES):
            yield

    return watch


@contextmanager
def _repeating(show: Callable[[], None], seconds: float) -> Iterator[None]:
    """Show again and again, so many seconds apart, as long as the block lasts."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(seconds):
            show()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()

"""End a command that runs until it is told to."""

import signal
import threading


def stopping() -> threading.Event:
    """Return what is set when this process is told to end: what is under way is then brought to its end.

    Also where a shell started it with interrupts ignored.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop

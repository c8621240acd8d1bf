"""The entry point: who may say what on standard error is settled before any library is imported."""

import logging
import sys
import threading
from typing import Any, TextIO

from pipelines.commands.printable import printable

_BEAM_WITHOUT_BIGQUERY = "apitools not found"


class _OfMainThread:
    """Standard error for the main thread alone: Beam's threads print tracebacks, which may quote an event."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what the main thread has to say."""
        return (
            self._stream.write(text) if threading.current_thread() is threading.main_thread() else len(text)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _may_be_logged(record: logging.LogRecord) -> bool:
    of_main_thread = record.thread == threading.main_thread().ident
    return of_main_thread and not record.getMessage().startswith(_BEAM_WITHOUT_BIGQUERY)


class _PrintableFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def main() -> None:
    """Log warnings to standard error, and run the command line."""
    handler = logging.StreamHandler()
    handler.addFilter(_may_be_logged)
    handler.setFormatter(_PrintableFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    sys.stderr = _OfMainThread(sys.stderr)
    from pipelines.commands.cli import run

    run()


if __name__ == "__main__":
    main()

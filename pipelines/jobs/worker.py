"""A worker process of a local run: one graph in, its outcome out, over pipes and nothing else.

The graph comes pickled on standard input, without the keys: they are read where the graph says. The outcome is one
JSON object on standard output. Standard input stays open as long as the launcher lives: its end is the worker's.
"""

import logging
import os
import pickle
import sys
import threading
from typing import BinaryIO

import orjson

from pipelines.jobs.runner_errors import clean_error
from pipelines.jobs.runners import run_here

_ORPHANED = 3


def main() -> None:
    """Run the graph in silence, as only the launcher knows what may be shown."""
    answer = _take_standard_output()
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        graph, options = pickle.load(sys.stdin.buffer)
        threading.Thread(target=_end_with_launcher, daemon=True).start()
        run_here(graph, options)
        outcome = {}
    except Exception as raised:  # noqa: BLE001  (of what isn't ours, only the place may be told)
        error = clean_error(raised)
        outcome = {"error": type(error).__name__, "message": str(error)}
    with answer:
        answer.write(orjson.dumps(outcome))


def _take_standard_output() -> BinaryIO:
    """Return what leads to the launcher; whatever a library prints goes nowhere."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return answer


def _end_with_launcher() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(_ORPHANED)


if __name__ == "__main__":
    main()

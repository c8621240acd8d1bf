"""A real Prism, Beam's portable runner in Go, of a test's or a measurement's own."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT

PRISM = ROOT / ".tools" / "prism"
_PATIENCE_SECONDS = 60


@contextmanager
def prism_server(log: Path) -> Iterator[str]:
    """Start a Prism that writes to a log file; yield its endpoint.

    Raises:
        RuntimeError: It does not start.
    """
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [str(PRISM), f"--job_port={port}", "--serve_http=false", "--log_level=error"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait_for(server, port)
        yield f"localhost:{port}"
    finally:
        server.kill()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Prism did not start")

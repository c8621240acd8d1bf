"""A real MariaDB server of the test's own: its own port, data directory and process."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import pytest

_START_SECONDS = 60


@dataclass
class MariaDb:
    """A server that a test starts, kills and starts again; its `root` has no password on the loopback."""

    directory: Path
    port: int
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.directory / "data"

    @property
    def folders(self) -> list[str]:
        """Return the options that name its folders: a server that starts empties the one for temporary tables."""
        return [f"--datadir={self.data}", f"--tmpdir={self.directory / 'tmp'}"]

    def url(self, database: str, user: str = "root", password: str = "") -> str:
        """Return the URL of a database."""
        secret = f":{password}" if password else ""
        return f"mysql+pymysql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [
            _mariadbd(),
            "--no-defaults",
            *self.folders,
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self.directory / 'socket'}",
            f"--pid-file={self.directory / 'pid'}",
            f"--log-error={self.directory / 'error.log'}",
            "--innodb-buffer-pool-size=128M",
            "--innodb-log-file-size=64M",
            "--local-infile=1",
            *_as_root(),
            *self.options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.directory / "error.log").read_text()[-2000:])
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill the server as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Shut the server down."""
        self._end(signal.SIGTERM)

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements as root and return the rows of the last."""
        with (
            pymysql.connect(host="127.0.0.1", port=self.port, user="root", autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def make_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self.execute(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return self.url(name)

    def _answers(self) -> bool:
        with suppress(pymysql.err.OperationalError):
            return bool(self.execute("SELECT 1"))
        return False

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None


@contextmanager
def mariadb_server(directory: Path, *options: str) -> Iterator[MariaDb]:
    """Install a data directory, start a server on it and stop it at the end; skip where there is none."""
    server = MariaDb(directory, _free_port(), options)
    (directory / "tmp").mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            _required("mariadb-install-db"),
            "--no-defaults",
            *server.folders,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *_as_root(),
            *options,
        ],
        check=True,
        capture_output=True,
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def killed_and_restarted(server: MariaDb, times: int, seconds: float) -> Iterator[threading.Thread]:
    """Kill and restart a server some times, so many seconds apart, beside what is done meanwhile; yield who does it."""

    def kill_and_restart() -> None:
        for _ in range(times):
            time.sleep(seconds)
            server.kill()
            server.start()

    killer = threading.Thread(target=kill_and_restart)
    killer.start()
    try:
        yield killer
    finally:
        killer.join()


def _as_root() -> list[str]:
    return ["--user=root"] if os.getuid() == 0 else []


def _mariadbd() -> str:
    return _required("mariadbd")


def _required(program: str) -> str:
    """Return the path of a server program, or skip the test; fail it where everything is required."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        if os.environ.get("LOGVEIL_REQUIRE_ALL") == "1":
            pytest.fail(f"{program} is required here and absent (Debian: mariadb-server)")
        pytest.skip(f"{program} is absent (Debian: mariadb-server)")
    return path


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """Return a running server, shared by the tests of a session."""
    with mariadb_server(tmp_path_factory.mktemp("mariadb")) as server:
        yield server

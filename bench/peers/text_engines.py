"""The other text engines, each in its own environment, as functions from text to text."""

import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "peers"
INTERPRETERS = {
    "presidio_patterns": Path(sys.executable),
    "presidio_spacy": BUILD / "presidio_spacy" / ".venv" / "bin" / "python",
    "datafog": BUILD / "datafog" / ".venv" / "bin" / "python",
    "scrubadub": BUILD / "scrubadub" / ".venv" / "bin" / "python",
}
OFFLINE = {"DATAFOG_NO_TELEMETRY": "1", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}


class PeerError(RuntimeError):
    """A peer ended before it answered."""


class Engine:
    """A peer behind a pipe, started at its first text: a function from text to text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.version = ""

    @cached_property
    def _process(self) -> subprocess.Popen[str]:
        command = [str(INTERPRETERS[self.name]), "-W", "ignore", str(HERE / "clean_texts.py"), self.name]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=os.environ | OFFLINE,
        )
        self.version = str(json.loads(self._read(process))["version"])
        return process

    def __call__(self, text: str) -> str:
        """Return the text as the peer cleans it."""
        process = self._process
        process.stdin.write(json.dumps(text) + "\n")
        process.stdin.flush()
        return str(json.loads(self._read(process)))

    def close(self) -> None:
        """End the peer, if it was started."""
        if process := self.__dict__.pop("_process", None):
            process.stdin.close()
            process.wait()
            process.stdout.close()

    def _read(self, process: subprocess.Popen[str]) -> str:
        line = process.stdout.readline()
        if not line:
            raise PeerError(f"{self.name} ended with status {process.wait()}")
        return line


def engines() -> dict[str, Engine]:
    """Return the peers that are installed, by name; `bench/peers/setup.sh` installs them."""
    return {name: Engine(name) for name, python in INTERPRETERS.items() if python.exists()}

"""Run one peer over an events file, check its answer and print the figures as one JSON line.

A peer's program is called as `PROGRAM PATTERNS EVENTS OUT`; it writes the events it cleaned to OUT and prints
a JSON line with its version and the wall and CPU seconds from the first line read to the last one written. What
remains of the process's wall time is its start-up.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from text_engines import BUILD, HERE, INTERPRETERS, OFFLINE

PATTERNS = HERE / "patterns.json"
# The mail domains that the generator plants; RFC 2606 reserves all but the last: no real text holds them.
PLANTED = re.compile(r"@(?:[a-z]+\.)*example\.(?:com|org|net|edu\.cn)\b|@hospital-example\.cn\b")
_MOST_LEFT = 0.05
_ERROR_TAIL = 300


class PeerError(Exception):
    """A peer is not built, ended with an error, or gave a wrong answer."""


@dataclass(frozen=True)
class Peer:
    """How a peer is called and what of logveil's job it does."""

    command: tuple[str, ...]
    does: tuple[str, ...]
    leaves_undone: tuple[str, ...]


_TEXT_JOB = ("reads and writes JSON lines", "cleans nine text fields")
_TEXT_REST = (
    "structured uin, username and addresses",
    "account names, secrets and ids in text",
    "policy tags and expiry",
    "partitions, Avro, ledger, rejections",
)
_PATTERN_JOB = (
    "reads and writes JSON lines",
    "masks five fields whole",
    "seven regular expressions on nine text fields",
)
_PATTERN_REST = (
    "pseudonyms and truncation: what it finds is one mask",
    "names, account names, ids and most secrets in text",
    "checksums and context",
    "policy tags and expiry",
    "partitions, Avro, ledger, rejections",
)


def _python_peer(name: str, *does: str) -> Peer:
    command = (str(INTERPRETERS[name]), "-W", "ignore", str(HERE / "clean_events.py"), name)
    return Peer(command, (*_TEXT_JOB, *does), _TEXT_REST)


PEERS = {
    "vector": Peer((str(BUILD / "vector" / "release" / "vector-redact"),), _PATTERN_JOB, _PATTERN_REST),
    "otel": Peer((str(BUILD / "otel" / "otel-redact"),), _PATTERN_JOB, _PATTERN_REST),
    "datafog": _python_peer("datafog", "its regular expressions"),
    "scrubadub": _python_peer("scrubadub", "its default detectors"),
    "presidio": _python_peer("presidio_patterns", "five pattern recognizers, no language model"),
    "presidio_spacy": _python_peer("presidio_spacy", "all English recognizers and en_core_web_md"),
}


def run_peer(name: str, events: Path) -> dict[str, object]:
    """Return a peer's figures for an events file.

    Raises:
        PeerError: If the peer is not built, fails, loses an event or leaves planted mail addresses.
    """
    peer = PEERS[name]
    if not Path(peer.command[0]).exists():
        raise PeerError("not built, see bench/peers/setup.sh")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        begin = time.perf_counter()
        done = subprocess.run(
            [*peer.command, str(PATTERNS), str(events), str(out)],
            capture_output=True,
            text=True,
            env=os.environ | OFFLINE | {"GOMAXPROCS": "1"},
        )
        wall = time.perf_counter() - begin
        if done.returncode:
            raise PeerError(f"ended with status {done.returncode}: {done.stderr[-_ERROR_TAIL:]}")
        answer = json.loads(done.stdout)
        checked = check_answer(events, out)
    return {
        "peer": name,
        "version": answer["version"],
        **checked,
        "bytes": events.stat().st_size,
        "seconds": round(answer["seconds"], 3),
        "cpu_seconds": round(answer["cpu_seconds"], 3),
        "start_up_seconds": round(wall - answer["seconds"], 3),
        "does": peer.does,
        "leaves_undone": peer.leaves_undone,
    }


def check_answer(events: Path, out: Path) -> dict[str, int]:
    """Return the counts, if every event came out and nearly all planted mail addresses are gone.

    A few may be left: which values an engine misses is for bench/quality.py to tell.

    Raises:
        PeerError: If there is nothing to check, an event is missing, or over one address in twenty is left.
    """
    read, planted = _count(events)
    written, left = _count(out)
    if not planted:
        raise PeerError("the events hold no planted mail address, so that the answer can't be checked")
    if written != read:
        raise PeerError(f"{written} of {read} events came out")
    if left > _MOST_LEFT * planted:
        raise PeerError(f"{left} of {planted} planted mail addresses are left")
    return {"events": read, "mail_addresses": planted, "mail_addresses_left": left}


def _count(path: Path) -> tuple[int, int]:
    """Return how many events a file holds and how many planted mail addresses."""
    events = planted = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)
            events += 1
            planted += len(PLANTED.findall(line))
    return events, planted


if __name__ == "__main__":
    try:
        print(json.dumps(run_peer(sys.argv[1], Path(sys.argv[2]))))
    except PeerError as failure:
        sys.exit(f"{sys.argv[1]}: {failure}")

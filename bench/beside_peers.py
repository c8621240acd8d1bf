"""logveil beside other programs on the same events in the same run, by turns, each on one core."""

import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jobs import Measured, run_job
from lines import Line, cost_of
from plan import Bench
from run_peer import PEERS, PeerError, run_peer

GROUP = "beside other programs"
_TARGETS = {"presidio": 80, "presidio_spacy": 300, "datafog": 4, "scrubadub": 10}
_NAMES = {
    "vector": "Vector's redact",
    "otel": "OpenTelemetry's redaction processor",
    "datafog": "datafog.sanitize",
    "scrubadub": "scrubadub",
    "presidio": "Presidio, patterns only",
    "presidio_spacy": "Presidio with a spaCy model",
}


@dataclass
class Turns:
    """What all turns measured: runs of logveil, answers of peers by name, and why a peer was left out."""

    runs: list[list[Measured]]
    answers: dict[str, list[dict[str, Any]]]
    left_out: dict[str, str]


def measure_peers(bench: Bench) -> tuple[list[Line], list[dict[str, Any]]]:
    """Return the ratios to the peers, and what each peer does and leaves undone."""
    turns = Turns([], {}, {})
    sizes = bench.sizes.job[0], bench.sizes.job[-1]
    for _ in range(bench.sizes.rounds):
        turns.runs.append([run_job(bench.events.first(size), 1, bench.core) for size in sizes])
        for name in PEERS:
            _take_turn(bench, name, turns)
    return peer_lines(turns), peer_rows(turns)


def _take_turn(bench: Bench, name: str, turns: Turns) -> None:
    if name in turns.left_out:
        return
    try:
        with pinned(bench.core):
            answer = run_peer(name, bench.events.first(bench.sizes.peers[name]))
    except PeerError as failure:
        turns.left_out[name] = str(failure)
        return
    turns.answers.setdefault(name, []).append(answer)


@contextmanager
def pinned(cores: Sequence[int]) -> Iterator[None]:
    """Have what is started here run on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def peer_lines(turns: Turns) -> list[Line]:
    """Return how many times as many events logveil does in a second: the median of the turns' ratios."""
    lines = []
    for name, answers in turns.answers.items():
        pairs = list(zip(turns.runs, answers, strict=True))
        wall = statistics.median(_seconds_an_event(answer) / cost_of(runs).seconds for runs, answer in pairs)
        cpu = statistics.median(
            answer["cpu_seconds"] / answer["events"] / cost_of(runs).cpu_seconds for runs, answer in pairs
        )
        limit = _TARGETS.get(name)
        target = None if limit is None else ("≥", float(limit))
        lines.append(
            Line(GROUP, f"events a second to {_NAMES[name]}", wall, "×", target, f"{cpu:.3g} × by CPU time")
        )
    return lines


def _seconds_an_event(answer: Mapping[str, Any]) -> float:
    return answer["seconds"] / answer["events"]


def peer_rows(turns: Turns) -> list[dict[str, Any]]:
    """Return a row a program: its figures, what it does of the job, and what it leaves undone."""
    runs = [run for turn in turns.runs for run in turn]
    cost, largest = cost_of(runs), max(runs, key=lambda run: run.events)
    rows = [
        {
            "program": "logveil",
            "version": "this commit",
            "events": largest.events,
            "events_a_second": 1 / cost.seconds,
            "megabytes_a_second": largest.bytes_in / largest.events / cost.seconds / 1e6,
            "does": [
                "the whole job: reads, parses, classifies, redacts, tags, writes partitions of Avro, a ledger"
            ],
            "leaves_undone": [],
        }
    ]
    for name, answers in turns.answers.items():
        seconds = statistics.median(_seconds_an_event(answer) for answer in answers)
        first = answers[0]
        rows.append(
            {
                "program": _NAMES[name],
                "version": first["version"],
                "events": first["events"],
                "events_a_second": 1 / seconds,
                "megabytes_a_second": first["bytes"] / first["events"] / seconds / 1e6,
                "does": list(first["does"]),
                "leaves_undone": list(first["leaves_undone"]),
            }
        )
    rows += [{"program": _NAMES[name], "left_out": reason} for name, reason in turns.left_out.items()]
    return rows

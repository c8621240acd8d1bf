"""Run several graphs at once, each in a worker process of its own; the processes share pipes with us and no port."""

import os
import pickle
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

import apache_beam as beam
import orjson

from schemas import errors
from schemas.errors import LogveilError, RunnerError

_COMMAND = (sys.executable, "-P", "-m", "pipelines.jobs.worker")

Process = subprocess.Popen[bytes]


def run_in_processes(graphs: Sequence[beam.PTransform], beam_options: Sequence[str]) -> None:
    """Run each graph to its end in a process of its own; the first that fails ends the others.

    Raises:
        RunnerError: A process was killed, or failed in a way of which nothing may be shown.
        LogveilError: A worker raised it.
    """
    jobs = [pickle.dumps((graph, list(beam_options))) for graph in graphs]
    with _workers(len(jobs)) as workers:
        for worker, job in zip(workers, jobs, strict=True):
            with suppress(BrokenPipeError):  # it has died, which its outcome says
                _stream(worker.stdin).write(job)
                _stream(worker.stdin).flush()
        for worker in _as_they_end(workers):
            _check(worker)


@contextmanager
def _workers(count: int) -> Iterator[list[Process]]:
    """Start processes that find the same modules as we; none outlives the block, nor, by its pipe, us."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    started: list[Process] = []
    try:
        for _ in range(count):
            started.append(
                subprocess.Popen(
                    _COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                )
            )
        yield started
    finally:
        for worker in started:
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                with suppress(BrokenPipeError):
                    _stream(pipe).close()


def _as_they_end(workers: Sequence[Process]) -> Iterator[Process]:
    """Yield each worker as soon as it has something to say, or has died."""
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            selector.register(_stream(worker.stdout), selectors.EVENT_READ, worker)
        while selector.get_map():
            for key, _ in selector.select():
                selector.unregister(key.fileobj)
                yield key.data


def _check(worker: Process) -> None:
    """Raise what a worker says went wrong, or what its end says if it can't say anything."""
    said = _stream(worker.stdout).read()
    status = worker.wait()
    if status < 0:
        name = signal.Signals(-status).name
        hint = "; the machine may be out of memory: try fewer --workers" if name == "SIGKILL" else ""
        raise RunnerError(f"a worker process was ended by {name}{hint}")
    if not said:
        raise RunnerError(f"a worker process ended with status {status} and said nothing")
    outcome = orjson.loads(said)
    if outcome:
        kind = getattr(errors, outcome["error"], LogveilError)
        raise kind(outcome["message"])


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RunnerError("a worker process has no pipe")
    return pipe

"""Run a Beam graph: in this process, or on whatever runner the options name."""

import logging
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr
from heapq import heapreplace

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from pipelines.jobs.runner_errors import clean_error
from pipelines.sources.inputs import FilePart
from schemas.errors import OptionsError

OWN_RUNNER = "FnApiRunner"
BYTES_WORTH_A_WORKER = 48 << 20


def workers_for(parts: Sequence[FilePart]) -> int:
    """Return how many worker processes pay for their start: one a core, none without a part and bytes of its own."""
    sizes = {part.path: part.size for part in parts}
    return max(1, min(len(os.sched_getaffinity(0)), len(parts), sum(sizes.values()) // BYTES_WORTH_A_WORKER))


def share_out(parts: Sequence[FilePart], workers: int) -> list[list[FilePart]]:
    """Return the parts in at most as many shares as there are workers, of about equal bytes, none empty.

    A part of a file counts as its share of the file's bytes.
    """
    of_file = Counter(part.path for part in parts)
    shares: list[list[FilePart]] = [[] for _ in range(workers)]
    loads = [(0.0, number) for number in range(workers)]
    for part in sorted(parts, key=lambda part: -part.size / of_file[part.path]):
        load, number = loads[0]
        shares[number].append(part)
        heapreplace(loads, (load + part.size / of_file[part.path], number))
    return [share for share in shares if share]


def run_here(graph: beam.PTransform, beam_options: Sequence[str]) -> str:
    """Run a graph to its end from this process and return the name of the runner.

    Without options the portable in-process runner is used: it passes batches, needs nothing installed, and opens no
    port as long as it starts no workers.

    Raises:
        OptionsError: The options would have Beam start workers of its own.
        RunnerError: The runner failed; what it said is dropped, as it may hold elements.
        LogveilError: A step raised it.
    """
    _quieten()
    named = runner_named(beam_options)
    runner = FnApiRunner() if named is None else None
    try:
        pipeline = beam.Pipeline(runner=runner, options=PipelineOptions(list(beam_options)))
    except ValueError:
        raise OptionsError(f"Beam knows no runner {named}, or refuses the options after --") from None
    pipeline | "RedactFiles" >> graph
    error = None
    with (
        open(os.devnull, "w") as nowhere,
        redirect_stderr(nowhere),
    ):  # Beam prints tracebacks of failed bundles
        try:
            pipeline.run().wait_until_finish()
        except Exception as raised:  # noqa: BLE001  (whatever a runner raises may quote an element)
            error = clean_error(raised)
    if error is not None:
        raise error  # outside the handler, so that nothing is chained to it
    return named or OWN_RUNNER


def runner_named(beam_options: Sequence[str]) -> str | None:
    """Return the runner that Beam's options name, if they do."""
    name = PipelineOptions(list(beam_options)).view_as(StandardOptions).runner
    return None if name is None else str(name)


def knows_batches(beam_options: Sequence[str]) -> bool:
    """Tell whether the runner passes batches from step to step.

    Example:
        >>> knows_batches(["--runner=PrismRunner"]), knows_batches(["--runner=BundleBasedDirectRunner"])
        (True, False)
    """
    return runner_named(beam_options) != "BundleBasedDirectRunner"


def check_options(beam_options: Sequence[str]) -> None:
    """Refuse options with which Beam would serve keys and files to its workers on open ports.

    Example:
        >>> check_options(["--direct_num_workers=2"])
        Traceback (most recent call last):
        ...
        schemas.errors.OptionsError: Beam's own worker processes listen on all interfaces: use --workers

    Raises:
        OptionsError: They would.
    """
    direct = PipelineOptions(list(beam_options)).view_as(DirectOptions)
    if direct.direct_num_workers != 1 or direct.direct_running_mode != "in_memory":
        raise OptionsError("Beam's own worker processes listen on all interfaces: use --workers")


def _quieten() -> None:
    """Keep Beam's own log to errors of configuration: its reports of failed bundles hold tracebacks of workers."""
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)

"""Run a Beam graph: in this process, in one process a core, or on whatever runner the options name."""

import logging
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipelines.jobs.runner_errors import clean_error
from pipelines.sources.inputs import FilePart

BYTES_WORTH_A_WORKER = 48 << 20


def workers_for(parts: Sequence[FilePart]) -> int:
    """Return how many worker processes pay for their start: one a core, none without a part and bytes of its own."""
    sizes = {part.checksum: part.size for part in parts}
    return max(1, min(len(os.sched_getaffinity(0)), len(parts), sum(sizes.values()) // BYTES_WORTH_A_WORKER))


def run_pipeline(graph: beam.PTransform, workers: int, beam_options: Sequence[str]) -> str:
    """Run a graph to its end and return the name of what ran it.

    Without options the portable in-process runner is used: it passes batches and needs nothing installed.

    Raises:
        RunnerError: The runner failed; what it said is dropped, as it may hold elements.
        LogveilError: A worker raised it.
    """
    _quieten()
    label = runner_named(beam_options)
    if label is None:
        pipeline = _own_pipeline(workers, beam_options)
        label = f"FnApiRunner with {workers} worker{'s' if workers > 1 else ''}"
    else:
        pipeline = beam.Pipeline(options=PipelineOptions(list(beam_options)))
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
    return label


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


def _own_pipeline(workers: int, beam_options: Sequence[str]) -> beam.Pipeline:
    if workers == 1:
        return beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions(list(beam_options)))
    command = f"exec {shlex.quote(sys.executable)} -m pipelines.jobs.worker"
    runner = FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(command))
    return beam.Pipeline(
        runner=runner, options=PipelineOptions([f"--direct_num_workers={workers}", *beam_options])
    )


def _quieten() -> None:
    """Keep Beam's own log to errors of configuration: its reports of failed bundles hold tracebacks of workers."""
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)

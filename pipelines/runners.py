"""Run a Beam graph: in this process, in one process a core, or on whatever runner the options name."""

import logging
import os
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from pipelines.inputs import FilePart
from pipelines.read_files import clean_error

BYTES_WORTH_A_WORKER = 48 << 20


def workers_for(parts: Sequence[FilePart]) -> int:
    """Return how many worker processes pay for their start: one a core, none without a part and bytes of its own."""
    sizes = {part.checksum: part.size for part in parts}
    return max(1, min(len(os.sched_getaffinity(0)), len(parts), sum(sizes.values()) // BYTES_WORTH_A_WORKER))


def run_pipeline(graph: beam.PTransform, workers: int, beam_options: Sequence[str]) -> str:
    """Run a graph to its end and return the name of what ran it.

    Without options the portable in-process runner is used: it passes batches and needs nothing installed.

    Raises:
        LogveilError: A worker raised it; the runner's wrapping, which may hold elements, is dropped.
    """
    named = any(option.startswith("--runner") for option in beam_options)
    if named:
        pipeline = beam.Pipeline(options=PipelineOptions(list(beam_options)))
        label = next(option for option in beam_options if option.startswith("--runner"))[len("--runner=") :]
    else:
        mode = (
            ["--direct_running_mode=multi_processing", f"--direct_num_workers={workers}"]
            if workers > 1
            else []
        )
        pipeline = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([*mode, *beam_options]))
        label = f"FnApiRunner with {workers} worker{'s' if workers > 1 else ''}"
    _quieten()
    error = None
    try:
        pipeline | "RedactFiles" >> graph
        pipeline.run().wait_until_finish()
    except (RuntimeError, OSError, ValueError) as raised:
        error = clean_error(raised)
        if error is None:
            raise
    if error is not None:
        raise error from None
    return label


def _quieten() -> None:
    """Keep Beam's own log to errors of configuration: its reports of failed bundles hold tracebacks of workers."""
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)

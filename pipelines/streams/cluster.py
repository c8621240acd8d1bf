"""Run a stream on whatever runner Beam's options name, and wait for it."""

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import redirect_stderr
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineState

from pipelines.jobs.runner_errors import clean_error
from pipelines.streams.graph import RedactTopic
from pipelines.streams.job import StreamJob
from pipelines.streams.spread import MAX_PARALLELISM
from schemas.errors import RunnerError

LANES_ON_A_CLUSTER = 4
_POLL_SECONDS = 1.0
_UNLESS_GIVEN = ("--streaming", "--finish_bundle_before_checkpointing", "--max_bundle_time_mills=200")
"""Without the second a lane that is put off while a checkpoint is made stands still for good. The third is Flink's: a
lane is put off when its bundle ends, which by default is a second after the lane's work."""


def run_on_runner(
    job: StreamJob,
    roll_seconds: float,
    beam_options: Sequence[str],
    stop: threading.Event,
    detach: bool = False,
) -> None:
    """Submit a stream and wait until it is told to stop, when it is cancelled; or only submit it.

    Raises:
        RunnerError: The runner refused or ended the job.
        LogveilError: A worker raised it.
    """
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    options = PipelineOptions(_with_defaults(beam_options))
    graph = RedactTopic(job, roll_seconds, *_parallelism(beam_options))
    error = None
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        try:
            pipeline = beam.Pipeline(options=options)
            pipeline | "RedactTopic" >> graph
            result = pipeline.run()
            if not detach:
                _wait(result, stop)
        except Exception as raised:  # noqa: BLE001  (whatever a runner raises may quote an element)
            error = clean_error(raised)
    if error is not None:
        raise error


def _wait(result: Any, stop: threading.Event) -> None:
    while not PipelineState.is_terminal(result.state):
        if stop.wait(_POLL_SECONDS):
            result.cancel()
            return
    if result.state != PipelineState.CANCELLED:
        result.wait_until_finish()
        raise RunnerError(f"the runner ended the stream as {result.state}")


def _with_defaults(beam_options: Sequence[str]) -> list[str]:
    """Return options with those that a stream needs, unless they are given."""
    given = {option.partition("=")[0] for option in beam_options}
    return [*beam_options, *(flag for flag in _UNLESS_GIVEN if flag.partition("=")[0] not in given)]


def _parallelism(beam_options: Sequence[str]) -> tuple[int, int]:
    """Return the parallelism that options name for Flink, and the highest one: they say where a lane runs."""
    named = PipelineOptions(list(beam_options)).get_all_options()
    highest = named["max_parallelism"]
    return max(1, named["parallelism"]), highest if highest > 0 else MAX_PARALLELISM

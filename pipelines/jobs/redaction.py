"""The batch job: inputs in, partitions out, committed as one run with a ledger that balances."""

import importlib.metadata
import logging
import platform
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apache_beam import PTransform

from pipelines.jobs.chosen import Chosen, SameContent, choose, place_token, shown_name
from pipelines.jobs.graph import TALLIES, RedactFiles
from pipelines.jobs.known_accounts import on_disk
from pipelines.jobs.processes import run_in_processes
from pipelines.jobs.run_summary import RunSummary, read_summary
from pipelines.jobs.runners import (
    OWN_RUNNER,
    check_options,
    knows_batches,
    run_here,
    runner_named,
    share_out,
    workers_for,
)
from pipelines.root.commit import commit, discard, open_run, recover
from pipelines.root.erased_marks import take_note
from pipelines.root.key_marks import check_keys
from pipelines.root.ledger_files import read_before
from pipelines.sources.found import FoundInput, input_name, said_as_typed
from pipelines.sources.inputs import FilePart, Given, InputFile, check_unchanged, examine, plan_parts
from pipelines.sources.read_files import Reading
from pipelines.sources.tally import Watch, tallied, unwatched
from schemas.errors import InputError, LogveilError
from schemas.ledger import PYTHON, Ledger, LedgerInput, LedgerSkipped
from schemas.policy.policy import Policy
from transforms.accounts.erased import ErasedAccounts, Marks, joined_marks
from transforms.avro.blocks import Codec
from transforms.classify import UnknownFields
from transforms.detect import Detection
from transforms.engine.choice import EngineChoice, chosen_engine
from transforms.engine.self_check import UNEQUAL
from transforms.framing.text_events import Lines
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents
from transforms.safe_names import safe_name
from transforms.tag import epoch_ms

logger = logging.getLogger(__name__)

_LIBRARIES = ("logveil", "apache-beam", "presidio-analyzer", "presidio-anonymizer", "fastavro")


@dataclass(frozen=True)
class RedactionJob:
    """What one run was asked to do."""

    inputs: Sequence[FoundInput]
    root: Path
    policy: Policy
    key: PseudonymKey
    now: datetime
    given: Given = field(default_factory=Given)
    lines: Lines = Lines.EVENTS
    skips_bad_input: bool = False
    unknown_fields: UnknownFields = UnknownFields.DROP
    max_event_bytes: int = 8 << 20
    skew: timedelta = timedelta(hours=24)
    again: bool = False
    same_content: SameContent = SameContent.SKIP
    workers: int = 0
    codec: Codec = Codec.ZSTANDARD
    beam_options: Sequence[str] = ()
    detection: Detection | None = field(default=None, repr=False)
    keys: Sequence[PseudonymKey] = ()
    erased_in_vault: Marks = field(default_factory=dict, repr=False)
    vault: PTransform | None = field(default=None, repr=False)
    event_table: PTransform | None = field(default=None, repr=False)
    forced: str | None = None
    engine: EngineChoice = EngineChoice.AUTO

    def safe_name(self, path: str) -> str:
        """Return the name by which an input is called wherever it is written down."""
        return safe_name(self.key, Path(path).name)

    @property
    def reading(self) -> Reading:
        """Return what all inputs are read with."""
        return Reading(self.max_event_bytes, self.given.max_expansion, self.given.zone, self.lines)

    def body(self, erased: Marks) -> RedactLogEvents:
        """Return the transform from raw records to tagged events, without what was erased."""
        skew_ms = int(self.skew / timedelta(milliseconds=1))
        return RedactLogEvents(
            self.policy,
            self.key,
            epoch_ms(self.now),
            self.unknown_fields,
            self.detection,
            skew_ms,
            sight_accounts=self.vault is not None,
            erased=ErasedAccounts(erased, tuple(self.keys) or (self.key,)) if erased else None,
        )

    def engine_for(self, body: RedactLogEvents) -> str:
        """Return what makes the records: `python`, or `native` with the engine's version.

        Raises:
            OptionsError: The engine was asked for and can't do the run.
        """
        takers = (
            (self.vault, "the accounts go into a vault"),
            (self.event_table, "the events go into MySQL"),
        )
        return chosen_engine(
            self.engine, body, next((why for taker, why in takers if taker is not None), None)
        )


@dataclass(frozen=True)
class _Clock:
    """When the run began, by the calendar and by a clock that never jumps."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ticks: float = field(default_factory=time.monotonic)


def run_redaction(job: RedactionJob, watch: Watch = unwatched) -> Ledger:
    """Redact the inputs into partitions under the root and return the run's ledger.

    Inputs whose checksum a run has committed before are passed over, unless the job says `again`.
    `watch` shows how far the reading has come.

    Raises:
        OptionsError: Beam's options would open ports; nothing was written.
        KeyFileError: The root was written with another key of this epoch.
        InputError: An input cannot be read whole; nothing was written.
        OutputError: The root cannot be written.
        LedgerError: The counts don't balance; nothing was written.
    """
    clock = _Clock()
    check_options(job.beam_options)
    check_keys(job.root, [job.key])
    run = open_run(job.root, clock.started)
    try:
        _finish_others(job.root)
        erased = joined_marks(take_note(job.root, run.staging), job.erased_in_vault)
        chosen, skipped = choose_inputs(job)
        files = chosen.files
        engine = job.engine_for(job.body(erased))
        workers, summary = _process(job, run.staging, files, erased, engine != PYTHON, watch)
        if summary.counts.pop(UNEQUAL, 0):
            logger.warning(
                "the engine made other records of the self-check than the plain steps, which did the run"
            )
            engine = PYTHON
        for file in files:
            check_unchanged(file, job.safe_name)
        ledger = _ledger(job, run.id, chosen, summary, clock, workers)
        ledger = replace(ledger, skipped=skipped, engine=engine)
        return commit(run, ledger, summary.files)
    except InputError as error:
        raise said_as_typed(error, job.inputs, job.safe_name) from None
    finally:
        discard(run)


def _finish_others(root: Path) -> None:
    """Finish what other runs left; what stands in the way of one of them is none of this run's inputs' business."""
    try:
        recover(root)
    except LogveilError as error:
        logger.warning("%s", error)


def choose_inputs(job: RedactionJob) -> tuple[Chosen, tuple[LedgerSkipped, ...]]:
    """Return which of the files that were named are read, which are passed over, and which are set aside.

    Raises:
        InputError: A file can't be read, and the job does not set it aside.
        LedgerError: A ledger can't be read.
    """
    files, skipped = _examine_all(job)
    return choose(files, read_before(job.root), job.key, job.same_content, job.again), skipped


def _examine_all(job: RedactionJob) -> tuple[list[InputFile], tuple[LedgerSkipped, ...]]:
    """Return the contents of all inputs, and the inputs that cannot be read where the job sets them aside.

    Raises:
        InputError: One cannot be read, and the job does not set it aside.
    """
    files: list[InputFile] = []
    skipped: list[LedgerSkipped] = []
    for found in job.inputs:
        try:
            files += examine(found.path, job.given, job.safe_name)
        except InputError as error:
            if not job.skips_bad_input:
                raise
            fault = str(error).partition(": ")[2].removesuffix("; nothing was written")
            skipped.append(LedgerSkipped(job.safe_name(input_name(found.path)), fault))
    return files, tuple(skipped)


def _process(
    job: RedactionJob,
    staging: Path,
    files: Sequence[InputFile],
    erased: Marks,
    by_engine: bool,
    watch: Watch,
) -> tuple[str, RunSummary]:
    """Run the graph here, or in one process for each share of the parts."""
    parts = plan_parts(files, job.safe_name, zone=job.given.zone)
    if not parts:
        return "none", RunSummary(Counter(), ())
    job = replace(job, detection=on_disk(job.detection, staging))
    workers = 1 if runner_named(job.beam_options) else job.workers or workers_for(parts)
    shares = share_out(parts, workers)
    body = job.body(erased)
    graphs = [_graph(job, body, by_engine, staging, share, number) for number, share in enumerate(shares)]
    with watch(sum(file.size for file in files), lambda: tallied(staging / TALLIES)):
        if len(graphs) == 1:
            runner = run_here(graphs[0], job.beam_options)
        else:
            run_in_processes(graphs, job.beam_options)
            runner = f"{OWN_RUNNER} in {len(graphs)} processes"
    return runner, read_summary(staging, len(graphs))


def _graph(
    job: RedactionJob,
    body: RedactLogEvents,
    by_engine: bool,
    staging: Path,
    parts: Sequence[FilePart],
    share: int,
) -> RedactFiles:
    return RedactFiles(
        parts,
        body,
        job.reading,
        staging,
        job.vault,
        job.event_table,
        job.codec,
        knows_batches(job.beam_options),
        share,
        by_engine=by_engine,
    )


def _ledger(
    job: RedactionJob,
    run_id: str,
    chosen: Chosen,
    summary: RunSummary,
    clock: _Clock,
    runner: str,
) -> Ledger:
    planned = plan_parts(chosen.files, zone=job.given.zone)
    parts = Counter(content.checksum for part in planned for content in part.contents)
    noted = {
        "repaired/nul_prefix": sum(1 for file in chosen.files if file.layout.nuls),
        "doubtful/rows_without_a_header": sum(1 for file in chosen.files if file.layout.is_doubtful),
    }
    return Ledger(
        run_id=run_id,
        inputs=tuple(
            LedgerInput(
                shown_name(job.key, file),
                file.size,
                file.checksum,
                str(file.format),
                parts[file.checksum],
                place_token(job.key, file),
                file.content,
                file.layout.encoding,
                " ".join(file.packing),
            )
            for file in chosen.files
        ),
        passed_over=chosen.passed_over,
        counts=Counter({**summary.counts, **{name: number for name, number in noted.items() if number}}),
        policy_version=job.policy.version,
        policy_digest=job.policy.digest,
        allow_digest="" if job.detection is None else job.detection.allow_digest,
        known_accounts="" if job.detection is None else job.detection.known_version,
        key_epoch=job.key.epoch,
        key_fingerprint=job.key.fingerprint,
        now=job.now.isoformat(),
        started=clock.started.isoformat(),
        ended=datetime.now(UTC).isoformat(),
        wall_seconds=round(time.monotonic() - clock.ticks, 3),
        runner=runner,
        versions={
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
        forced=job.forced,
        timezone=str(job.given.zone),
    )

"""Do all that a run does and write nothing: read every input, redact it, and count what would have been written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.jobs.redaction import RedactionJob, choose_inputs
from pipelines.root.erased_marks import erasures, marks_of
from pipelines.sources.found import said_as_typed
from pipelines.sources.inputs import plan_parts
from pipelines.sources.read_files import read_part
from schemas.errors import InputError
from schemas.events import Counts, TaggedEvent
from schemas.ledger import REJECTED_CATEGORY, LedgerFile, check_balance
from transforms.accounts.erased import joined_marks
from transforms.redact_logs import Redacted
from transforms.tag import epoch_ms
from transforms.unknown_names import settle_names


@dataclass(frozen=True)
class DryRun:
    """What a run would have done: how many inputs are new, the counts of its ledger, the records of each partition, and
    how many inputs it would have set aside."""

    inputs: int
    counts: Counts
    partitions: Mapping[str, int]
    skipped: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, with the counts in order of their names."""
        return {
            "inputs": self.inputs,
            "counts": dict(sorted(self.counts.items())),
            "partitions": dict(self.partitions),
            "skipped": self.skipped,
        }


def dry_run(job: RedactionJob) -> DryRun:
    """Return what a job would do, in this process; nothing is written, and no key is made.

    Raises:
        InputError: An input cannot be read whole.
        LedgerError: The counts don't balance, or a ledger of the root can't be read.
        RetentionError: A receipt of the root can't be read.
    """
    known = marks_of(erasures(job.root).values()) if job.root.is_dir() else {}
    redact = job.body(joined_marks(known, job.erased_in_vault)).build()
    counts: Counts = Counter()
    partitions: Counter[str] = Counter()
    try:
        chosen, skipped = choose_inputs(job)
        files = chosen.files
        for part in plan_parts(files, job.safe_name, zone=job.given.zone):
            redact.start_bundle(epoch_ms(job.now))
            for batch in read_part(part, job.reading):
                done = redact(batch)
                counts.update(done.counts)
                partitions.update(_partitions(job.policy.event_category, done))
    except InputError as error:
        raise said_as_typed(error, job.inputs, job.safe_name) from None
    check_balance(counts, [LedgerFile(name, "", number, 0, "") for name, number in partitions.items()])
    return DryRun(len(files), settle_names(counts), dict(sorted(partitions.items())), len(skipped))


def _partitions(category: str, done: Redacted[TaggedEvent]) -> Counter[str]:
    named = Counter(f"category={category}/expires_on={event.expires_on}" for event in done.kept)
    named.update(f"category={REJECTED_CATEGORY}/expires_on={one.expires_on}" for one in done.rejections)
    return named

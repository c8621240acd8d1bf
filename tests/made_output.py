"""Small output roots for tests: made-up events and rejections, staged and committed by the real code.

Also what reads a root back, and what keeps it from being written.
"""

import resource
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import fastavro

from pipelines.retention.verify import verify_root
from pipelines.root.commit import Run, commit, open_run
from pipelines.root.ledger_files import read_ledgers, standing_runs
from pipelines.root.partition_files import event_files, rejection_files
from schemas.events import (
    Counts,
    FieldOutcome,
    RawRecord,
    Reason,
    RedactedEvent,
    Rejection,
    Source,
    Stage,
    Tag,
    TaggedEvent,
)
from schemas.ledger import Ledger, LedgerInput, WrittenFile
from schemas.policy.file import default_policy
from schemas.policy.policy import Policy
from transforms.avro.encode import Encoding
from transforms.tag import expiry_day

POLICY = default_policy()
STARTED = datetime(2026, 11, 24, 4, tzinfo=UTC)
MS_A_DAY = 86_400_000
EVENTS_ROOT = f"category={POLICY.event_category}"
FIRST = Source("first.jsonl", "a1" * 32)
SECOND = Source("second.jsonl", "b2" * 32)


def make_event(
    number: int,
    expires_on: str = "2027-05-23",
    source: Source = FIRST,
    policy: Policy = POLICY,
    **values: str,
) -> TaggedEvent:
    """Return a tagged event that agrees with the policy and falls into the partition of a date."""
    expiry = (date.fromisoformat(expires_on) - date(1970, 1, 1)).days
    days = policy["uin"].retention_days
    event_time = (expiry - days) * MS_A_DAY + number
    values = {"uin": f"uin_1_{'a' * 20}", "state": "running", **values}
    outcomes = tuple(FieldOutcome(name, policy[name].treatment.value) for name in values)
    event = RedactedEvent(
        RawRecord(b"", source, number), f"event{number:08d}", event_time, "app", values, {}, outcomes
    )
    tags = tuple(
        Tag(
            outcome.field,
            policy.event_category,
            policy.purposes[policy[outcome.field].purpose].dpv,
            policy.legal_bases[policy[outcome.field].legal_basis].dpv,
            outcome.treatment,
            days,
        )
        for outcome in outcomes
    )
    return TaggedEvent(event, tags, event_time + days * MS_A_DAY, expires_on, policy.version, "1")


def record_of(tagged: TaggedEvent) -> dict[str, Any]:
    """Return the Avro record of an event, apart from how it is encoded; dates are days since 1970-01-01."""
    event = tagged.event
    return {
        **{rule.name: event.values.get(rule.name) for rule in POLICY.fields},
        "event_id": event.event_id,
        "event_time": event.event_time,
        "expires_at": tagged.expires_at,
        "policy_version": tagged.policy_version,
        "key_epoch": tagged.key_epoch,
        "source": event.source,
        "others": dict(event.others),
        "tags": [
            {
                "field": tag.field,
                "category": tag.category,
                "purpose": tag.purpose,
                "legal_basis": tag.legal_basis,
                "treatment": tag.treatment,
                "expires_on": expiry_day(event.event_time, tag.retention_days),
                "detected": [{"kind": kind, "count": count} for kind, count in tag.detected],
            }
            for tag in tagged.tags
        ],
    }


def make_rejection(number: int, expires_on: str = "2027-05-23", source: Source = FIRST) -> Rejection:
    """Return a rejection of the record with this number."""
    return Rejection(Stage.PARSE, Reason.NOT_JSON, source, number * 100, number, 100, "ab" * 16, expires_on)


def stage(run: Run, events: Sequence[TaggedEvent], rejections: Sequence[Rejection] = ()) -> list[WrittenFile]:
    """Write events and rejections to the staging folder of a run."""
    encoding = Encoding(POLICY)
    files = event_files(str(run.staging), encoding)
    written: list[WrittenFile] = []
    for event in events:
        written += files.add(event.event.record.source, [event])
    rejected = rejection_files(str(run.staging), encoding)
    for rejection in rejections:
        written += rejected.add(rejection.source, [rejection])
    return [*written, *files.close(), *rejected.close()]


def make_ledger(
    run: Run, written: int, rejected: int = 0, sources: Iterable[Source] = (FIRST,), **counts: int
) -> Ledger:
    """Return a ledger that balances, without files."""
    total = Counts(written=written, **counts)
    if rejected:
        total["rejected/not_json"] = rejected
    total["read"] = sum(total.values())
    return Ledger(
        run_id=run.id,
        inputs=tuple(LedgerInput(source.name, 1, source.checksum, "json") for source in sources),
        counts=total,
        policy_version=POLICY.version,
        policy_digest=POLICY.digest,
        key_epoch="1",
        now=STARTED.isoformat(),
        started=STARTED.isoformat(),
        ended=STARTED.isoformat(),
        wall_seconds=1.0,
        runner="test",
    )


def staged_run(
    root: Path, events: Sequence[TaggedEvent], rejections: Sequence[Rejection] = ()
) -> tuple[Run, Ledger, list[WrittenFile]]:
    """Return a run that is ready to be committed."""
    run = open_run(root, STARTED)
    sources = {event.event.record.source.checksum: event.event.record.source for event in events}
    sources |= {rejection.source.checksum: rejection.source for rejection in rejections}
    ledger = make_ledger(run, len(events), len(rejections), sources.values())
    return run, ledger, stage(run, events, rejections)


def commit_run(root: Path, events: Sequence[TaggedEvent], rejections: Sequence[Rejection] = ()) -> Ledger:
    """Commit events and rejections as one run."""
    return commit(*staged_run(root, events, rejections))


def change_part(source: Source, part: int) -> Source:
    """Return another part of the same input."""
    return replace(source, part=part)


def event_ids(root: Path) -> list[str]:
    """Return the ids of all events in the partitions, in order."""
    return sorted(str(record["event_id"]) for record in read_records(root, EVENTS_ROOT))


def read_records(root: Path, category: str) -> list[dict[str, object]]:
    """Return all records under a category as plain fastavro reads them."""
    records: list[dict[str, object]] = []
    for path in sorted(root.glob(f"{category}/*/*.avro")):
        with path.open("rb") as stream:
            records.extend(fastavro.reader(stream))  # type: ignore[arg-type]
    return records


def already_committed(root: Path) -> Mapping[str, str]:
    """Return the run that stands for each input, by the input's checksum."""
    return standing_runs(read_ledgers(root))


def is_whole(root: Path) -> bool:
    """Tell whether a root is as it should be by the default policy."""
    return verify_root(root, datetime.now(UTC), default_policy()) == []


def tree(root: Path) -> list[str]:
    """Return the files under a root by their relative paths, in order."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def partition_files(root: Path) -> list[str]:
    """Return the files of all partitions of a root by their relative paths, in order."""
    return [path for path in tree(root) if path.startswith("category=")]


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: what a full disk does, for any user."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

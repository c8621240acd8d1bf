"""Read a whole output root back and report everything that is not as it should be."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.retention.behind import behind_problems
from pipelines.retention.restored import verify_returned
from pipelines.retention.verify_files import FileVerifier, Scanner
from pipelines.retention.verify_ledgers import verify_canaries, verify_checksums, verify_records_of_runs
from pipelines.retention.verify_places import unnamed
from pipelines.root.key_marks import marks_of_keys
from pipelines.root.layout import real_root
from pipelines.root.partition_folders import Listing, list_partitions
from pipelines.sources.tally import Watch, unwatched
from schemas.errors import LedgerError
from schemas.policy.policy import Policy
from schemas.verification import Problem, ProblemKind
from transforms.accounts.erased import ErasedAccounts
from transforms.checks.retention import is_due

REMEMBERED_EVENTS = 5_000_000


def verify_root(
    root: Path,
    now: datetime,
    policy: Policy,
    scanner: Scanner | None = None,
    canaries: Sequence[str] = (),
    erased: ErasedAccounts | None = None,
    watch: Watch = unwatched,
) -> list[Problem]:
    """Return the problems of a root; none, if it holds what its ledgers say, tagged, in place and in time.

    `scanner` looks for personal data in every text; `canaries` are strings that must stand nowhere; `erased` are the
    accounts that must be in no record; `watch` shows how far the reading has come. Event ids are compared over the
    whole root up to `REMEMBERED_EVENTS`, in a larger root within each partition.

    Raises:
        RetentionError: There is no such root.
    """
    root = real_root(root)
    listing = list_partitions(root)
    paths = [f"{partition.path}/{file.name}" for partition in listing.partitions for file in partition.files]
    problems, expected = verify_records_of_runs(root)
    problems += unnamed(root)
    problems += _verify_folders(listing, now)
    problems += verify_checksums(root, paths, expected)
    files = FileVerifier(policy, scanner, canaries, _marks_of_keys(root))
    with watch(sum(partition.bytes for partition in listing.partitions), lambda: files.tally.done):
        problems += _verify_partitions(root, listing, files)
    problems += behind_problems(root, policy, listing)
    if erased is not None:
        problems += verify_returned(root, erased, now)
    if canaries:
        problems += verify_canaries(root, paths, canaries)
    return problems


def _marks_of_keys(root: Path) -> frozenset[str]:
    try:
        return frozenset(f"{epoch} {fingerprint}" for epoch, fingerprint in marks_of_keys(root))
    except LedgerError:
        return frozenset()  # an unreadable ledger is a problem of its own


def _verify_folders(listing: Listing, now: datetime) -> list[Problem]:
    today = now.astimezone(UTC).date()
    return [
        *(Problem(ProblemKind.UNPARSABLE, path, "not a partition's folder") for path in listing.unparsable),
        *(
            Problem(ProblemKind.EXPIRED, partition.path, f"{partition.records} records should be gone")
            for partition in listing.partitions
            if is_due(partition.expires_on, today)
        ),
    ]


def _verify_partitions(root: Path, listing: Listing, files: FileVerifier) -> list[Problem]:
    problems: list[Problem] = []
    large = sum(partition.records for partition in listing.partitions) > REMEMBERED_EVENTS
    for partition in listing.partitions:
        if large:
            files.forget()
        for file in partition.files:
            problems += files.verify(root, f"{partition.path}/{file.name}")
    return problems

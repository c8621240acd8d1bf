"""Bring stored partitions to a stricter policy: a plan that changes nothing, then that plan and no other, a receipt.

A plan says of each file what takes its place, to the byte. So a plan that was cut short is taken up where it stood: a
file that is there as planned is done.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipelines.durable import sync_folder
from pipelines.retention.rewriting import finish_runs
from pipelines.root.erasure_claim import rewriting
from pipelines.root.layout import PLANS, RECEIPTS, output_errors, real_root, write_whole
from pipelines.root.partition_folders import list_partitions, open_partition
from pipelines.root.plans import read_plan_file, write_plan_file
from pipelines.root.receipts import Receipt, append_receipt, read_receipt, settled_receipt
from pipelines.root.recorded_files import Recorded, Writer, recorded_files
from pipelines.root.staging import staging_folder
from pipelines.root.tightened import TIGHTEN, NewFile, Tightening
from schemas.errors import RetentionError, SchemaError
from schemas.ledger import REJECTED_CATEGORY
from schemas.policy.policy import Policy
from schemas.retention_plan import PlannedPartition, parse_partition
from schemas.sealed_plan import SealedPlan, check_file_name
from transforms.tighten_files import FileTightener, TightenedFile, tighten_rejections


@dataclass(frozen=True)
class TighteningPlan(SealedPlan):
    """What a tightening will do; `root` is the root's resolved path, `made_at` an ISO 8601 time in UTC.

    `policy` is version and digest of the policy that the files are brought to; `digest` is the SHA-256 of all else.
    """

    KIND = TIGHTEN
    VERSION = 1

    root: str
    made_at: str
    policy: str
    files: tuple[Tightening, ...]
    digest: str = ""

    @classmethod
    def of(cls, values: dict[str, Any]) -> "TighteningPlan":
        """Return the plan of its fields as JSON values."""
        return cls(**{**values, "files": tuple(map(Tightening.of, values["files"]))})

    def check(self) -> None:
        """Check that the plan names files of partitions only."""
        for file in self.files:
            for place in (file.path, *(new.path for new in file.files)):
                folder, _, name = place.rpartition("/")
                parse_partition(folder)
                check_file_name(name)

    @property
    def done(self) -> Counter[str]:
        """Return how often what will be done."""
        total: Counter[str] = Counter()
        for file in self.files:
            total.update(file.done)
        return total


def plan_tightening(root: Path, tightener: FileTightener, now: datetime) -> TighteningPlan:
    """Return what would take the place of each file that is behind a policy; change nothing.

    Raises:
        RetentionError: There is no such root, or the policy asks for something that no rewriting can do.
        SchemaError: A file is not whole.
    """
    root = real_root(root)
    files = tuple(_described(path, data, made) for path, data, made in _tightened(root, tightener))
    return TighteningPlan(
        str(root), now.astimezone(UTC).isoformat(), _named(tightener.policy), files
    ).sealed()


def write_plan(plan: TighteningPlan, path: Path | None = None) -> Path:
    """Write a plan where `apply_tightening` will be given it, by default under the root, and return the path.

    Raises:
        OutputError: The folder can't be written.
    """
    path = path or Path(plan.root) / PLANS / f"{TIGHTEN}-{plan.digest[:12]}.json"
    return write_plan_file(path, plan.to_json())


def read_plan(path: Path) -> TighteningPlan:
    """Return the plan of a file.

    Raises:
        RetentionError: It is no plan of a tightening, was changed since it was made, or names a place outside a root.
    """
    return TighteningPlan.from_json(read_plan_file(path))


def apply_tightening(root: Path, plan_path: Path, tightener: FileTightener, now: datetime) -> Receipt:
    """Carry out a plan, just that plan, and return its receipt; one that was cut short is taken up again.

    Raises:
        RetentionError: The plan is of another root or policy, was changed, or a file is not what it was.
        OutputError: The root can't be written.
    """
    plan, root = read_plan(plan_path), real_root(root)
    if (plan.root, plan.policy) != (str(root), _named(tightener.policy)):
        raise RetentionError("the plan was made for another root or another policy")
    receipt = settled_receipt(root, TIGHTEN, plan.digest)
    if receipt is not None:
        return receipt
    started = root / RECEIPTS / f"{plan.digest}.started.json"
    with rewriting(root), output_errors(root):
        finish_runs(root)
        started.parent.mkdir(exist_ok=True)
        write_whole(started, {"plan": plan.digest, "at": now.astimezone(UTC).isoformat()})
        left = [file for file in plan.files if not _is_done(root, file)]
        for file in left:
            _planned(root, file)
        recorded = recorded_files(root)
        with staging_folder(root, plan.KIND) as staging:
            for file in left:
                _carry_out(root, staging, file, writer_of(recorded, file.path), tightener)
        path = append_receipt(root, TIGHTEN, _receipt_body(plan), now, once=True)
        started.unlink(missing_ok=True)
    return read_receipt(path.parent)


def _tightened(root: Path, tightener: FileTightener) -> Iterator[tuple[str, bytes, TightenedFile]]:
    """Yield the files that are behind the policy, with their bytes and what takes their place."""
    listing = list_partitions(root)
    for partition in listing.partitions:
        for file in partition.files:
            path = f"{partition.path}/{file.name}"
            writer = writer_of(listing.recorded, path)
            with suppress(FileNotFoundError):  # it expired meanwhile
                data = _read(root, path)
                made = _tighten(partition, file.name, data, writer, tightener)
                if made is not None:
                    yield path, data, made


def _tighten(
    partition: PlannedPartition, name: str, data: bytes, writer: Writer | None, tightener: FileTightener
) -> TightenedFile | None:
    category, expires_on = parse_partition(partition.path)
    try:
        if category != REJECTED_CATEGORY:
            return tightener.tighten(data, category, expires_on, name)
        latest = expires_on if writer is None else latest_of_rejections(writer, tightener.policy)
        return tighten_rejections(data, category, expires_on, name, latest)
    except SchemaError as error:
        raise SchemaError(f"{partition.path}/{name}: {error}") from error


def writer_of(recorded: Recorded, path: str) -> Writer | None:
    """Return the ledger of the run, or the segment of the stream, that wrote a file; None where nobody knows."""
    known = recorded.get(path)
    return None if known is None else known[0]


def latest_of_rejections(writer: Writer, policy: Policy) -> date:
    """Return the date on which a run's or a segment's rejections expire by a policy."""
    days = policy.categories[policy.event_category].retention_days or 0
    return datetime.fromisoformat(writer.now).astimezone(UTC).date() + timedelta(days=days)


def _read(root: Path, path: str) -> bytes:
    folder, _, name = path.rpartition("/")
    with open_partition(root, folder) as descriptor:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=descriptor)
        with open(opened, "rb") as stream:
            return stream.read()


def _described(path: str, data: bytes, made: TightenedFile) -> Tightening:
    files = tuple(
        NewFile(f"{part.partition}/{part.name}", sha256(part.data).hexdigest(), part.records, len(part.data))
        for part in made.parts
    )
    return Tightening(path, sha256(data).hexdigest(), made.records, files, made.done)


def _is_done(root: Path, file: Tightening) -> bool:
    """Tell whether a file was tightened before: what takes its place is there, and it is gone or one of that."""
    places = {new.path: new.checksum for new in file.files}
    if any(_checksum(root, path) != checksum for path, checksum in places.items()):
        return False
    return file.path in places or _checksum(root, file.path) is None


def _checksum(root: Path, path: str) -> str | None:
    try:
        return sha256(_read(root, path)).hexdigest()
    except FileNotFoundError:
        return None


def _carry_out(
    root: Path, staging: Path, file: Tightening, writer: Writer | None, tightener: FileTightener
) -> None:
    """Put what takes a file's place there, and then remove the file: at every moment each record is there whole."""
    data = _planned(root, file)
    folder, _, name = file.path.rpartition("/")
    partition = PlannedPartition(folder, ())
    made = _tighten(partition, name, data, writer, tightener)
    if made is None or _described(file.path, data, made) != file:
        raise RetentionError(
            f"{file.path} comes out otherwise than planned: apply with the keys and recognizers of the plan"
        )
    for part in made.parts:
        _put(root, staging, part.partition, part.name, part.data)
    if file.path not in {new.path for new in file.files}:
        (root / file.path).unlink()
        with suppress(OSError):  # others' files stand there
            (root / folder).rmdir()
        sync_folder((root / folder).parent)


def _planned(root: Path, file: Tightening) -> bytes:
    """Return a file's bytes if they are what the plan saw."""
    try:
        data = _read(root, file.path)
    except FileNotFoundError:
        data = b""
    if sha256(data).hexdigest() != file.before:
        raise RetentionError(f"the plan is stale: {file.path} changed since; make a new plan")
    return data


def _put(root: Path, staging: Path, partition: str, name: str, data: bytes) -> None:
    """Write a file and rename it into its partition, which is made if it is not there."""
    temporary = staging / name
    with temporary.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    (root / partition).mkdir(parents=True, exist_ok=True)
    with open_partition(root, partition) as descriptor:
        os.replace(temporary, name, dst_dir_fd=descriptor)
        os.fsync(descriptor)


def _receipt_body(plan: TighteningPlan) -> dict[str, Any]:
    return {"plan": plan.digest, "policy": plan.policy, "tightened": [asdict(file) for file in plan.files]}


def _named(policy: Policy) -> str:
    return f"{policy.version} {policy.digest}"

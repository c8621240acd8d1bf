"""Join the small files that a stream leaves: a plan that changes nothing, then that plan, then a receipt.

Only files of segments that are done are joined, within their partition: a batch's files stay, as `redact --again`
replaces them by name. A joined file appears by one rename before the small ones go, so a reader may see a record twice
for a moment, and never misses one.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.erasure_claim import rewriting
from pipelines.root.layout import PLANS, RECEIPTS, output_errors, real_root, write_whole
from pipelines.root.partition_folders import open_partition
from pipelines.root.plans import read_plan_file, write_plan_file
from pipelines.root.receipts import Receipt, append_receipt, read_receipt, read_receipts, settled_receipt
from pipelines.root.segment_files import all_lanes, is_done, read_lane
from pipelines.root.staging import staging_folder
from schemas.compaction_plan import CompactionPlan, Join, JoinedFile, joined_name
from schemas.errors import RetentionError, SchemaError
from transforms.avro.merge import join, take_apart

TARGET_BYTES = 128 << 20
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Small:
    stream: str
    partition: str
    file: JoinedFile
    header: bytes


def plan_compaction(root: Path, now: datetime, target_bytes: int = TARGET_BYTES) -> CompactionPlan:
    """Return which small files of each partition become one of about `target_bytes`; change nothing.

    Raises:
        LedgerError: The log of a stream can't be read.
        RetentionError: A partition can't be listed.
    """
    root = real_root(root)
    groups: dict[tuple[str, str, bytes], list[_Small]] = {}
    for small in _small_files(root, target_bytes // 2):
        groups.setdefault((small.stream, small.partition, small.header), []).append(small)
    joins = [one for smalls in groups.values() for one in _joins(smalls, target_bytes)]
    made_at = now.astimezone(UTC).isoformat()
    return CompactionPlan(str(root), made_at, tuple(joins)).sealed()


def write_compaction(plan: CompactionPlan, path: Path | None = None) -> Path:
    """Write a plan, by default under the root, and return its path.

    Raises:
        OutputError: The folder can't be written.
    """
    path = path or Path(plan.root) / PLANS / f"{CompactionPlan.KIND}-{plan.digest[:12]}.json"
    return write_plan_file(path, plan.to_json())


def read_compaction(path: Path) -> CompactionPlan:
    """Return the plan in a file.

    Raises:
        RetentionError: It can't be read, is no plan, or was changed since it was made.
    """
    return CompactionPlan.from_json(read_plan_file(path))


def apply_compaction(root: Path, plan: CompactionPlan, now: datetime) -> Receipt:
    """Join what a plan names and nothing else, and return the receipt; what was cut short is taken up again.

    Files that are not what they were, or whose partition has expired, are left alone, and the receipt says so.

    Raises:
        RetentionError: The plan is of another root.
        OutputError: The root can't be written.
    """
    root = real_root(root)
    if plan.root != str(root):
        raise RetentionError(f"the plan was made for another root: {plan.root}")
    with rewriting(root), output_errors(root):
        receipt = settled_receipt(root, plan.KIND, plan.digest)
        if receipt is not None:
            return receipt
        progress = _Progress(root / RECEIPTS / f"{plan.digest}.started.json", plan.digest)
        with staging_folder(root, plan.KIND) as staging:
            left_alone = [one.path for one in plan.joins if not _carry_out(root, staging, one, progress)]
        body = {"plan": plan.digest, "joined": list(progress.joined.values()), "left_alone": left_alone}
        path = append_receipt(root, plan.KIND, body, now, once=True)
        progress.path.unlink(missing_ok=True)
    return read_receipt(path.parent)


class _Progress:
    """What is about to be joined, or was: noted before the first small file goes."""

    def __init__(self, path: Path, plan: str) -> None:
        self.path = path
        self._plan = plan
        self.joined: dict[str, Any] = orjson.loads(path.read_bytes())["joined"] if path.exists() else {}

    def note(self, one: Join, data: bytes) -> None:
        """Note one join with the SHA-256 of its file."""
        entry = {
            "path": one.path,
            "after": sha256(data).hexdigest(),
            "bytes": len(data),
            "records": one.records,
        }
        sources = [{"path": f"{one.partition}/{file.name}", "before": file.sha256} for file in one.files]
        self.joined[one.path] = {**entry, "sources": sources}
        self.path.parent.mkdir(exist_ok=True)
        write_whole(self.path, {"plan": self._plan, "joined": self.joined})


def _carry_out(root: Path, staging: Path, one: Join, progress: _Progress) -> bool:
    """Join the files of one join; tell whether it is done, by now or by an earlier attempt."""
    try:
        with open_partition(root, one.partition) as folder:
            there = set(os.listdir(folder))
            if not (one.path in progress.joined and one.name in there):
                data = _joined(folder, one)
                if data is None:
                    progress.joined.pop(one.path, None)
                    return False
                progress.note(one, data)
                _put(staging, folder, one.name, data)
            for file in one.files:
                with suppress(FileNotFoundError):
                    os.unlink(file.name, dir_fd=folder)
            os.fsync(folder)
    except FileNotFoundError:  # the partition has expired
        progress.joined.pop(one.path, None)
        return False
    return True


def _joined(folder: int, one: Join) -> bytes | None:
    """Return the joined file of an open partition, None where a small file is gone or not what it was."""
    contents = []
    for file in one.files:
        data = _read(folder, file.name)
        if data is None or sha256(data).hexdigest() != file.sha256:
            return None
        contents.append(take_apart(data))
    data = join(contents, one.name)
    if take_apart(data).records != one.records:
        raise RetentionError(f"{one.path} does not read back as it should: nothing was joined")
    return data


def _put(staging: Path, folder: int, name: str, data: bytes) -> None:
    """Put a file whole into an open partition; a partition that was deleted meanwhile is not made again."""
    with (staging / name).open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.rename(staging / name, name, dst_dir_fd=folder)
    os.fsync(folder)


def _read(folder: int, name: str) -> bytes | None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _small_files(root: Path, below: int) -> Iterator[_Small]:
    """Yield the small files of segments that are done, and what was joined before and is still small."""
    for path, stream in _written(root):
        partition, _, name = path.rpartition("/")
        try:
            with open_partition(root, partition) as folder:
                data = _read(folder, name)
        except FileNotFoundError:
            continue
        if data is None or len(data) >= below:
            continue
        with suppress(SchemaError):  # verification names it
            container = take_apart(data)
            file = JoinedFile(name, len(data), container.records, sha256(data).hexdigest())
            yield _Small(stream, partition, file, container.header)


def _written(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the path of each file that a stream has written, with the stream."""
    for lane in all_lanes(root):
        for segment in read_lane(lane):
            if is_done(lane, segment.sequence):
                yield from ((file.path, lane.stream) for file in segment.files)
    for receipt in read_receipts(root):
        if receipt.kind == CompactionPlan.KIND:
            for entry in receipt.body["joined"]:
                yield entry["path"], entry["path"].rpartition("/")[2].split("-")[1]


def _joins(smalls: Sequence[_Small], target_bytes: int) -> Iterator[Join]:
    """Yield joins of about the size that is wanted, in order of the files' names."""
    stream, partition = smalls[0].stream, smalls[0].partition
    group: list[JoinedFile] = []
    for small in [*sorted(smalls, key=lambda small: small.file.name), None]:
        full = small is None or sum(file.bytes for file in group) + small.file.bytes > target_bytes
        if full and len(group) >= _FEWEST:
            files = tuple(group)
            yield Join(partition, joined_name(stream, files), files)
        if full:
            group = []
        if small is not None:
            group.append(small.file)

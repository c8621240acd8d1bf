"""What stands in a root and no record names, wherever it lies."""

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.retention.expire import plan_expiry, write_plan
from pipelines.retention.verify import verify_root
from pipelines.retention.verify_places import unnamed
from pipelines.root.commit import open_run, sweep
from pipelines.root.temporary import ABANDONED_SECONDS
from tests.made_output import EVENTS_ROOT, POLICY, STARTED, commit_run, make_event

DAY = "2027-05-23"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    commit_run(tmp_path / "out", [make_event(1, DAY)])
    return tmp_path / "out"


def strangers(root: Path) -> list[str]:
    return [problem.path for problem in unnamed(root)]


def test_what_logveil_writes_is_named(root: Path) -> None:
    open_run(root, STARTED)
    now = datetime(2027, 5, 23, tzinfo=UTC)
    write_plan(plan_expiry(root, now.date(), now))
    assert strangers(root) == []


@pytest.mark.parametrize(
    "place",
    [
        "_runs/old/part.avro",
        "_runs/part.avro",
        "_runs/.part.avro",
        "_runs/claims/part.avro",
        f"_runs/claims/{'ab' * 32}.1/20261124T040000Z-0123abcd/part.avro",
        "_receipts/000001/copy/part.avro",
        "_receipts/part.avro",
        "_plans/part.avro",
        "_plans/part.json",
        "_plans/2025/expire.json",
        "_staging/part.avro",
        "_staging/20261124T040000Z-0123abcd/part.avro",
        "_stream/copy/part.avro",
        ".backup/part.avro",
        ".part.avro",
    ],
)
def test_a_copy_is_found_wherever_it_lies(root: Path, place: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(next(root.glob(f"{EVENTS_ROOT}/*/*.avro")), path)
    (found,) = {name for name in strangers(root) if place.startswith(name)}
    assert [problem.kind for problem in verify_root(root, STARTED, POLICY) if problem.path == found] != []


def test_a_link_is_found_and_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.avro").touch()
    for place in ("_plans", "_runs/linked", ".linked"):
        (root / place).symlink_to(tmp_path / "elsewhere")
    assert strangers(root) == [".linked", "_plans", "_runs/linked"]


def test_a_name_that_moves_the_cursor_or_is_no_text_is_escaped(root: Path) -> None:
    (root / "_runs" / "\x1b[2Ja").touch()
    Path(os.fsdecode(os.fsencode(root / "_runs") + b"/\xe9")).touch()
    assert strangers(root) == ["_runs/\\x1b[2Ja", "_runs/\\udce9"]


def test_what_nfs_leaves_of_a_deleted_file_is_none(root: Path) -> None:
    (root / "_runs" / ".nfs0000000000000001").touch()
    assert strangers(root) == []


@pytest.mark.parametrize("name", [f".{'0' * 32}.tmp", f".{'0' * 32}"])
def test_what_was_left_half_written_is_found_after_an_hour_and_swept(root: Path, name: str) -> None:
    path = root / "_receipts" / name
    if name.endswith(".tmp"):
        path.touch()
    else:
        path.mkdir()
    assert strangers(root) == []
    sweep(root)
    assert path.exists()
    hour_ago = time.time() - ABANDONED_SECONDS - 1
    os.utime(path, (hour_ago, hour_ago))
    assert strangers(root) == [f"_receipts/{name}"]
    sweep(root)
    assert not path.exists()

"""A disk that refuses gives one clear line and no half-written file; a kill loses and doubles nothing."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.root.commit import commit, discard, recover
from pipelines.root.ledger_files import read_ledgers
from schemas.errors import OutputError
from tests.conftest import absent
from tests.made_output import event_ids, file_size_limit, make_event, partition_files, staged_run

KILLS = 25
LONGEST_COMMIT_SECONDS = 0.035
EVENTS = [make_event(n, f"2027-{n % 12 + 1:02d}-01") for n in range(240)]
KILLED = f"""
import sys
from pathlib import Path
from tests.made_output import commit_run, make_event
events = [make_event(n, f"2027-{{n % 12 + 1:02d}}-01") for n in range({len(EVENTS)})]
print("ready", flush=True)
sys.stdin.readline()
commit_run(Path(sys.argv[1]), events)
"""


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Return a function that mounts a small file system with options, or remounts it."""
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True).returncode:
            absent("the right to mount a file system")
        return folder

    yield mount
    subprocess.run(["umount", str(folder)], capture_output=True)


def test_a_disk_that_fills_up_while_files_are_written_is_an_output_error(tmp_path):
    with file_size_limit(1000), pytest.raises(OutputError, match=r"cannot write .* File too large"):
        staged_run(tmp_path, EVENTS)
    assert partition_files(tmp_path) == []


def test_a_disk_that_fills_up_before_the_commit_point_leaves_no_partition(tmp_path):
    run, *rest = staged_run(tmp_path, EVENTS)
    with file_size_limit(1000), pytest.raises(OutputError, match=r"cannot write .* File too large"):
        commit(run, *rest)
    discard(run)
    assert partition_files(tmp_path) == []
    assert read_ledgers(tmp_path) == []


def test_a_full_file_system_is_an_output_error(mounted):
    root = mounted("size=64k")
    with pytest.raises(OutputError, match="No space left on device"):
        staged_run(root, [make_event(n, error_message=f"{n * 7919:x}" * 999) for n in range(3000)])
    assert partition_files(root) == []


def test_a_file_system_that_has_no_room_for_the_ledger_commits_nothing_until_there_is(mounted):
    root = mounted("size=256k")
    run, *rest = staged_run(root, EVENTS)
    (root / "ballast").write_bytes(bytes(8 * 4096))
    filled = _fill(root / "more")
    with pytest.raises(OutputError, match="No space left on device"):
        commit(run, *rest)
    assert partition_files(root) == []
    filled.unlink()
    commit(run, *rest)
    assert event_ids(root) == [event.event.event_id for event in EVENTS]


def _fill(path: Path) -> Path:
    with path.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            return path


def test_a_full_file_system_does_not_keep_partitions_from_expiring(mounted, tmp_path):
    root = mounted("size=256k")
    run, *rest = staged_run(root, EVENTS)
    commit(run, *rest)
    later = datetime(2027, 7, 1, tzinfo=UTC)
    plan = write_plan(plan_expiry(root, later.date(), later), tmp_path / "plan.json")
    _fill(root / "ballast")
    receipt = apply_plan(root, plan, later)
    assert len(receipt.body["partitions"]) == 7
    assert len(partition_files(root)) == 5


def test_a_read_only_root_is_an_output_error(mounted):
    root = mounted("size=64k,ro")
    with pytest.raises(OutputError, match="Read-only file system"):
        staged_run(root / "out", EVENTS[:1])


@pytest.mark.slow
def test_a_process_killed_at_any_moment_loses_and_doubles_nothing(tmp_path):
    moments = random.Random(7)
    for number in range(KILLS):
        root = tmp_path / str(number)
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdin is not None
        assert child.stdout is not None
        with child:
            child.stdout.readline()
            child.stdin.write(b"\n")
            child.stdin.flush()
            try:
                child.wait(moments.uniform(0, LONGEST_COMMIT_SECONDS))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
        recover(root)
        assert event_ids(root) == ([event.event.event_id for event in EVENTS] if read_ledgers(root) else [])
        if not read_ledgers(root):
            run, *rest = staged_run(root, EVENTS)
            commit(run, *rest)
        assert event_ids(root) == [event.event.event_id for event in EVENTS]


@pytest.mark.slow
def test_processes_that_redact_one_input_at_once_leave_each_record_once(tmp_path):
    for number in range(4):
        root = tmp_path / str(number)
        children = [
            subprocess.Popen(
                [sys.executable, "-c", KILLED, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(3)
        ]
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        for child in children:
            child.communicate(b"\n")
        assert [child.returncode for child in children] == [0, 0, 0]
        assert event_ids(root) == [event.event.event_id for event in EVENTS]
        assert len(read_ledgers(root)) == 3

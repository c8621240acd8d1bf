"""What goes wrong outside gives one clear line, exit code 2, and no half-written partition."""

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from pipelines.jobs import redaction
from pipelines.root.ledger_files import read_ledgers
from schemas.errors import InputError, OutputError
from tests.conftest import NOW_MS, ROOT, absent
from tests.made_output import EVENTS_ROOT, event_ids, file_size_limit, partition_files, read_records, tree

COMMAND = [str(ROOT / ".venv/bin/logveil"), "redact", "--now=2026-11-24", "--workers=1"]
LINES = [
    json.dumps(
        {"__TIMESTAMP__": NOW_MS - n * 86_400_000 % (90 * 86_400_000) - 1, "request_id": f"{n:032x}"}
    ).encode()
    for n in range(600)
]
NOBODY = 65534


def cut_gzip(folder):
    path = folder / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(LINES))[:-20])
    return path


def empty_folder(folder):
    (folder / "empty").mkdir()
    return folder / "empty"


def pipe(folder):
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def lzop(folder):
    (folder / "a.lzo").write_bytes(b"\x89LZO\x00\r\n\x1a\n" + bytes(100))
    return folder / "a.lzo"


def inside_root(folder):
    path = folder / "out" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(LINES[0])
    return path


SPOILED = [
    pytest.param(cut_gzip, "ends", id="truncated-gzip"),
    pytest.param(empty_folder, "no file here to read", id="folder-without-a-file"),
    pytest.param(lambda folder: folder / "*.nothing", "no file here to read", id="glob-without-a-match"),
    pytest.param(lambda folder: folder / "absent.jsonl", "no file here to read", id="absent-file"),
    pytest.param(pipe, "not a regular file", id="pipe"),
    pytest.param(lzop, "lzop is not supported", id="lzop"),
    pytest.param(inside_root, "inside the output root", id="input-inside-the-root"),
]


@pytest.mark.parametrize(("spoil", "message"), SPOILED)
def test_an_input_that_cannot_be_read_whole_stops_the_run(redact, write_lines, tmp_path, spoil, message):
    good = write_lines(LINES, "good.jsonl")
    with pytest.raises(InputError, match=message):
        redact(good, spoil(tmp_path))
    assert partition_files(tmp_path / "out") == []


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("spoil", "message"), [SPOILED[0], SPOILED[1], SPOILED[6]])
def test_the_command_says_it_in_one_line_with_exit_code_2(write_lines, tmp_path, spoil, message, workers):
    good = write_lines(LINES, "good.jsonl")
    done = subprocess.run(
        [*COMMAND, f"--workers={workers}", f"--output={tmp_path / 'out'}", str(good), str(spoil(tmp_path))],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if "development key" not in line]
    assert len(errors) == 1
    assert errors[0].startswith(f"logveil: {tmp_path}/")
    assert " (argument 2): " in errors[0]
    assert message in errors[0]
    assert partition_files(tmp_path / "out") == []


def test_no_key_is_made_where_no_input_was_found(tmp_path):
    done = subprocess.run(
        [*COMMAND, "--output=out", "./absent"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (2, "logveil: ./absent (argument 1): no file here to read\n")
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_file_stops_the_run(write_lines, tmp_path):
    if os.geteuid() != 0:
        absent("the right to become another user")
    path = write_lines(LINES, "secret.jsonl")
    path.chmod(0)
    shutil.chown(path, 1, 1)
    program = (
        "import os\nfrom pathlib import Path\nfrom pipelines.sources.found import find_inputs\n"
        f"from schemas.errors import InputError\nos.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "try:\n    find_inputs(['/dev/fd/0'] and [PATH], Path('/nowhere'))\n"
        "except InputError as error:\n    print(error)\n"
    ).replace("['/dev/fd/0'] and [PATH]", repr([str(path)]))
    folder = path.parent
    while folder.stat().st_uid == 0 and str(folder) != "/":
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
        folder = folder.parent
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert "cannot be read: Permission denied" in done.stdout, done.stderr


def test_an_input_that_grows_while_it_is_read_stops_the_run(redact, write_lines, tmp_path, monkeypatch):
    path = write_lines(LINES)

    whole = redaction.read_summary

    def read_late(staging, shares):
        with path.open("ab") as out:
            out.write(LINES[0] + b"\n")
        return whole(staging, shares)

    monkeypatch.setattr(redaction, "read_summary", read_late)
    with pytest.raises(InputError, match="changed while it was read; nothing was written"):
        redact(path)
    assert partition_files(tmp_path / "out") == []


def test_a_full_disk_stops_the_run(redact, write_lines, tmp_path):
    path = write_lines(
        [json.dumps({"__TIMESTAMP__": NOW_MS - 1, "output": os.urandom(3000).hex()}).encode()] * 40
    )
    with file_size_limit(4096), pytest.raises(OutputError, match="File too large"):
        redact(path)
    assert partition_files(tmp_path / "out") == []
    redact(path)
    assert len(read_records(tmp_path / "out", EVENTS_ROOT)) == 40


def test_a_read_only_root_stops_the_run(redact, write_lines, tmp_path):
    folder = tmp_path / "mounted"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        absent("the right to mount a file system")
    try:
        with pytest.raises(OutputError, match="Read-only file system"):
            redact(write_lines(LINES), root=folder / "out")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_root_that_is_a_file_stops_the_run(redact, write_lines, tmp_path):
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(OutputError, match="cannot write to the output root"):
        redact(write_lines(LINES))
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_root_inside_the_input_folder_is_left_out_of_the_input(redact, write_lines, tmp_path):
    folder = write_lines(LINES, "logs/a.jsonl").parent
    assert len(redact(folder, root=folder / "out").inputs) == 1
    assert redact(folder, root=folder / "out").inputs == ()
    assert len(event_ids(folder / "out")) == len(LINES)


def test_a_failed_run_leaves_an_earlier_one_whole(redact, write_lines, tmp_path):
    redact(write_lines(LINES))
    before = {name: (tmp_path / "out" / name).read_bytes() for name in partition_files(tmp_path / "out")}
    with pytest.raises(InputError):
        redact(cut_gzip(tmp_path))
    assert {
        name: (tmp_path / "out" / name).read_bytes() for name in partition_files(tmp_path / "out")
    } == before


def start(root, *inputs):
    command = [*COMMAND, f"--output={root}", f"--keys={root.parent / 'key'}", *map(str, inputs)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)


def finish(job):
    """Wait for a job, close its pipes and return its exit code."""
    job.communicate()
    return job.returncode


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_text(bytes(range(32)).hex())
    path.chmod(0o600)
    return path


@pytest.mark.slow
def test_a_job_killed_at_any_moment_and_run_again_leaves_the_same_events(write_lines, tmp_path, key_file):
    path = write_lines(LINES)
    once, root = tmp_path / "once", tmp_path / "killed"
    assert finish(start(once, path)) == 0
    chance = random.Random(7)
    for _ in range(5):
        job = start(root, path)
        try:
            job.wait(chance.uniform(2.0, 12.0))
        except subprocess.TimeoutExpired:
            job.send_signal(signal.SIGKILL)
        job.communicate()
        found = event_ids(root) if root.exists() else []
        assert found in ([], event_ids(once))
    assert finish(start(root, path)) == 0
    assert event_ids(root) == event_ids(once)
    assert len([ledger for ledger in read_ledgers(root) if ledger.inputs]) == 1
    assert [name for name in tree(root) if name.startswith("_staging")] == []


@pytest.mark.slow
def test_two_jobs_at_once_into_one_root_do_not_harm_each_other(write_lines, tmp_path, key_file):
    common = write_lines(LINES[:200], "common.jsonl")
    own = [write_lines(LINES[200:400], "a.jsonl"), write_lines(LINES[400:], "b.jsonl")]
    jobs = [start(tmp_path / "both", common, path) for path in own]
    errors = [job.communicate()[1] for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], errors
    assert finish(start(tmp_path / "one", common, *own)) == 0
    assert event_ids(tmp_path / "both") == event_ids(tmp_path / "one")
    assert len(event_ids(tmp_path / "both")) == len(LINES)


def test_two_jobs_on_one_input_write_it_once(redact, write_lines, tmp_path):
    path = write_lines(LINES)
    threads = [threading.Thread(target=redact, args=(path,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = event_ids(tmp_path / "out")
    assert len(ids) == len(set(ids)) == len(LINES)

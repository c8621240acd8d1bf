"""Each file that comes into a watched folder is redacted once, when it is whole."""

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.jobs.redaction import RedactionJob
from pipelines.retention.verify import verify_root
from pipelines.root.ledger_files import read_ledgers
from pipelines.streams.watch import FolderWatch, watch_folder
from schemas.errors import InputError, OutputError
from schemas.policy.file import default_policy
from tests.pipelines.streams.made_streams import KEY, event
from tests.pipelines.streams.test_lane_worker import numbers


class Clock:
    """A clock that is set by the test."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def watch(tmp_path, folder):
    return FolderWatch(folder, tmp_path / "out", 30.0, clock=Clock())


def job_of(root):
    return RedactionJob([], root, default_policy(), KEY, datetime.now(UTC), workers=1)


def write(folder, name, *events):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\n".join(event(number) for number in events))
    return path


def test_a_file_is_whole_when_it_did_not_change_for_a_while(watch, folder):
    path = write(folder, "a.log", 1)
    assert watch.whole_files() == []
    watch.clock.now = 29.0
    assert watch.whole_files() == []
    write(folder, "a.log", 1, 2)
    watch.clock.now = 58.0
    assert watch.whole_files() == []
    watch.clock.now = 88.0
    assert watch.whole_files() == [path]


def test_a_file_that_grows_without_a_new_size_is_told_by_its_time(watch, folder):
    path = write(folder, "a.log", 1)
    watch.whole_files()
    os.utime(path, ns=(1, 1))
    watch.clock.now = 40.0
    assert watch.whole_files() == []


def test_a_file_is_given_out_once_unless_it_changes(watch, folder):
    path = write(folder, "a.log", 1)
    watch.stable_seconds = 0.0
    assert [watch.whole_files(), watch.whole_files()] == [[path], []]
    write(folder, "a.log", 1, 2)
    assert watch.whole_files() == [path]
    path.unlink()
    watch.whole_files()
    write(folder, "a.log", 1, 2)
    assert watch.whole_files() == [path]


def test_with_a_marker_a_file_is_whole_when_that_is_there(watch, folder):
    watch.marker = ".done"
    path = write(folder, "a.log", 1)
    assert watch.whole_files() == []
    (folder / "a.log.done").touch()
    assert watch.whole_files() == [path]


def test_hidden_files_and_the_output_root_are_no_input(watch, folder):
    watch.stable_seconds, watch.root = 0.0, folder / "out"
    write(folder, ".a.log.tmp", 1)
    write(folder, "out/a.avro", 1)
    write(folder, ".git/x", 1)
    inner = write(folder, "2026/b.log", 1)
    assert watch.whole_files() == [inner]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="the watched folder can't be read: No such file"):
        FolderWatch(tmp_path / "nowhere", tmp_path / "out", 0.0).whole_files()


def caught_up(root, folder, **options):
    watch = FolderWatch(folder, root, 0.0)
    watch_folder(job_of(root), watch, 0.01, threading.Event(), until_caught_up=True, **options)


def test_what_comes_is_redacted_once_however_often_it_is_watched(tmp_path, folder):
    root = tmp_path / "out"
    write(folder, "a.log", 1, 2)
    caught_up(root, folder)
    write(folder, "b.log", 3)
    caught_up(root, folder)
    caught_up(root, folder)
    assert numbers(root) == [1, 2, 3]
    assert len([ledger for ledger in read_ledgers(root) if ledger.inputs]) == 2
    assert verify_root(root, datetime.now(UTC), default_policy()) == []


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_redacted(tmp_path, folder, caplog):
    root = tmp_path / "out"
    write(folder, "a.log", 1)
    (folder / "b.log.lzo").write_bytes(b"\x89LZO\x00\r\n")
    write(folder, "c.log", 2)
    caught_up(root, folder)
    assert numbers(root) == [1, 2]
    assert [record.getMessage() for record in caplog.records if "left alone" in record.getMessage()]


def test_a_root_that_cannot_be_written_is_waited_for(tmp_path, folder, monkeypatch, caplog):
    refused = iter(range(2))
    from pipelines.streams import watch as watching

    redact = watching.run_redaction

    def refuse(job):
        if next(refused, None) is not None:
            raise OutputError("cannot write to the output root: No space left on device")
        return redact(job)

    monkeypatch.setattr(watching, "run_redaction", refuse)
    write(folder, "a.log", 1)
    caught_up(tmp_path / "out", folder)
    assert numbers(tmp_path / "out") == [1]
    assert "No space left on device" in caplog.text


def test_a_watch_that_is_told_to_stop_ends(tmp_path, folder):
    stop = threading.Event()
    stop.set()
    write(folder, "a.log", 1)
    watch_folder(replace(job_of(tmp_path / "out")), FolderWatch(folder, tmp_path / "out", 0.0), 60.0, stop)
    assert not (tmp_path / "out").exists()

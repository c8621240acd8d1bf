"""A staging folder is swept only when its process is known to be gone, or has been silent for a day."""

import os
import subprocess
import sys
import time
from dataclasses import asdict, replace

import orjson
import pytest

from pipelines.root.liveness import OWNER, SILENT_SECONDS, is_dead, this_process, write_owner


def write_as(folder, owner):
    (folder / OWNER).write_bytes(orjson.dumps(asdict(owner)))


def age(folder, seconds):
    moment = time.time() - seconds
    for path in [*folder.iterdir(), folder]:
        os.utime(path, (moment, moment))


def test_the_folder_of_a_living_process_is_alive_however_silent(tmp_path):
    write_owner(tmp_path)
    age(tmp_path, 2 * SILENT_SECONDS)
    assert not is_dead(tmp_path)


def test_the_folder_of_a_process_that_ended_is_dead_at_once(tmp_path):
    code = "import sys, pathlib, pipelines.root.liveness as l; l.write_owner(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert is_dead(tmp_path)


def test_the_folder_of_a_process_that_ended_and_waits_for_its_parent_is_dead(tmp_path):
    code = "import sys, pathlib, pipelines.root.liveness as l; l.write_owner(pathlib.Path(sys.argv[1]))"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_dead(tmp_path)


def test_a_process_id_that_was_given_again_is_not_taken_for_the_owner(tmp_path):
    write_as(tmp_path, replace(this_process(), started="1"))
    assert is_dead(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"host": "elsewhere"}, id="other-host"),
        pytest.param({"space": "other boot or container"}, id="other-container-of-that-name"),
    ],
)
@pytest.mark.parametrize(
    ("silent", "dead"),
    [
        pytest.param(SILENT_SECONDS - 60, False, id="wrote-within-a-day"),
        pytest.param(SILENT_SECONDS + 60, True, id="silent-for-a-day"),
    ],
)
def test_a_process_elsewhere_is_judged_by_its_last_write(tmp_path, changes, silent, dead):
    write_as(tmp_path, replace(this_process(), pid=1, started="1", **changes))
    age(tmp_path, silent)
    assert is_dead(tmp_path) == dead


def test_a_fresh_file_is_a_sign_of_life(tmp_path):
    write_as(tmp_path, replace(this_process(), host="elsewhere"))
    age(tmp_path, 2 * SILENT_SECONDS)
    (tmp_path / "new.avro").write_bytes(b"")
    assert not is_dead(tmp_path)


def test_a_folder_without_an_owner_is_alive_for_a_day(tmp_path):
    assert not is_dead(tmp_path)
    age(tmp_path, SILENT_SECONDS + 60)
    assert is_dead(tmp_path)

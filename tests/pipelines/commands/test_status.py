"""`logveil status`: what it prints, writes and serves, and its exit codes."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from schemas.errors import OptionsError
from tests.made_output import commit_run, make_event
from tests.pipelines.lanes.made_lanes import TOPIC, commit, dealt

LATER = "9999-01-01"


@pytest.fixture
def root(tmp_path):
    commit_run(tmp_path / "out", [make_event(1, LATER)], [])
    commit(dealt(tmp_path / "out")[0], {0: 3})
    return tmp_path / "out"


def run(*arguments):
    result = CliRunner().invoke(app, ["status", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_root_that_is_as_it_should_be_is_told_with_exit_code_0(root):
    result = run(root)
    assert result.exit_code == 0
    assert "4 read, 4 written, 0 rejected, 0 expired on arrival" in result.output
    assert TOPIC in result.output


def test_json_holds_streams_lanes_and_warnings(root):
    told = json.loads(run(root, "--json").output)
    assert told["streams"][0]["next"] == {"0": 3}
    assert told["streams"][0]["lanes"][0]["sequence"] == 1
    assert (told["warnings"], told["topics"], told["overdue_erasures"]) == ([], [], None)


def test_a_root_where_nothing_was_committed_for_too_long_is_amiss(root):
    assert run(root, "--max-age-seconds=1e9").exit_code == 0
    assert run(root, "--max-age-seconds=0").exit_code == 1


def test_a_partition_past_its_date_is_amiss(root):
    commit_run(root, [make_event(9, "2026-01-01")], [])
    result = run(root)
    assert result.exit_code == 1
    assert "1 partitions are past their date: run logveil expire" in result.output


def test_metrics_go_to_a_file_whole(root, tmp_path):
    file = tmp_path / "logveil.prom"
    assert run(root, f"--metrics-file={file}").output == ""
    assert "logveil_events_read_total 4.0\n" in file.read_text()
    assert [path.name for path in tmp_path.glob("logveil.prom*")] == ["logveil.prom"]


def test_metrics_are_served_on_loopback_alone_until_interrupted(root):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pipelines", "status", str(root), f"--metrics-port={port}"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        assert server.stdout.readline() == f"metrics on http://127.0.0.1:{port}/metrics\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"logveil_events_read_total 4.0\n" in answer.read()
        with socket.socket() as outside, pytest.raises(ConnectionRefusedError):
            outside.connect(("127.0.0.2", port))
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(120) == 0
        server.stdout.close()


def test_a_topic_without_a_broker_is_refused(root):
    with pytest.raises(OptionsError, match="--topic needs --bootstrap"):
        run(root, "--topic=app")

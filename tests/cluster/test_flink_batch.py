"""The batch job on a Flink cluster gives the records of the local run, a TaskManager killed on the way or not."""

import csv
import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from pipelines.retention.verify import verify_root
from schemas.cls_pb2 import LogGroupList
from schemas.policy.file import default_policy
from tests.cluster.counted import counted_event
from tests.flink import Flink, flink_cluster
from tests.kafka import wait_for
from tests.made_output import read_records

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

EVENTS = int(os.environ.get("LOGVEIL_BATCH_EVENTS", "200_000"))
NOW = "2026-11-24T00:00:00"
TIME_MS = 1_795_392_000_000
_PATIENCE = 400.0


@pytest.fixture(scope="module")
def flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flink]:
    """Return a running cluster."""
    with flink_cluster(tmp_path_factory.mktemp("flink")) as started:
        yield started


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with files of every format, together so many events."""
    folder = tmp_path_factory.mktemp("inputs")
    share = EVENTS // 8
    events = [json.loads(counted_event(number, TIME_MS + number)) for number in range(EVENTS)]
    lines = [orjson.dumps(event) for event in events]
    (folder / "events.jsonl").write_bytes(b"\n".join([*lines[: 3 * share], b"{", b""]))
    (folder / "events.log.gz").write_bytes(gzip.compress(b"\n".join(lines[3 * share : 4 * share]), 1))
    with (folder / "events.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, list(events[0]))
        writer.writeheader()
        writer.writerows(events[4 * share : 5 * share])
    results = [
        {"Time": one["__TIMESTAMP__"], "LogJson": json.dumps(one)} for one in events[5 * share : 6 * share]
    ]
    (folder / "search.json").write_bytes(orjson.dumps({"Response": {"Results": results}}))
    (folder / "groups.bin").write_bytes(_log_groups(events[6 * share : 7 * share]))
    texts = [f"{_iso(one['__TIMESTAMP__'])} {one['output']}" for one in events[7 * share :]]
    (folder / "plain.log").write_text("\n".join(texts))
    return folder


def _iso(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _log_groups(events: list[dict[str, str]]) -> bytes:
    groups = LogGroupList()
    group = groups.logGroupList.add()
    for event in events:
        log = group.logs.add(time=int(event["__TIMESTAMP__"]))
        for key in ("request_id", "state", "client_ip", "output"):
            log.contents.add(key=key, value=event[key])
    return groups.SerializeToString()


def redact(inputs: Path, root: Path, *beam_options: str) -> subprocess.Popen[bytes]:
    """Start the batch job on a folder."""
    key = inputs.parent / "batch-key"
    if not key.exists():
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
    command = [
        str(Path(sys.executable).parent / "logveil"), "redact", str(inputs), f"--output={root}", f"--keys={key}",
        f"--now={NOW}", "--max-rejected=1", "--json", *(["--", *beam_options] if beam_options else []),
    ]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> dict[str, object]:
    out, errors = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, errors.decode()
    return dict(orjson.loads(out))


def records(root: Path) -> dict[str, bytes]:
    """Return the records of a root by event id, and its rejections by place, each as one text."""
    events = read_records(root, "category=troubleshooting_data")
    found = {str(one["event_id"]): orjson.dumps(one, default=str) for one in events}
    for one in read_records(root, "category=rejected"):
        found[f"{one['checksum']}/{one['offset']}"] = orjson.dumps(one, default=str)
    return found


@pytest.mark.timeout(900)
def test_a_cluster_gives_the_records_of_the_local_run_though_a_task_manager_dies(flink, inputs, tmp_path):
    local = finish(redact(inputs, tmp_path / "local"))
    expected = records(tmp_path / "local")
    assert len(expected) == EVENTS + 1
    root = tmp_path / "flink"
    process = redact(inputs, root, *flink.beam_options())
    staged = threading.Event()

    def kill_once() -> None:
        wait_for(lambda: any(root.glob("_staging/*/*.avro")), "the first files", _PATIENCE)
        flink.kill("tm1")
        flink.start("tm1")
        staged.set()

    killing = threading.Thread(target=kill_once)
    killing.start()
    ledger = finish(process)
    killing.join()
    assert staged.is_set()
    assert records(root) == expected
    assert ledger["counts"] == local["counts"]
    assert verify_root(root, datetime(2026, 11, 25, tzinfo=UTC), default_policy()) == []
    assert not list((root / "_staging").iterdir())

"""A stream runs on Prism, Beam's own portable runner, as a trial of the graph without a JVM."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from pipelines.retention.verify import verify_root
from schemas.policy.file import default_policy
from tests.cluster.counted import Follower, counted_event
from tests.cluster.test_micro_batch_kills import started
from tests.kafka import Kafka, free_ports, part, wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture
def prism(tmp_path: Path) -> Iterator[int]:
    """Return the port of a running Prism."""
    job, web = free_ports(2)
    command = [str(part("prism")), f"--job_port={job}", f"--web_port={web}", "--idle_shutdown_timeout=-1s"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        wait_for(lambda: _answers(job), "Prism")
        yield job
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_a_stream_on_prism_commits_each_message_once(broker: Kafka, prism: int, tmp_path: Path) -> None:
    topic, root = f"prism-{uuid4()}", tmp_path / "out"
    broker.make_topic(topic)
    broker.produce(topic, map(counted_event, range(3000)))
    options = ["--runner=PortableRunner", f"--job_endpoint=127.0.0.1:{prism}", "--environment_type=LOOPBACK"]
    process = started(broker, topic, root, "--lanes=4", "--", *options)
    follower = Follower(root)
    try:
        wait_for(lambda: follower.committed() == 3000, "all events", 120)
        broker.produce(topic, map(counted_event, range(3000, 5000)))
        wait_for(lambda: follower.committed() == 5000, "later events", 120)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert follower.numbers() == dict.fromkeys(range(5000), 1)
    assert [str(one) for one in verify_root(root, datetime.now(UTC), default_policy())] == []

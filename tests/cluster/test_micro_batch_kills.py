"""A stream in one process that is killed again and again loses and doubles nothing; one that idles costs nothing."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from pipelines.retention.verify import verify_root
from schemas.policy.file import default_policy
from tests.cluster.counted import Follower, counted_event
from tests.kafka import Kafka, wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

KILLS = 20
EVENTS = int(os.environ.get("LOGVEIL_KILL_EVENTS", "60_000"))
_PATIENCE = 120.0


def started(broker: Kafka, topic: str, root: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a stream in a process of its own."""
    key = root.with_name("key")
    if not key.exists():
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
    command = [
        str(Path(sys.executable).parent / "logveil"), "stream", f"--bootstrap={broker.bootstrap}", f"--topic={topic}",
        f"--output={root}", f"--keys={key}", "--roll-seconds=0.3", "--roll-messages=500", *more,
    ]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def feed(broker: Kafka, topic: str, numbers: range, seconds: float) -> None:
    """Append events over some time."""
    step = max(1, len(numbers) // 100)
    for first in range(0, len(numbers), step):
        broker.produce(topic, map(counted_event, numbers[first : first + step]))
        time.sleep(seconds / 100)


def check(root: Path, events: int) -> None:
    numbers = Follower(root).numbers()
    assert numbers == dict.fromkeys(range(events), 1)
    assert [str(one) for one in verify_root(root, datetime.now(UTC), default_policy())] == []


@pytest.fixture
def topic(broker: Kafka) -> str:
    """Return a new topic of four partitions."""
    name = f"kills-{uuid4()}"
    broker.make_topic(name)
    return name


def test_twenty_kills_lose_and_double_nothing(broker, topic, tmp_path):
    root, chance = tmp_path / "out", random.Random(17)
    follower = Follower(root)
    feeding = threading.Thread(target=feed, args=(broker, topic, range(EVENTS), 60.0))
    feeding.start()
    for kill in range(KILLS):
        process = started(broker, topic, root, "--lanes=2")
        before = follower.segments()
        # Every fourth one dies while it starts, the others in the midst of their work.
        wait_for(lambda wanted=before + (kill % 4 > 0): follower.segments() >= wanted, "a commit", _PATIENCE)
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    feeding.join()
    process = started(broker, topic, root, "--until-caught-up")
    assert process.communicate(timeout=_PATIENCE)[1] == b""
    assert process.returncode == 0
    check(root, EVENTS)


def test_a_broker_that_goes_and_comes_back_is_waited_for(broker, topic, tmp_path):
    root = tmp_path / "out"
    follower = Follower(root)
    process = started(broker, topic, root)
    try:
        broker.produce(topic, map(counted_event, range(2000)))
        wait_for(lambda: follower.committed() == 2000, "the first events", _PATIENCE)
        broker.kill()
        time.sleep(2)
        broker.start()
        broker.produce(topic, map(counted_event, range(2000, 4000)))
        wait_for(lambda: follower.committed() == 4000, "the rest", _PATIENCE)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0
    check(root, 4000)


def test_an_idle_stream_listens_nowhere_and_costs_next_to_nothing(broker, topic, tmp_path):
    root = tmp_path / "out"
    follower = Follower(root)
    process = started(broker, topic, root, "--roll-seconds=1")
    try:
        broker.produce(topic, map(counted_event, range(100)))
        wait_for(lambda: follower.committed() == 100, "the events", _PATIENCE)
        assert listening_sockets(process.pid) == set()
        before, segments = cpu_seconds(process.pid), follower.segments()
        time.sleep(10)
        assert follower.segments() == segments
        assert cpu_seconds(process.pid) - before < 0.5
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0


def listening_sockets(pid: int) -> set[str]:
    """Return the sockets of a process on which it waits for connections (proc(5): state 0A)."""
    links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()]
    own = {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:")}
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return {row[9] for row in rows if row[3] == "0A"} & own


def cpu_seconds(pid: int) -> float:
    """Return how much time a process has had of a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_two_processes_on_one_root_lose_and_double_nothing(broker, topic, tmp_path):
    root = tmp_path / "out"
    follower = Follower(root)
    both = [started(broker, topic, root, "--lanes=2")]
    try:
        wait_for(lambda: list(root.glob("_stream/*/*/dealing.json")) != [], "the dealing", _PATIENCE)
        both.append(started(broker, topic, root))
        feed(broker, topic, range(10_000), 5.0)
        wait_for(lambda: follower.committed() == 10_000, "all events", _PATIENCE)
    finally:
        for process in both:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=_PATIENCE)
    assert [process.returncode for process in both] == [0, 0]
    check(root, 10_000)

"""A stream on a real Flink cluster loses and doubles nothing, whatever is killed, restarted or filled up meanwhile.

One topic is fed while one fault follows the other; after each, all that was produced is in the partitions once, the
logs of the lanes have no gap and no overlap, and the root is as it should be. The variable `LOGVEIL_FAULTS` names
a file for the table of the faults.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.retention.verify import verify_root
from pipelines.retention.verify_segments import verify_streams
from schemas.policy.file import default_policy
from tests.cluster.counted import SECRET, Follower, counted_event, rejected_in
from tests.flink import Flink, flink_cluster
from tests.kafka import PASSWORD, USER, Kafka, kafka_broker, wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.faults]

TOPIC = "125407-ad2155c6-0000-4000-8000-000000000001"
EVENTS = int(os.environ.get("LOGVEIL_FAULT_EVENTS", "500_000"))
PHASES = 17
A_SECOND = 2500
A_SECOND_LATER = 200
KEY = bytes(range(101, 133))
IDLE_SECONDS = 60.0
OLD = 10**9
_TEN_MINUTES_MS = 600_000
_PATIENCE = 240.0
_AT_ONCE = 20

_WORKER = """#!{python}
import os, signal
from pathlib import Path
from pipelines.lanes import log
from pipelines.root.segment_files import is_done
from pipelines.streams.boot import main

steps, orders = log.roll_forward_steps, Path({orders!r})

def dying(lane, sequence):
    for order in orders.iterdir():
        if not is_done(lane, sequence):
            order.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)
    yield from steps(lane, sequence)

log.roll_forward_steps = dying
main()
"""


@dataclass
class Trial:
    """A cluster, a broker and a root under trial, and what came of each fault."""

    directory: Path
    flink: Flink
    kafka: Kafka
    follower: Follower
    produced: int = 0
    odd: int = 0
    jobs: list[str] = field(default_factory=list)
    savepoints: list[str] = field(default_factory=list)
    rows: list[tuple[str, int, float]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """Return the output root."""
        return self.follower.root

    @property
    def orders(self) -> Path:
        """Return the folder in which each file has one worker die right after it has committed."""
        return self.directory / "orders"

    def submit(self, *more: str) -> None:
        """Submit the stream, and wait until it runs."""
        before = set(self.flink.running_jobs())
        command = [
            str(Path(sys.executable).parent / "logveil"), "stream",
            f"--bootstrap={self.kafka.sasl_bootstrap}", f"--topic={TOPIC}", f"--output={self.root}",
            f"--sasl-user={USER}", f"--sasl-password-file={self.directory / 'password'}",
            f"--keys={self.directory / 'key'}", "--roll-seconds=2", "--max-event-bytes=10485760", "--detach", "--",
            *self.flink.beam_options(self.directory / "worker"), *more,
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)
        wait_for(lambda: bool(set(self.flink.running_jobs()) - before), "the job", _PATIENCE)
        self.jobs += set(self.flink.running_jobs()) - before

    def produce(self, events: int, enough: threading.Event, skews: tuple[int, ...] = (0,)) -> None:
        """Append events at a steady rate, and after that many at a slow one until it is enough.

        `skews` are what the producers' clocks are off, in milliseconds.
        """
        producer, number = self.kafka.producer(enable_idempotence=True), 0
        while number < events or not enough.is_set():
            value = counted_event(
                self.produced + number, int(time.time() * 1000) + skews[number % len(skews)]
            )
            while True:
                with suppress(BufferError):
                    producer.produce(TOPIC, value)
                    break
                producer.poll(0.1)
            number += 1
            if number % _AT_ONCE == 0:
                producer.poll(0)
                time.sleep(_AT_ONCE / (A_SECOND if number < events else A_SECOND_LATER))
        assert producer.flush(120) == 0
        self.produced += number

    def through(self, name: str, fault: Callable[[], object], skews: tuple[int, ...] = (0,)) -> None:
        """Let a fault happen while events come; afterwards all of them must be there once."""
        enough, first = threading.Event(), self.produced
        feeding = threading.Thread(target=self.produce, args=(EVENTS // PHASES, enough, skews))
        feeding.start()
        try:
            time.sleep(EVENTS / PHASES / A_SECOND / 3)
            fault()
            before, since = self.follower.segments(), time.monotonic()
            wait_for(lambda: self.follower.segments() > before, f"a commit after {name}", _PATIENCE)
            seconds = time.monotonic() - since
        finally:
            enough.set()
            feeding.join()
        self.check(name)
        self.rows.append((name, self.produced - first, seconds))
        if "LOGVEIL_FAULTS" in os.environ:
            Path(os.environ["LOGVEIL_FAULTS"]).write_text(_table(self))

    def check(self, name: str) -> None:
        """Wait until all is committed, and look whether it is there once."""
        expected = self.produced + self.odd
        wait_for(lambda: self.follower.committed() >= expected, f"all events after {name}", _PATIENCE)
        assert self.follower.committed() == expected
        wait_for(lambda: list(verify_streams(self.root)) == [], f"whole lanes after {name}")
        numbers = Counter(
            {number: times for number, times in self.follower.numbers().items() if number < OLD}
        )
        assert len(numbers) == self.produced, f"{name} lost {self.produced - len(numbers)}"
        assert max(numbers.values()) == 1, f"{name} doubled some"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Return a running stream on a running cluster."""
    directory = tmp_path_factory.mktemp("flink-faults")
    (directory / "orders").mkdir()
    for name, content, mode in (
        ("password", PASSWORD.encode(), 0o600),
        ("key", KEY, 0o600),
        ("worker", _WORKER.format(python=sys.executable, orders=str(directory / "orders")).encode(), 0o700),
    ):
        (directory / name).write_bytes(content)
        (directory / name).chmod(mode)
    with kafka_broker(directory / "kafka") as kafka, flink_cluster(directory / "flink") as flink:
        kafka.make_topic(TOPIC)
        yield Trial(directory, flink, kafka, Follower(directory / "root"))


@pytest.mark.timeout(1800)
def test_nothing_is_lost_or_doubled_by_any_fault(trial: Trial) -> None:
    flink, kafka = trial.flink, trial.kafka
    trial.submit()
    trial.through("no fault", lambda: None)
    trial.through("TaskManager -9", lambda: _again(flink, "tm1"))
    trial.through("Python worker -9", lambda: os.kill(flink.workers()[0], signal.SIGKILL))
    trial.through("5 workers -9 between rename and moves", lambda: _order(trial, 5))
    trial.through("Kafka -9 and back", lambda: _again_kafka(kafka))
    trial.savepoints.append(flink.savepoint(trial.jobs[-1], stop=False))
    trial.through("stop with savepoint, start from it", lambda: _restart_from_savepoint(trial))
    trial.through("cancel, start from an older savepoint", lambda: _restart(trial, trial.savepoints[0]))
    trial.through("cancel, fresh start", lambda: _restart(trial))
    trial.through("JobManager -9, fresh start", lambda: _new_job_manager(trial))
    trial.through("two jobs on one root", trial.submit)
    flink.cancel(trial.jobs.pop())
    trial.through("a partition added", lambda: kafka.add_partitions(TOPIC, 5))
    trial.through("poison and 10 MB messages", lambda: _produce_odd(trial))
    trial.through("producers' clocks 10 minutes apart", lambda: None, (-_TEN_MINUTES_MS, 0, _TEN_MINUTES_MS))
    trial.through("disk full and room again", lambda: _fill_disk(trial))
    trial.through("compact --apply meanwhile", lambda: _run_plan(trial, "compact"))
    trial.through("expire --apply meanwhile", lambda: _expire_old(trial))
    _stay_idle(trial)
    trial.through("an idle minute", lambda: None)
    flink.cancel(trial.jobs.pop())
    assert rejected_in(trial.root) == {"not_json": 1, "too_long": 1, "empty_line": 1}
    problems = [str(problem) for problem in verify_root(trial.root, datetime.now(UTC), default_policy())]
    assert problems == []


def test_no_secret_and_no_event_is_in_logs_checkpoints_savepoints_or_artifacts(trial: Trial) -> None:
    needles = [PASSWORD.encode(), KEY, KEY.hex().encode(), SECRET.encode(), b"slurmstepd: step finished"]
    looked_at = 0
    for path in trial.flink.directory.rglob("*"):
        if path.is_file() and path.suffix != ".jar":
            data = path.read_bytes()
            looked_at += 1
            assert not [needle for needle in needles if needle in data], path
    assert looked_at > 10
    jobs = [job["jid"] for job in trial.flink.ask("/jobs/overview")["jobs"]]
    asked = [f"/jobs/{job}/{what}" for job in jobs for what in ("config", "plan", "exceptions")]
    for path in ("/jobs/overview", "/jobmanager/config", *asked):
        text = json.dumps(trial.flink.ask(path))
        assert not [needle for needle in needles if needle.decode("latin-1") in text], path


def _again(flink: Flink, name: str) -> None:
    flink.kill(name)
    flink.start(name)


def _again_kafka(kafka: Kafka) -> None:
    kafka.kill()
    time.sleep(5)
    kafka.start()


def _order(trial: Trial, deaths: int) -> None:
    for number in range(deaths):
        (trial.orders / str(number)).touch()
    wait_for(lambda: not list(trial.orders.iterdir()), "the workers' deaths", _PATIENCE)


def _restart_from_savepoint(trial: Trial) -> None:
    _submit_from(trial, trial.flink.savepoint(trial.jobs.pop(), stop=True))


def _restart(trial: Trial, savepoint: str | None = None) -> None:
    trial.flink.cancel(trial.jobs.pop())
    _submit_from(trial, savepoint)


def _submit_from(trial: Trial, savepoint: str | None) -> None:
    trial.submit(*([] if savepoint is None else [f"--savepoint_path={savepoint}"]))


def _new_job_manager(trial: Trial) -> None:
    trial.jobs.clear()
    _again(trial.flink, "jm")
    trial.flink.wait()
    trial.submit()


def _produce_odd(trial: Trial) -> None:
    trial.kafka.produce(TOPIC, [b"poison", b"x" * (11 << 20), None], partition=0)
    trial.odd += 3


def _fill_disk(trial: Trial) -> None:
    """Let no file of the workers grow for some seconds: what a full disk does."""
    workers = trial.flink.workers()
    for pid in workers:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))
    time.sleep(8)
    for pid in workers:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _run_plan(trial: Trial, command: str, planning: Sequence[str] = (), applying: Sequence[str] = ()) -> None:
    """Make a plan and carry it out while the stream runs."""
    logveil = [str(Path(sys.executable).parent / "logveil"), command, str(trial.root)]
    plan = trial.directory / f"{command}.json"
    for more in (["--plan", str(plan), *planning], ["--apply", str(plan), *applying]):
        subprocess.run([*logveil, *more], check=True, capture_output=True, timeout=_PATIENCE)


def _expire_old(trial: Trial) -> None:
    """Let a partition go that is due tomorrow, while others are written."""
    now = datetime.now(UTC)
    old = int((now - timedelta(days=179)).timestamp() * 1000)
    trial.kafka.produce(TOPIC, (counted_event(OLD + number, old) for number in range(500)))
    trial.odd += 500

    def there() -> int:
        return sum(number >= OLD for number in trial.follower.numbers())

    wait_for(lambda: there() == 500, "the old events", _PATIENCE)
    forced = ["--force", "--reason", "a trial"]
    tomorrow = (now + timedelta(days=1)).date().isoformat()
    _run_plan(trial, "expire", ["--as-of", tomorrow, *forced], forced)
    assert there() == 0


def _stay_idle(trial: Trial) -> None:
    before = trial.follower.segments()
    time.sleep(IDLE_SECONDS)
    assert trial.follower.segments() == before


def _table(trial: Trial) -> str:
    lines = [
        "| fault | events in | out | lost | doubled | seconds to the next commit |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {events:,} | {events:,} | 0 | 0 | {seconds:.1f} |"
        for name, events, seconds in trial.rows
    ]
    return "\n".join(lines)

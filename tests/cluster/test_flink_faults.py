"""A stream on a real Flink cluster loses and doubles nothing, whatever is killed, restarted or filled up meanwhile.

One topic is fed while one fault follows the other; after each, all that was produced is in the partitions once, the
logs of the lanes have no gap and no overlap, and the root is as it should be. The variable `LOGVEIL_FAULTS` names
a file for the table of the faults.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.retention.verify import verify_root
from schemas.policy.file import default_policy
from tests.cluster.counted import SECRET, Follower, counted_event, rejected_in
from tests.cluster.trial import APART, KEY, PATIENCE, TOPIC, Trial, write_secrets
from tests.conftest import absent
from tests.flink import Flink, flink_cluster
from tests.kafka import PASSWORD, Kafka, kafka_broker, wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

EVENTS = int(os.environ.get("LOGVEIL_FAULT_EVENTS", "500_000"))
PHASES = 18
IDLE_SECONDS = 60.0
OUTAGE_SECONDS = 5.0
LARGE, OLD, OF_ACCOUNT = APART, 2 * APART, 3 * APART
MANY = 500
_TEN_MINUTES_MS = 600_000
_DISK = "1g"
_UIN = "100012345678"

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


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Return a cluster on which a stream is tried; the root is on a disk of its own."""
    directory = tmp_path_factory.mktemp("flink-faults")
    (directory / "orders").mkdir()
    (directory / "root").mkdir()
    write_secrets(directory)
    worker = directory / "worker"
    worker.write_text(_WORKER.format(python=sys.executable, orders=str(directory / "orders")))
    worker.chmod(0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK},mode=750", "tmpfs", str(directory / "root")]
    if os.geteuid() or subprocess.run(mount).returncode:
        absent("the right to mount a small disk")
    try:
        with kafka_broker(directory / "kafka") as kafka, flink_cluster(directory / "flink") as flink:
            kafka.make_topic(TOPIC)
            yield Trial(directory, flink, kafka, Follower(directory / "root"), EVENTS // PHASES)
    finally:
        subprocess.run(["umount", "--lazy", str(directory / "root")], check=True)


@pytest.mark.timeout(3600)
def test_no_fault_loses_or_doubles_anything_or_leaves_a_secret_behind(trial: Trial) -> None:
    flink, kafka = trial.flink, trial.kafka
    trial.submit()
    try:
        trial.through("none", lambda: None)
        trial.through("TaskManager -9", lambda: _again(flink, "tm1"))
        trial.through("Python worker -9", lambda: os.kill(flink.workers()[0], signal.SIGKILL))
        trial.through("5 workers -9 between rename and moves", lambda: _order(trial, 5))
        trial.through("Kafka -9, back after 5 s", lambda: _again_kafka(kafka))
        older = flink.savepoint(trial.jobs[-1], stop=False)
        trial.through("stop with savepoint, start from it", lambda: _restart_from_savepoint(trial))
        trial.through("cancel, start from an older savepoint", lambda: _restart(trial, older))
        trial.through("cancel, fresh start", lambda: _restart(trial))
        trial.through("JobManager -9, fresh start", lambda: _new_job_manager(trial))
        trial.through("two jobs on one root", trial.submit)
        flink.cancel(trial.jobs.pop())
        trial.through("a partition added", lambda: kafka.add_partitions(TOPIC, 5))
        trial.through("poison, tombstone, 10 MB and 11 MB messages", lambda: _produce_odd(trial))
        skews = (-_TEN_MINUTES_MS, 0, _TEN_MINUTES_MS)
        trial.through("producers' clocks 10 minutes apart", lambda: None, skews)
        trial.through("disk full, and room again", lambda: _fill_disk(trial))
        trial.through("`compact --apply` meanwhile", lambda: _run_plan(trial, "compact"))
        trial.through("`expire --apply` meanwhile", lambda: _expire_old(trial))
        trial.through("`erase --rewrite` meanwhile", lambda: _erase_account(trial))
        _stay_idle(trial)
        trial.through("an idle minute before", lambda: None)
    finally:
        if "LOGVEIL_FAULTS" in os.environ:
            Path(os.environ["LOGVEIL_FAULTS"]).write_text(_table(trial))
    flink.cancel(trial.jobs.pop())
    assert rejected_in(trial.root) == {"not_json": 1, "too_long": 1, "empty_line": 1}
    assert (trial.there_apart(LARGE), trial.there_apart(OF_ACCOUNT)) == (1, 0)
    problems = [str(problem) for problem in verify_root(trial.root, datetime.now(UTC), default_policy())]
    assert problems == []
    _look_for_secrets(flink)


def _again(flink: Flink, name: str) -> None:
    flink.kill(name)
    flink.start(name)


def _again_kafka(kafka: Kafka) -> None:
    kafka.kill()
    time.sleep(OUTAGE_SECONDS)
    kafka.start()


def _order(trial: Trial, deaths: int) -> None:
    for number in range(deaths):
        (trial.orders / str(number)).touch()
    wait_for(lambda: not list(trial.orders.iterdir()), "the workers' deaths", PATIENCE)


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
    trial.apart += 3
    trial.produce_apart(LARGE, 1, _now_ms(), padding="x" * 10_000_000)


def _fill_disk(trial: Trial) -> None:
    """Leave no room on the disk of the root until no lane can commit any more, for as long as an outage lasts."""
    ballast = trial.root / "ballast"
    with ballast.open("wb", buffering=0) as filling, suppress(OSError):
        while True:
            filling.write(bytes(1 << 20))
    stood, since = -1, time.monotonic()
    while time.monotonic() - since < OUTAGE_SECONDS:
        if trial.follower.segments() != stood:
            stood, since = trial.follower.segments(), time.monotonic()
        with suppress(OSError), ballast.open("ab", buffering=0) as filling:
            filling.write(bytes(1 << 20))  # what a commit gave back is taken too
        time.sleep(0.2)
    ballast.unlink()


def _run_plan(trial: Trial, command: str, planning: Sequence[str] = (), applying: Sequence[str] = ()) -> None:
    """Make a plan and carry it out while the stream runs."""
    plan = str(trial.directory / f"{command}.json")
    trial.logveil(command, str(trial.root), "--plan", plan, *planning)
    trial.logveil(command, str(trial.root), "--apply", plan, *applying)


def _expire_old(trial: Trial) -> None:
    """Let a partition go that is due tomorrow, while others are written."""
    now = datetime.now(UTC)
    trial.produce_apart(OLD, MANY, int((now - timedelta(days=179)).timestamp() * 1000))
    forced = ["--force", "--reason", "a trial"]
    tomorrow = (now + timedelta(days=1)).date().isoformat()
    _run_plan(trial, "expire", ["--as-of", tomorrow, *forced], forced)
    assert trial.there_apart(OLD) == 0


def _erase_account(trial: Trial) -> None:
    """Erase an account that left a while ago and has events in the partitions; one that comes later stays out."""
    trial.produce_apart(OF_ACCOUNT, MANY, _now_ms(), uin=_UIN)
    now = datetime.now(UTC)
    told = [
        {"id": kind, "type": f"ciam.account.{kind}", "time": time, "account": {"uin": _UIN}}
        for kind, time in (
            ("created", (now - timedelta(days=400)).isoformat()),
            ("terminated", (now - timedelta(days=40)).isoformat()),
        )
    ]
    events, plan = trial.directory / "events.jsonl", str(trial.directory / "erase.json")
    events.write_text("\n".join(json.dumps(event) for event in told))
    beside = [f"--vault=sqlite:///{trial.directory}/vault.db", f"--keys={trial.directory / 'key'}"]
    trial.logveil("account", "import", str(events), *beside)
    trial.logveil("erase", "plan", str(trial.root), "--rewrite", "--plan", plan, *beside)
    trial.logveil("erase", "apply", plan, *beside)
    assert trial.there_apart(OF_ACCOUNT) == 0
    trial.kafka.produce(TOPIC, [counted_event(OF_ACCOUNT + MANY, _now_ms(), uin=_UIN)])
    trial.apart += 1


def _stay_idle(trial: Trial) -> None:
    before = trial.follower.segments()
    time.sleep(IDLE_SECONDS)
    assert trial.follower.segments() == before


def _look_for_secrets(flink: Flink) -> None:
    """Look for keys, passwords and events in logs, checkpoints, savepoints and artifacts, and in what Flink answers."""
    needles = [PASSWORD.encode(), KEY, KEY.hex().encode(), SECRET.encode(), b"slurmstepd: step finished"]
    looked_at = 0
    for path in flink.directory.rglob("*"):
        if path.is_file() and path.suffix != ".jar":
            data = path.read_bytes()
            looked_at += 1
            assert not [needle for needle in needles if needle in data], path
    assert looked_at > 10
    jobs = [job["jid"] for job in flink.ask("/jobs/overview")["jobs"]]
    asked = [f"/jobs/{job}/{what}" for job in jobs for what in ("config", "plan", "exceptions")]
    for path in ("/jobs/overview", "/jobmanager/config", *asked):
        text = json.dumps(flink.ask(path))
        assert not [needle for needle in needles if needle.decode("latin-1") in text], path


def _now_ms() -> int:
    return int(time.time() * 1000)


def _table(trial: Trial) -> str:
    lines = [
        "| fault | events in | out | lost | doubled | seconds until every lane has committed again |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(str, trial.rows), ""])

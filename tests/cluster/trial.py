"""A stream on a cluster under trial: it is fed while something happens to it, and then all must be there once."""

import subprocess
import sys
import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.retention.verify_files import FileVerifier
from pipelines.retention.verify_ledgers import verify_checksums, verify_records_of_runs
from pipelines.retention.verify_places import unnamed
from pipelines.root.partition_folders import list_partitions
from schemas.policy.file import default_policy
from tests.cluster.counted import Follower, counted_event
from tests.flink import Flink
from tests.kafka import PASSWORD, USER, Kafka, wait_for

TOPIC = "125407-ad2155c6-0000-4000-8000-000000000001"
KEY = bytes(range(101, 133))
LANES = 4
A_SECOND = 2500
A_SECOND_LATER = 200
APART = 10**9
"""From this number on events are no part of the steady feed."""

PATIENCE = 600.0
_AT_ONCE = 20


@dataclass
class Row:
    """What came of one fault: events, and seconds from its end until every lane had committed again."""

    fault: str
    came: int
    there: int
    doubled: int
    seconds: float

    def __str__(self) -> str:
        lost = self.came - self.there
        return f"| {self.fault} | {self.came:,} | {self.there:,} | {lost} | {self.doubled} | {self.seconds:.1f} |"


@dataclass
class Growing:
    """Verifies a root that grows, as `verify_root` does, but reads each file once."""

    root: Path
    files: FileVerifier = field(default_factory=lambda: FileVerifier(default_policy()))
    known: set[tuple[str, int]] = field(default_factory=set)

    def problems(self) -> list[str]:
        """Return what is not as it should be."""
        partitions = list_partitions(self.root).partitions
        there = {
            (f"{partition.path}/{file.name}", file.changed_ns)
            for partition in partitions
            for file in partition.files
        }
        found, expected = verify_records_of_runs(self.root)
        found += [*unnamed(self.root), *verify_checksums(self.root, {path for path, _ in there}, expected)]
        if not self.known <= there:  # joined, rewritten or expired
            self.files.forget()
            self.known.clear()
        for path, _ in sorted(there - self.known):
            found += self.files.verify(self.root, path)
        self.known = there
        return [str(problem) for problem in found]


@dataclass
class Trial:
    """A cluster, a broker and a root under trial, and what came of each fault."""

    directory: Path
    flink: Flink
    kafka: Kafka
    follower: Follower
    a_phase: int
    produced: int = 0
    apart: int = 0
    jobs: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verifier = Growing(self.root)

    @property
    def root(self) -> Path:
        """Return the output root."""
        return self.follower.root

    @property
    def orders(self) -> Path:
        """Return the folder in which each file has one worker die right after it has committed."""
        return self.directory / "orders"

    def logveil(self, *arguments: str) -> None:
        """Run a command of logveil to its end."""
        program = str(Path(sys.executable).parent / "logveil")
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stdout + done.stderr

    def submit(self, *more: str) -> None:
        """Submit the stream, and wait until it runs."""
        before = set(self._running())
        self.logveil(
            "stream", f"--bootstrap={self.kafka.sasl_bootstrap}", f"--topic={TOPIC}", f"--output={self.root}",
            f"--sasl-user={USER}", f"--sasl-password-file={self.directory / 'password'}", f"--lanes={LANES}",
            f"--keys={self.directory / 'key'}", "--roll-seconds=2", "--max-event-bytes=10485760", "--detach", "--",
            *self.flink.beam_options(self.directory / "worker"), *more,
        )  # fmt: skip
        wait_for(lambda: bool(set(self._running()) - before), "the job", PATIENCE)
        self.jobs += set(self._running()) - before

    def through(self, name: str, fault: Callable[[], object], skews: tuple[int, ...] = (0,)) -> None:
        """Let a fault happen while events come; afterwards all of them must be there once.

        `skews` are what the producers' clocks are off, in milliseconds.
        """
        under_way, enough, first = threading.Event(), threading.Event(), self.produced
        feeding = threading.Thread(target=self._produce, args=(under_way, enough, skews))
        feeding.start()
        try:
            assert under_way.wait(PATIENCE)
            fault()
            before, since = self.follower.ends(), time.monotonic()
            wait_for(lambda: self._all_went_on(before), f"commits after {name}", PATIENCE)
            seconds = time.monotonic() - since
        finally:
            enough.set()
            feeding.join()
        there, doubled = self._check(name)
        self.rows.append(Row(name, self.produced - first, there - first, doubled, seconds))

    def produce_apart(self, first: int, numbers: int, at_ms: int, **fields: str) -> None:
        """Append events that are no part of the steady feed, and wait until they are in the partitions."""
        self.kafka.produce(
            TOPIC, (counted_event(first + number, at_ms, **fields) for number in range(numbers))
        )
        self.apart += numbers
        wait_for(lambda: self.there_apart(first) == numbers, f"the events from {first} on", PATIENCE)

    def there_apart(self, first: int) -> int:
        """Return how many events are in the partitions from a number on, as far as they came with it."""
        return sum(first <= number < first + APART for number in self.follower.numbers())

    def _produce(self, under_way: threading.Event, enough: threading.Event, skews: tuple[int, ...]) -> None:
        """Append a phase's events at a steady rate, and after that more at a slow one until it is enough."""
        producer, number = self.kafka.producer(enable_idempotence=True), 0
        while number < self.a_phase or not enough.is_set():
            at_ms = int(time.time() * 1000) + skews[number % len(skews)]
            value = counted_event(self.produced + number, at_ms)
            while True:
                with suppress(BufferError):
                    producer.produce(TOPIC, value)
                    break
                producer.poll(0.1)
            number += 1
            if number >= self.a_phase // 3:
                under_way.set()
            if number % _AT_ONCE == 0:
                producer.poll(0)
                time.sleep(_AT_ONCE / (A_SECOND if number < self.a_phase else A_SECOND_LATER))
        assert producer.flush(PATIENCE) == 0
        self.produced += number

    def _running(self) -> list[str]:
        """Return the jobs that run; none while the JobManager doesn't answer."""
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return self.flink.running_jobs()
        return []

    def _all_went_on(self, before: dict[Path, int]) -> bool:
        now = self.follower.ends()
        return len(now) == LANES and all(end > before.get(lane, 0) for lane, end in now.items())

    def _check(self, name: str) -> tuple[int, int]:
        """Wait until all is committed, and return how many events are there, and how many of them more than once."""
        expected = self.produced + self.apart
        wait_for(lambda: self.follower.committed() >= expected, f"all events after {name}", PATIENCE)
        assert self.follower.committed() == expected
        wait_for(lambda: not self.follower.unfinished(), f"whole segments after {name}", PATIENCE)
        assert self.verifier.problems() == [], name
        numbers = Counter({one: times for one, times in self.follower.numbers().items() if one < APART})
        doubled = sum(times > 1 for times in numbers.values())
        assert (len(numbers), doubled) == (self.produced, 0), f"{name} lost or doubled some"
        return len(numbers), doubled


def write_secrets(directory: Path) -> None:
    """Write the files of key and password that a stream names."""
    for name, content in (("password", PASSWORD.encode()), ("key", KEY)):
        (directory / name).write_bytes(content)
        (directory / name).chmod(0o600)

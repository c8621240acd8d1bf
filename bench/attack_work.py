"""The work that `attack.py` disturbs, and what the disturbance cost: a small root with a known content."""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fastavro
import orjson

from pipelines.jobs.redaction import RedactionJob, run_redaction
from pipelines.keys.rings import KeyRing, load_keys
from pipelines.retention import erase as erasure
from pipelines.retention import expire as expiry
from pipelines.retention.calendar import calendar_rows
from pipelines.retention.restored import erased_for_good
from pipelines.retention.verify import verify_root
from pipelines.root.temporary import is_being_written
from pipelines.sources.found import find_inputs
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import LogveilError
from schemas.policy.file import default_policy
from schemas.verification import ProblemKind
from transforms.pseudonyms import PseudonymKey

INPUTS = 3
Refusal = LogveilError
"""What logveil says on purpose, as against a crash."""

POLICY = default_policy()
_EVENTS = 40
_DAYS = 4
_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_KEY = PseudonymKey(bytes(range(32)), "1")
_OLD_DAY = timedelta(days=179)
_MINE, _OTHER = "100012345678", "100087654321"
_AFTER_EXPIRY = _NOW + timedelta(days=2)
_REDACTED = Path(tempfile.mkdtemp(prefix="attack-made-"))
_seconds: list[float] = []
_DUE = _NOW + timedelta(days=30)


def prepare(base: Path) -> None:
    """Write the inputs: events of two accounts on four days, one of which expires first, and a broken line each."""
    for number in range(INPUTS):
        lines = [orjson.dumps(_event(number, event)) for event in range(_EVENTS)]
        (base / f"events-{number}.jsonl").write_bytes(b"\n".join([*lines, b"broken"]) + b"\n")
    (base / "keys").mkdir(mode=0o700)
    (base / "keys" / "1.key").touch(0o600)
    (base / "keys" / "1.key").write_bytes(_KEY.secret)


def _event(number: int, event: int) -> dict[str, object]:
    day = _NOW - (_OLD_DAY if event % _DAYS == 0 else timedelta(days=event % _DAYS))
    uin = _MINE if event % 5 == 0 else _OTHER
    text = f"quota of uin={_MINE}" if event % 7 == 0 else "quota"
    return {"__TIMESTAMP__": int(day.timestamp() * 1000) + number * 1000 + event, "uin": uin, "msg": text}


def redact(base: Path, inputs: Sequence[int] = range(INPUTS), again: bool = False) -> None:
    """Redact inputs into the root."""
    root = base / "out"
    paths = [str(base / f"events-{number}.jsonl") for number in inputs]
    keys = ring(base)
    job = RedactionJob(find_inputs(paths, root), root, POLICY, keys.current, _NOW, workers=1)
    run_redaction(replace(job, again=again, keys=keys.keys))


def make_redacted() -> None:
    """Redact in this process what tries begin with, so that what is compiled once is there when they are forked."""
    for count in (INPUTS, INPUTS - 1):
        base = _REDACTED / str(count)
        base.mkdir()
        prepare(base)
        started = time.monotonic()
        redact(base, range(count))
        _seconds.append(time.monotonic() - started)
    if threading.active_count() > 1:
        raise RuntimeError("a thread is left, and a process with threads can't be forked")


def seconds() -> float:
    """Return how long a run takes that compiles nothing."""
    return _seconds[-1]


def copy_redacted(base: Path, count: int) -> None:
    """Put a root in which so many inputs were redacted."""
    shutil.copytree(_REDACTED / str(count) / "out", base / "out")


def ring(base: Path) -> KeyRing:
    """Return the keys."""
    return load_keys(base / "keys", {})


def read(base: Path) -> None:
    """Read the root while others write it."""
    for _ in range(10):
        if (base / "out").is_dir():
            calendar_rows(base / "out", _NOW)
            verify_root(base / "out", _NOW, POLICY)
            expiry.plan_expiry(base / "out", _NOW.date(), _NOW)


def plan_expiry(base: Path) -> Path:
    """Plan what goes when the first day has expired."""
    return expiry.write_plan(expiry.plan_expiry(base / "out", _AFTER_EXPIRY.date(), _AFTER_EXPIRY))


def expire(base: Path, plan: Path) -> None:
    """Apply a plan of expiry."""
    expiry.apply_plan(base / "out", plan, _AFTER_EXPIRY)


def vault(base: Path) -> Vault:
    """Return the vault, with one account that was terminated 30 days before the erasure."""
    opened = open_vault(f"sqlite:///{base}/vault.db", ring(base), POLICY)
    at = int(_NOW.timestamp() * 1000)
    apply_events(
        opened,
        [
            AccountEvent("a", AccountEventKind.CREATED, 0, _MINE, "lin.chen"),
            AccountEvent("b", AccountEventKind.TERMINATED, at, _MINE),
        ],
    )
    return opened


def plan_erasure(base: Path) -> Path:
    """Plan the erasure of the terminated account."""
    opened = vault(base)
    plan = erasure.plan_erasure(opened, base / "out", _DUE, _DUE, rewrite=True)
    opened.database.close()
    erasure.write_plan(plan, base / "erase.json")
    return base / "erase.json"


def erase(base: Path, plan: Path) -> None:
    """Apply a plan of erasure."""
    opened = open_vault(f"sqlite:///{base}/vault.db", ring(base), POLICY)
    erasure.apply_erasure(opened, base / "out", plan, _DUE)
    opened.database.close()


@contextmanager
def small_disk(path: Path) -> Iterator[Path | None]:
    """Mount a file system of 2 MiB; None where this process may not."""
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def clean_up() -> None:
    """Remove what the tries began with."""
    shutil.rmtree(_REDACTED)


def fill(base: Path, free_kib: int) -> None:
    """Leave so much room on the small disk."""
    left = os.statvfs(base / "out")
    size = max(0, left.f_bavail * left.f_frsize - (free_kib << 10))
    with suppress(OSError), (base / "out" / "filler").open("wb") as file:
        file.write(bytes(size))


def make_room(base: Path) -> None:
    """Free the disk again."""
    (base / "out" / "filler").unlink()


def costs(base: Path, expired: bool = False, erased: bool = False) -> Counter[str]:
    """Return what is lost, there twice or left over, after the last command has ended."""
    root = base / "out"
    found = Counter(_identities(root))
    wanted = {
        (number, event)
        for number in range(INPUTS)
        for event in range(_EVENTS)
        if not (expired and event % _DAYS == 0) and not (erased and event % 5 == 0)
    }
    cost = Counter(
        lost=len(wanted - found.keys()),
        doubled=sum(number - 1 for number in found.values() if number > 1),
    )
    cost["left over"] = len(found.keys() - wanted) + len(_problems(base, expired))
    return cost


def _identities(root: Path) -> Iterator[tuple[int, int]]:
    """Yield which event each record is, told by its time."""
    for path in root.glob(f"category={POLICY.event_category}/*/*.avro"):
        with path.open("rb") as stream:
            for record in fastavro.reader(stream):
                yield divmod(int(record["event_time"].timestamp() * 1000) % 86_400_000, 1000)  # type: ignore[index,call-overload]


def _problems(base: Path, expired: bool) -> list[str]:
    """Return what `verify` finds, and temporary names that no process will take up again."""
    root = base / "out"
    erased = erased_for_good(root, ring(base).keys)
    now = _AFTER_EXPIRY if expired else _NOW
    problems = [str(problem) for problem in verify_root(root, now, POLICY, erased=erased)]
    if not expired:
        problems = [line for line in problems if not line.startswith(ProblemKind.EXPIRED)]
    return problems + [str(path) for path in root.glob("_*/.*") if not is_being_written(path)]

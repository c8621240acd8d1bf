"""Kill, race and starve real runs, expiries and erasures for as long as is asked, and count what that cost.

    .venv/bin/python bench/attack.py --minutes 20 [--seed 1] [--json FILE]

Each try has a root of its own, works in processes that are forked from this one, and ends with what a person would do:
the same command once more. Then every event must be there once, what was to go must be gone, and `verify` must find
nothing. Prints a Markdown table: tried, lost, doubled, left over; the exit code is 1 if one of them is not 0.
"""

import argparse
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import attack_work as work  # noqa: E402  (the path comes first)

_LONGEST_SECONDS = 120
_CALLS = ("replace", "rename", "mkdir", "unlink", "rmdir", "fsync", "open")
Attack = Callable[[Path, random.Random], Counter[str]]


def forked(task: Callable[[], object], before: Callable[[], object] = lambda: None) -> int:
    """Start a task in a silent process of its own, and return its id; its exit code is 0 if it ended well."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        before()
        task()
        code = 0
    except Exception as error:  # noqa: BLE001  (an attack may make anything fail; what it costs is counted afterwards)
        code = 1 if isinstance(error, work.Refusal) else 2
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """Wait for a process and return its exit code, negative for a signal; one that hangs is killed and says so."""
    patience = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < patience:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise TimeoutError(f"a process hung for {_LONGEST_SECONDS} seconds")


def killed_at_random(task: Callable[[], object], chance: random.Random, longest: float) -> None:
    """Run a task and kill it at a random moment."""
    pid = forked(task)
    time.sleep(chance.uniform(0, longest))
    os.kill(pid, signal.SIGKILL)
    ended(pid)


def killed_at_call(task: Callable[[], object], chance: random.Random, most: int) -> None:
    """Run a task that kills itself just before or just after one of its calls that change the file system."""
    at, before = chance.randrange(most), chance.random() < 0.5

    def arm() -> None:
        made = 0

        def watched(name: str) -> None:
            real = getattr(os, name)

            def call(*given: object, **named: object) -> object:
                nonlocal made
                made += 1
                if made == at and before:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = real(*given, **named)
                if made == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

            setattr(os, name, call)

        for name in _CALLS:
            watched(name)

    ended(forked(task, arm))


def kill_redact(base: Path, chance: random.Random) -> Counter[str]:
    """Kill a run up to three times, at random moments, then let one end."""
    for _ in range(chance.randint(1, 3)):
        killed_at_random(lambda: work.redact(base), chance, 1.2 * work.seconds())
    ended(forked(lambda: work.redact(base)))
    return work.costs(base)


def kill_redact_at_a_call(base: Path, chance: random.Random) -> Counter[str]:
    """Kill a run around one of its file operations, once the first or the second time it is redacted."""
    again = chance.random() < 0.5
    if again:
        work.copy_redacted(base, work.INPUTS)
    killed_at_call(lambda: work.redact(base, again=again), chance, 140)
    ended(forked(lambda: work.redact(base, again=again)))
    return work.costs(base)


def race_redact(base: Path, chance: random.Random) -> Counter[str]:
    """Redact overlapping inputs in three processes at once, beside readers; kill one of them now and then."""
    chosen = [chance.sample(range(work.INPUTS), 2) for _ in range(3)]
    pids = [forked(lambda one=one: work.redact(base, one, again=chance.random() < 0.3)) for one in chosen]
    pids.append(forked(lambda: work.read(base)))
    if chance.random() < 0.3:
        time.sleep(chance.uniform(0, 1))
        os.kill(pids[0], signal.SIGKILL)
    codes = [ended(pid) for pid in pids]
    ended(forked(lambda: work.redact(base)))
    return work.costs(base) + Counter(crashed=codes.count(2))


def kill_expire(base: Path, chance: random.Random) -> Counter[str]:
    """Kill an expiry, at a moment or around a call, beside another process that applies the same plan."""
    work.copy_redacted(base, work.INPUTS)
    plan = work.plan_expiry(base)
    other = forked(lambda: work.expire(base, plan)) if chance.random() < 0.5 else None
    if chance.random() < 0.5:
        killed_at_random(lambda: work.expire(base, plan), chance, 0.1)
    else:
        killed_at_call(lambda: work.expire(base, plan), chance, 60)
    codes = [] if other is None else [ended(other)]
    codes.append(ended(forked(lambda: work.expire(base, plan))))
    return work.costs(base, expired=True) + Counter(crashed=sum(code != 0 for code in codes))


def kill_erase(base: Path, chance: random.Random) -> Counter[str]:
    """Kill an erasure, or apply its plan in three processes at once, beside a run that brings late events."""
    work.copy_redacted(base, work.INPUTS - 1)
    plan = work.plan_erasure(base)
    late = forked(lambda: work.redact(base)) if chance.random() < 0.5 else None
    if chance.random() < 0.3:
        for pid in [forked(lambda: work.erase(base, plan)) for _ in range(3)]:
            ended(pid)
    elif chance.random() < 0.5:
        killed_at_random(lambda: work.erase(base, plan), chance, 0.5)
    else:
        killed_at_call(lambda: work.erase(base, plan), chance, 120)
    if late is not None:
        ended(late)
    code = ended(forked(lambda: work.erase(base, plan)))
    ended(forked(lambda: work.redact(base)))
    return work.costs(base, erased=True) + Counter(crashed=code != 0)


def full_disk(base: Path, chance: random.Random) -> Counter[str]:
    """Redact on a file system that is full at a random point, then make room and redact again."""
    with work.small_disk(base / "out") as disk:
        if disk is None:
            return Counter(refused=1)
        work.fill(base, chance.randrange(0, 400))
        ended(forked(lambda: work.redact(base)))
        work.make_room(base)
        ended(forked(lambda: work.redact(base)))
        return work.costs(base)


ATTACKS: dict[str, Attack] = {
    "a run killed at random moments": kill_redact,
    "a run killed around one file operation": kill_redact_at_a_call,
    "three runs of overlapping inputs at once, beside readers": race_redact,
    "an expiry killed, or applied twice at once": kill_expire,
    "an erasure killed, or applied three times at once, beside a late run": kill_erase,
    "a disk that is full": full_disk,
}
_COLUMNS = ("tried", "lost", "doubled", "left over", "crashed")


def attack(minutes: float, seed: int) -> dict[str, Counter[str]]:
    """Attack in turns until the time is over; what goes wrong is printed with what reproduces it."""
    work.make_redacted()
    found = {name: Counter[str]() for name in ATTACKS}
    end, number = time.monotonic() + minutes * 60, 0
    while time.monotonic() < end:
        for name, one in ATTACKS.items():
            number += 1
            with tempfile.TemporaryDirectory(prefix="attack-") as folder:
                work.prepare(Path(folder))
                cost = one(Path(folder), random.Random(f"{seed}/{number}"))
            if not cost["refused"]:
                found[name] += cost + Counter(tried=1)
            if any(cost[column] for column in _COLUMNS):
                print(f"{name}, seed {seed}, try {number}: {dict(cost)}", file=sys.stderr)
    return found


def table(found: dict[str, Counter[str]]) -> str:
    """Return the costs as a Markdown table."""
    lines = [f"| attack | {' | '.join(_COLUMNS)} |", f"|---|{'--:|' * len(_COLUMNS)}"]
    lines += [
        f"| {name} | {' | '.join(f'{cost[column]:,}' for column in _COLUMNS)} |"
        for name, cost in found.items()
    ]
    return "\n".join(lines)


def main() -> int:
    """Attack, print the table, and say whether anything was lost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    logging.getLogger("pipelines").setLevel(logging.CRITICAL)
    try:
        found = attack(options.minutes, options.seed)
    finally:
        work.clean_up()
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    return int(any(cost[column] for cost in found.values() for column in _COLUMNS[1:]))


if __name__ == "__main__":
    sys.exit(main())

"""Guard the commands that delete or date records against a clock that lies: the one place where they ask."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pipelines.commands.account_options import moment
from pipelines.root.newest_time import newest_time
from schemas.errors import OptionsError
from transforms.checks.clock import Told, check_clock


def system_clock() -> datetime:
    """Return the moment by which guards, limits, audit and receipts go, whatever `--now` says."""
    return datetime.now(UTC)


def earlier(now: datetime | None) -> datetime:
    """Return what `--now` states, or the system's clock where that is behind it: no guard opens early."""
    return min(moment(now), system_clock())


def noted(now: datetime | None) -> str | None:
    """Return what `--now` stated, for a receipt that says both; None where nothing was stated."""
    return None if now is None else moment(now).isoformat()


def forced(force: bool, reason: str | None) -> str | None:
    """Return the reason of a person who insists, None where nobody does.

    Raises:
        OptionsError: There is a reason without force.
    """
    if reason and not force:
        raise OptionsError("--reason goes with --force")
    return (reason or "").strip() or None if force else None


def guard_clock(
    root: Path,
    now: datetime,
    as_of: datetime | None = None,
    reason: str | None = None,
    inputs: Iterable[Path] = (),
    at_stake: bool = True,
) -> None:
    """Check `now` and the date of a plan by the system's clock and by the newest time that the root has seen.

    Files that are going to be read tell the time too: a root may be left alone for weeks, and then get logs of today.
    Where nothing is `at_stake`, because a plan is empty, the root is not asked.

    Raises:
        OptionsError: One is more than 48 hours ahead of either, and there is no reason.
    """
    stated = [Told("now", now)] + ([] if as_of is None else [Told("the date of the plan", as_of)])
    witnesses = [Told("the system's clock", system_clock())]
    seen = newest_time(root) if at_stake else None
    if seen is not None:
        newest = max([seen, *_modified(inputs)])
        witnesses.append(Told(f"the newest time that {root} has seen", newest))
    check_clock(stated, witnesses, reason)


def _modified(inputs: Iterable[Path]) -> Iterable[datetime]:
    for path in inputs:
        with suppress(OSError):  # whether it can be read is found out when it is read
            yield datetime.fromtimestamp(path.stat().st_mtime, UTC)

"""Doubt a moment that is far ahead of what else tells the time: a clock that lies makes everything look expired."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from schemas.errors import OptionsError

MAX_LEAP = timedelta(hours=48)


class Told(NamedTuple):
    """A moment, aware of its zone, and who or what tells it."""

    by: str
    moment: datetime


def check_clock(stated: Iterable[Told], witnesses: Iterable[Told], reason: str | None = None) -> None:
    """Check that no stated moment is more than `MAX_LEAP` ahead of any witness; a reason lets it pass.

    Raises:
        OptionsError: One is, and there is no reason.

    Example:
        >>> clock = Told("the clock", datetime.fromisoformat("2026-11-27T00:00Z"))
        >>> check_clock([Told("--now", datetime.fromisoformat("2026-11-29T00:00Z"))], [clock])
        >>> check_clock([Told("--now", datetime.fromisoformat("2030-01-01T00:00Z"))], [clock], "moving out")
        >>> check_clock([Told("--now", datetime.fromisoformat("2030-01-01T00:00Z"))], [clock])
        Traceback (most recent call last):
        ...
        schemas.errors.OptionsError: --now is 2030-01-01T00:00:00+00:00, 1131 days ahead of the clock \
(2026-11-27T00:00:00+00:00): that needs --force and a --reason
    """
    if reason:
        return
    seen = list(witnesses)
    for told in stated:
        for witness in seen:
            ahead = told.moment - witness.moment
            if ahead > MAX_LEAP:
                raise OptionsError(
                    f"{told.by} is {told.moment.isoformat()}, {ahead.days} days ahead of {witness.by}"
                    f" ({witness.moment.isoformat()}): that needs --force and a --reason"
                )

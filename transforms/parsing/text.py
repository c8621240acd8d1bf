"""Find the time that a line of plain text begins with, in the forms that services write."""

from datetime import UTC, tzinfo
from typing import NamedTuple

from transforms.parsing.time_forms import FORMS, Setting, read_form

SEARCHED = 160


class LineTime(NamedTuple):
    """A time in a line: milliseconds since the epoch, which form it has, and the character that it starts at."""

    ms: int
    form: int
    start: int


def line_time(
    line: str, zone: tzinfo = UTC, written_ms: int | None = None, day_first: bool | None = None
) -> LineTime | None:
    """Return the time in a line, or None if it shows none.

    It is the first of the forms of `time_forms` that is found near the start of the line. One without a year is the
    last that is at most 26 hours after the file was written (milliseconds since the epoch). `day_first` says how a date
    of three numbers is read that may be read both ways.

    Example:
        >>> line_time("2026-03-01 00:00:00,250 INFO started")
        LineTime(ms=1772323200250, form=0, start=0)
        >>> line_time("Mar  1 00:00:00 host sshd[7]: closed", written_ms=1772323260000).ms
        1772323200000
        >>> line_time("no time here", written_ms=1772323260000) is None
        True
    """
    head = line[:SEARCHED]
    setting = Setting(zone, written_ms, day_first)
    for number, form in enumerate(FORMS):
        match = form.pattern.search(head)
        if match is not None and (time := read_form(form, match, setting)) is not None:
            return LineTime(time, number, match.start())
    return None

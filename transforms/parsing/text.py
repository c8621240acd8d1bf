"""Find the time that a line of plain text begins with, in the formats that services write."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from transforms.parsing.event_time import MONTHS, epoch_number_ms, moment_ms, time_ms

_SEARCHED = 160
_CLOCK = r"(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?"
_ZONE = r"(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})(?![\d:]))?"
_DAY_FIRST = r"(?<![\d.])"


def line_time_ms(line: str, modified_ms: int | None) -> int | None:
    """Return the time in a line in milliseconds since the epoch, or None if it shows none.

    Known are ISO 8601 (also with slashes, and log4j's comma), the common log format, RFC 3164 and Nextflow
    (no year: the last one in which it isn't after the file's modification), ctime, `yy/MM/dd`, and
    epoch digits at the start.

    Example:
        >>> line_time_ms("2026-03-01 00:00:00,250 INFO started", None)
        1772323200250
        >>> line_time_ms("Mar  1 00:00:00 host sshd[7]: closed", 1772323260000)
        1772323200000
        >>> line_time_ms("no time here", 1772323260000) is None
        True
    """
    head = line[:_SEARCHED]
    for pattern, read in _FORMATS:
        match = pattern.search(head)
        if match is not None and (time := _read(read, match, modified_ms)) is not None:
            return time
    return None


_Read = Callable[[re.Match[str], int | None], int | None]


def _read(read: _Read, match: re.Match[str], modified_ms: int | None) -> int | None:
    try:
        return read(match, modified_ms)
    except (ValueError, OverflowError):
        return None


def _full(match: re.Match[str], _: int | None) -> int | None:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    whole_year = int(year) + (2000 if len(year) == 2 else 0)
    moment = datetime(whole_year, int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    return moment_ms(moment + _fraction(fraction) - _offset(zone))


def _named_month(match: re.Match[str], modified_ms: int | None) -> int | None:
    month, day, hour, minute, second, fraction = match.groups()
    if month not in MONTHS or modified_ms is None:
        return None
    latest = datetime.fromtimestamp(modified_ms / 1000, UTC)
    for year in range(latest.year, latest.year - 9, -1):
        if (month, int(day)) == ("Feb", 29) and year % 4:
            continue
        moment = datetime(year, MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        if moment <= latest:
            return moment_ms(moment + _fraction(fraction))
    return None


def _ctime(match: re.Match[str], _: int | None) -> int | None:
    month, day, hour, minute, second, fraction, year = match.groups()
    if month not in MONTHS:
        return None
    moment = datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    return moment_ms(moment + _fraction(fraction))


def _fraction(digits: str | None) -> timedelta:
    return timedelta(microseconds=int((digits or "0")[:6].ljust(6, "0")))


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def _common(match: re.Match[str], _: int | None) -> int | None:
    return time_ms(match[0])


def _epoch(match: re.Match[str], _: int | None) -> int | None:
    return epoch_number_ms(float(match[1]))


_FORMATS: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (re.compile(rf"{_DAY_FIRST}(\d{{4}})[-/](\d\d)[-/](\d\d)[T ]{_CLOCK}{_ZONE}", re.ASCII), _full),
    (re.compile(r"\[?\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?", re.ASCII), _common),
    (re.compile(rf"[A-Z][a-z]{{2}} ([A-Z][a-z]{{2}}) +(\d{{1,2}}) {_CLOCK} (\d{{4}})", re.ASCII), _ctime),
    (re.compile(rf"^(?:<\d{{1,3}}>)?([A-Z][a-z]{{2}})[ -]+(\d{{1,2}}) {_CLOCK}", re.ASCII), _named_month),
    (re.compile(rf"^\[?(\d\d)/(\d\d)/(\d\d) {_CLOCK}()", re.ASCII), _full),
    (re.compile(r"^\[?(\d{10}(?:\.\d{1,6})?|\d{13})(?![\d.])", re.ASCII), _epoch),
)

"""Find the time of an event, in milliseconds since the epoch, in its envelope or its access time."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from schemas.events import Reason

EARLIEST_MS = 946_684_800_000  # 2000-01-01: older is a clock that was never set
LATEST_MS = 4_102_444_800_000  # 2100-01-01
MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIVISORS = (1, 1000)
_DIGITS = re.compile(r"\d{1,19}(?:\.\d{1,9})?", re.ASCII)
_CLF = re.compile(
    r"\[?(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?: ([+-])(\d{2})(\d{2}))?\]?", re.ASCII
)
_RFC_1123 = re.compile(
    r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:[A-Z]{1,5}|[+-]\d{4})"
)


def event_time_ms(
    envelope: Mapping[str, Any], access_time: str | None, default_offset_minutes: int = 0
) -> int | Reason:
    """Return the time of an event, in milliseconds since the epoch, or why it has none.

    `__TIMESTAMP__` comes first, in seconds, milliseconds or microseconds told apart by magnitude; where it is
    absent or absurd, the access time. A time without an offset is read with the default one.

    Example:
        >>> event_time_ms({"__TIMESTAMP__": "1772323200"}, None)
        1772323200000
        >>> event_time_ms({"__TIMESTAMP__": -1}, "2026-03-01T08:00:00+08:00")
        1772323200000
        >>> str(event_time_ms({}, None)), str(event_time_ms({"__TIMESTAMP__": 0}, "yesterday"))
        ('missing_time', 'bad_time')
    """
    stamp = envelope.get("__TIMESTAMP__")
    if type(stamp) is int and EARLIEST_MS <= stamp < LATEST_MS:
        return stamp
    time = _stamp_ms(stamp)
    if time is None and access_time:
        time = time_ms(access_time, default_offset_minutes)
    if time is not None:
        return time
    return Reason.MISSING_TIME if stamp is None and not access_time else Reason.BAD_TIME


def _stamp_ms(stamp: Any) -> int | None:
    if isinstance(stamp, str):
        return time_ms(stamp)
    if isinstance(stamp, int | float) and not isinstance(stamp, bool):
        return epoch_number_ms(stamp)
    return None


def epoch_number_ms(number: float) -> int | None:
    """Return an epoch time of any unit in milliseconds; None if in no unit it lies between 2000 and 2100.

    Example:
        >>> epoch_number_ms(1772323200), epoch_number_ms(1772323200000000), epoch_number_ms(9999999999999999)
        (1772323200000, 1772323200000, None)
    """
    if EARLIEST_MS <= number * 1000 < LATEST_MS:
        return round(number * 1000)
    for divisor in _DIVISORS:
        if EARLIEST_MS <= number / divisor < LATEST_MS:
            return int(number // divisor)
    return None


def time_ms(text: str, default_offset_minutes: int = 0) -> int | None:
    """Return a time written as text in milliseconds since the epoch, or None.

    Known are ISO 8601, the common log format, RFC 1123 and epoch digits.

    Example:
        >>> time_ms("2026-03-01 00:00:00.250"), time_ms("01/Mar/2026:08:00:00 +0800")
        (1772323200250, 1772323200000)
        >>> time_ms("Sun, 01 Mar 2026 00:00:00 GMT"), time_ms("31/Feb/2026:25:61:61 +0800")
        (1772323200000, None)
    """
    text = text.strip()
    if _DIGITS.fullmatch(text):
        return epoch_number_ms(float(text) if "." in text else int(text))
    moment = _moment(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC) - timedelta(minutes=default_offset_minutes)
    return moment_ms(moment)


def moment_ms(moment: datetime) -> int | None:
    """Return an aware moment in milliseconds since the epoch; None if it isn't between 2000 and 2100."""
    time = (moment - _EPOCH) // timedelta(milliseconds=1)
    return time if EARLIEST_MS <= time < LATEST_MS else None


def _moment(text: str) -> datetime | None:
    try:
        common = _CLF.fullmatch(text)
        if common is not None:
            return _common_log_moment(common)
        if _RFC_1123.fullmatch(text) is not None:
            return parsedate_to_datetime(text)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _common_log_moment(match: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, sign, offset_hours, offset_minutes = match.groups()
    if month not in MONTHS:
        return None
    moment = datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second))  # noqa: DTZ001
    if sign is None:
        return moment
    offset = timedelta(hours=int(offset_hours), minutes=int(offset_minutes))
    return moment.replace(tzinfo=UTC) - (-offset if sign == "-" else offset)

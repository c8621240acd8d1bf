"""The forms in which services write a time: one table, for values of their own and for times within a line."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import NamedTuple

EARLIEST_MS = 946_684_800_000  # 2000-01-01: older is a clock that was never set
LATEST_MS = 4_102_444_800_000  # 2100-01-01
AHEAD = timedelta(hours=26)
"""A time without a year may be so far after its file's: the widest zones are 26 hours apart."""

_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIVISORS = (1, 1000, 1_000_000)
_CHINA = timezone(timedelta(hours=8))
_NAMED_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "HKT": 8,
    "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EDT": -4, "EST": -5, "CDT": -5,
    "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip
"""Names of zones that mean one offset; IST and BST mean several. CST is read by `_named_zone`."""

_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{2}):(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?(?: ?(?P<ap>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?"
_NAMES = "|".join(sorted([*_NAMED_HOURS, "CST"], key=len, reverse=True))
_OFFSET = r"(?:GMT|UTC)?[+-]\d{2}(?::?\d{2})?(?![\d:])"
_GO_REPEATS = r"(?: (?:[A-Z]{3,4}|[+-]\d{2})(?= m=| ?$))?"
_ZONE = rf"(?: ?(?P<z>{_OFFSET}|(?:{_NAMES})(?![A-Za-z\d])){_GO_REPEATS})?"
_MONTH = "(?P<b>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[a-z]*"
_WEEKDAY = "(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +)?"
_FREE = r"(?<![\d.])"
_COMPACT = r"(?P<H>\d\d):?(?P<M>\d\d):?(?P<S>\d\d)(?:[.,:](?P<f>\d{1,9}))?"
_CHINESE = r"(?P<H>\d{1,2})[:时](?P<M>\d{1,2})[:分](?P<S>\d{1,2})秒?"
_DIGITS = r"(?P<e>\d{10}(?:\.\d{1,9})?|\d{13}(?:\.\d{1,6})?|\d{16}|\d{19})(?![\d.])"


class Setting(NamedTuple):
    """What a time is read with: the zone of times without an offset, when its file was written (ms), and its order.

    `day_first` says whether the day stands before the month where three numbers may be read both ways; None if unknown.
    """

    zone: tzinfo = UTC
    written_ms: int | None = None
    day_first: bool | None = None


_Parts = dict[str, str | None]


class Form(NamedTuple):
    """One form of a time: its expression, and how its parts become milliseconds since the epoch."""

    pattern: re.Pattern[str]
    read: Callable[[_Parts, Setting], int | None]


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


def moment_ms(moment: datetime, zone: tzinfo = UTC) -> int | None:
    """Return a moment in milliseconds since the epoch, in a zone if it has none; None if not between 2000 and 2100."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    time = (aware - _EPOCH) // timedelta(milliseconds=1)
    return time if EARLIEST_MS <= time < LATEST_MS else None


def read_form(form: Form, match: re.Match[str], setting: Setting) -> int | None:
    """Return the time that a match of a form holds, or None where it is no moment of the calendar."""
    try:
        return form.read(match.groupdict(), setting)
    except (ValueError, OverflowError):
        return None


def _int(parts: _Parts, name: str) -> int:
    return int(parts[name] or 0)


def _moment(parts: _Parts, year: int, month: int, day: int) -> datetime:
    """Return the moment of a clock on a day, without a zone; a leap second is the one before it."""
    hour, half = _int(parts, "H"), (parts.get("ap") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    micro = int((parts.get("f") or "0")[:6].ljust(6, "0"))
    minute, second = _int(parts, "M"), min(_int(parts, "S"), 59)
    if (
        hour == 24 and not half and minute == second == micro == 0
    ):  # ISO 8601-1:2019, 5.3.2: the end of the day
        return datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001
    return datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001


def _finish(moment: datetime, parts: _Parts, setting: Setting) -> int | None:
    name = parts.get("z")
    return moment_ms(moment, setting.zone if not name else _zone_of(name, moment, setting.zone))


def _zone_of(name: str, moment: datetime, zone: tzinfo) -> tzinfo:
    """Return the zone of an offset or a name; CST is the run's own zone where that calls itself so, else China's."""
    if name == "CST":
        return zone if moment.replace(tzinfo=zone).tzname() == "CST" else _CHINA
    if name in _NAMED_HOURS:
        return timezone(timedelta(hours=_NAMED_HOURS[name]))
    name = name.removeprefix("GMT").removeprefix("UTC")
    size = timedelta(hours=int(name[1:3]), minutes=int(name[3:].lstrip(":") or 0))
    return timezone(-size if name[0] == "-" else size)


def _dated(parts: _Parts, setting: Setting) -> int | None:
    year = _int(parts, "Y")
    whole = year + 2000 if year < 100 else year
    return _finish(_moment(parts, whole, _month(parts), _int(parts, "d")), parts, setting)


def _month(parts: _Parts) -> int:
    name = parts.get("b")
    return _MONTHS[name.lower()[:3]] if name else _int(parts, "m")


def _yearless(parts: _Parts, setting: Setting) -> int | None:
    """Return the last such time that is at most `AHEAD` after the file's: its writer's zone may be ahead of ours."""
    if setting.written_ms is None:
        return None
    month = _month(parts)
    latest = _EPOCH + timedelta(milliseconds=setting.written_ms) + AHEAD
    for year in range(latest.year + 1, latest.year - 9, -1):
        if (month, _int(parts, "d")) == (2, 29) and year % 4:
            continue
        time = _finish(_moment(parts, year, month, _int(parts, "d")), parts, setting)
        if time is not None and _EPOCH + timedelta(milliseconds=time) <= latest:
            return time
    return None


def _any_order(parts: _Parts, setting: Setting) -> int | None:
    """Return the reading of three numbers in the known order, else the one that the file's time allows; None if unsure.

    Of two digits for each it is the nearest before the file's time.
    """
    one, two, three = parts["d1"] or "", parts["d2"] or "", parts["d3"] or ""
    if setting.day_first is not None and len(three) == 4 and int(one) <= 12 and int(two) <= 12:
        return _in_order((three, two, one) if setting.day_first else (three, one, two), parts, setting)
    orders = [(three, one, two), (three, two, one)] if len(three) == 4 else _two_digit_orders(one, two, three)
    times = {time for order in orders if (time := _in_order(order, parts, setting)) is not None}
    if setting.written_ms is not None:
        limit = setting.written_ms + AHEAD // timedelta(milliseconds=1)
        times = {time for time in times if time <= limit}
        return max(times, default=None) if len(three) == 2 or len(times) == 1 else None
    return times.pop() if len(times) == 1 else None


def _two_digit_orders(one: str, two: str, three: str) -> list[tuple[str, str, str]]:
    return [(one, two, three), (three, one, two), (three, two, one)]


def _in_order(order: tuple[str, str, str], parts: _Parts, setting: Setting) -> int | None:
    year, month, day = map(int, order)
    try:
        return _finish(_moment(parts, year + 2000 if year < 100 else year, month, day), parts, setting)
    except ValueError:
        return None


class DateOrder(Enum):
    """What the three numbers of a date say of their order."""

    DAY_FIRST = True
    MONTH_FIRST = False
    EITHER = None


def stated_order(line: str) -> DateOrder | None:
    """Return the order of the three numbers of a date that a line begins with; None if it begins with none.

    Example:
        >>> [stated_order(day + " 08:00:00 x") for day in ("26/11/2026", "11/26/2026", "05/11/2026", "2026-11-05")]
        [<DateOrder.DAY_FIRST: True>, <DateOrder.MONTH_FIRST: False>, <DateOrder.EITHER: None>, None]
    """
    match = _THREE_NUMBERS.match(line)
    if match is None:
        return None
    if int(match["d1"]) > 12:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if int(match["d2"]) > 12 else DateOrder.EITHER


def _epoch(parts: _Parts, _: Setting) -> int | None:
    digits = parts["e"] or ""
    return epoch_number_ms(float(digits) if "." in digits else int(digits))


def _form(pattern: str, read: Callable[[_Parts, Setting], int | None]) -> Form:
    return Form(re.compile(pattern, re.ASCII), read)


_LEAD = r"^(?:[\[(\"'<]|- )?"
_MINUTES = r"(?P<H>\d{1,2}):(?P<M>\d{2})(?![:\d])(?P<S>)(?: ?(?P<ap>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?"
"""A clock without seconds, as spreadsheets show one."""

_THREE_NUMBERS = re.compile(rf"{_LEAD}(?P<d1>\d\d?)/(?P<d2>\d\d?)/\d{{4}},? \d{{1,2}}:\d\d", re.ASCII)

FORMS = (
    # ISO 8601, with slashes and points too, log4j's comma, PostgreSQL's names of zones, what Go prints.
    _form(rf"{_FREE}(?P<Y>\d{{4}})[-/.](?P<m>\d\d)[-/.](?P<d>\d\d)(?:[T_]| +)(?:@ )?{_CLOCK}{_ZONE}", _dated),
    _form(rf"{_FREE}(?P<Y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)[-T _]{_COMPACT}{_ZONE}", _dated),
    _form(rf"{_FREE}(?P<Y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)T(?P<H>\d\d):(?P<M>\d\d)(?P<S>){_ZONE}", _dated),
    _form(rf"{_LEAD}(?P<Y>\d{{4}})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?) +{_MINUTES}{_ZONE}", _dated),
    _form(rf"(?P<Y>\d{{4}})年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日 ?{_CHINESE}", _dated),
    # The common log format (haproxy adds milliseconds).
    _form(rf"{_FREE}(?P<d>\d{{1,2}})/{_MONTH}/(?P<Y>\d{{4}})[: ]{_CLOCK}{_ZONE}", _dated),
    # RFC 5322, 3.3 and HTTP dates; Tomcat, BIND, Redis.
    _form(rf"{_WEEKDAY}{_FREE}(?P<d>\d{{1,2}})[- ]{_MONTH}[- ](?P<Y>\d{{4}}|\d\d)(?: +|:){_CLOCK}{_ZONE}", _dated),
    # ctime and date(1); java.util.logging, Kibana.
    _form(rf"{_WEEKDAY}\b{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}{_ZONE} (?P<Y>\d{{4}})\b", _dated),
    _form(rf"{_WEEKDAY}\b{_MONTH} +(?P<d>\d{{1,2}}),? (?P<Y>\d{{4}}),?(?: @)? +{_CLOCK}{_ZONE}", _dated),
    # Without a year: RFC 3164 and Nextflow; klog; logcat.
    _form(rf"^(?:<\d{{1,3}}>)?\*?{_MONTH}[ -]+(?P<d>\d{{1,2}}) {_CLOCK}{_ZONE}", _yearless),
    _form(rf"^[IWEFD](?P<m>\d\d)(?P<d>\d\d) {_CLOCK}", _yearless),
    _form(rf"^(?P<m>\d\d)-(?P<d>\d\d) {_CLOCK}", _yearless),
    # Three numbers whose order differs by country; with points the day is first.
    _form(rf"{_FREE}(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<Y>\d{{4}}),? {_CLOCK}{_ZONE}", _dated),
    _form(rf"{_LEAD}(?P<d1>\d\d?)/(?P<d2>\d\d?)/(?P<d3>\d{{4}}|\d\d),? {_CLOCK}{_ZONE}", _any_order),
    _form(rf"{_LEAD}(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<Y>\d{{4}}),? {_MINUTES}{_ZONE}", _dated),
    _form(rf"{_LEAD}(?P<d1>\d\d?)/(?P<d2>\d\d?)/(?P<d3>\d{{4}}|\d\d),? {_MINUTES}{_ZONE}", _any_order),
    _form(r"^(?P<Y>\d\d)(?P<m>\d\d)(?P<d>\d\d) (?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d) (?=\d+ [A-Z])", _dated),
    # The epoch in s, ms, us or ns; auditd.
    _form(rf"{_LEAD}{_DIGITS}", _epoch),
    _form(r"audit\((?P<e>\d{10}\.\d{3}):", _epoch),
    _form(rf"(?:^|[\s,{{(\"])(?:ts|time|timestamp)\"?[=:] ?\"?{_DIGITS}", _epoch),
)  # fmt: skip

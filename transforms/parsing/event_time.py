"""Find the time of an event, in milliseconds since the epoch, in its envelope or its access time."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from schemas.events import LogEvent, Reason, RecordFormat
from transforms.parsing.time_forms import (
    EARLIEST_MS,
    FORMS,
    LATEST_MS,
    Setting,
    epoch_number_ms,
    moment_ms,
    read_form,
)

TIMESTAMP = "__TIMESTAMP__"
_DIGITS = re.compile(r"\d{1,19}(?:\.\d{1,9})?", re.ASCII)
_SECONDS = ("epochSecond", "seconds", "_seconds", "sec")
_NANOS = ("nanoOfSecond", "nanos", "_nanoseconds", "nsec")
_WRAPPED = ("$date", "$numberLong", "value", "millis", "epochMillis")


class StatedTime:
    """Knows the keys that give the event time before the access time does, exactly as spelled and in their order."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys if tuple(keys) != (TIMESTAMP,) else ()

    def of(self, event: LogEvent) -> Mapping[str, Any]:
        """Return what states an event's time, as `__TIMESTAMP__`: the first of the keys that holds a time.

        A key is one of the log service's, of the event, or the dotted path of a nested value. What the reader of a
        text found in its line counts whatever the keys are.

        Example:
            >>> from schemas.events import RawRecord, Source
            >>> event = LogEvent(RawRecord(b"", Source("a")), (("meta", {"at": 1772323200}),), {"__TIMESTAMP__": 7})
            >>> StatedTime(["meta.at"]).of(event)
            {'__TIMESTAMP__': 1772323200}
        """
        if not self._keys:
            return event.envelope
        own = dict(event.pairs)
        stated = [value for key in self._keys if (value := _at(key, event.envelope, own)) is not None]
        if event.record.source.format is RecordFormat.TEXT and TIMESTAMP in event.envelope:
            stated.append(event.envelope[TIMESTAMP])
        good = (value for value in stated if value_time_ms(value) is not None)
        return {TIMESTAMP: next(good, stated[0])} if stated else {}


def _at(key: str, envelope: Mapping[str, Any], own: Mapping[str, Any]) -> Any:
    if key in envelope or key in own:
        return envelope.get(key, own.get(key))
    value: Any = own
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def event_time_ms(
    envelope: Mapping[str, Any], access_time: str | None, zone: tzinfo = UTC, written_ms: int | None = None
) -> int | Reason:
    """Return the time of an event, in milliseconds since the epoch, or why it has none.

    `__TIMESTAMP__` comes first, in seconds to nanoseconds told apart by magnitude; where it is absent or absurd,
    the access time. A time without an offset is one of the zone, one without a year is dated by its file's.

    Example:
        >>> event_time_ms({"__TIMESTAMP__": "1772323200"}, None)
        1772323200000
        >>> event_time_ms({"__TIMESTAMP__": -1}, "2026-03-01T08:00:00+08:00")
        1772323200000
        >>> str(event_time_ms({}, None)), str(event_time_ms({"__TIMESTAMP__": 0}, "yesterday"))
        ('missing_time', 'bad_time')
    """
    stamp = envelope.get(TIMESTAMP)
    if type(stamp) is int and EARLIEST_MS <= stamp < LATEST_MS:
        return stamp
    time = value_time_ms(stamp, zone, written_ms)
    if time is None and access_time:
        time = time_ms(access_time, zone, written_ms)
    if time is not None:
        return time
    return Reason.MISSING_TIME if stamp is None and not access_time else Reason.BAD_TIME


def value_time_ms(value: Any, zone: tzinfo = UTC, written_ms: int | None = None) -> int | None:
    """Return the time that a value of JSON is: a text, a number, or an instant as an object; None if it is none.

    Example:
        >>> value_time_ms({"epochSecond": 1772323200, "nanoOfSecond": 250000000})
        1772323200250
        >>> value_time_ms({"$date": {"$numberLong": "1772323200000"}}), value_time_ms(True)
        (1772323200000, None)
    """
    if isinstance(value, str):
        return time_ms(value, zone, written_ms)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return epoch_number_ms(value)
    if not isinstance(value, dict):
        return None
    seconds = next((value[name] for name in _SECONDS if name in value), None)
    if seconds is not None:
        return _instant_ms(seconds, next((value[name] for name in _NANOS if name in value), 0))
    wrapped = next((value[name] for name in _WRAPPED if name in value), None)
    return None if wrapped is None else value_time_ms(wrapped, zone, written_ms)


def _instant_ms(seconds: Any, nanos: Any) -> int | None:
    try:
        whole = int(seconds) * 1000 + int(nanos) // 1_000_000
    except (TypeError, ValueError, OverflowError):
        return None
    return whole if EARLIEST_MS <= whole < LATEST_MS else None


def time_ms(text: str, zone: tzinfo = UTC, written_ms: int | None = None) -> int | None:
    """Return a time written as text in milliseconds since the epoch, or None.

    Known are ISO 8601, epoch digits, and each of the forms of `time_forms`.

    Example:
        >>> time_ms("2026-03-01 00:00:00.250"), time_ms("01/Mar/2026:08:00:00 +0800")
        (1772323200250, 1772323200000)
        >>> time_ms("Sun, 01 Mar 2026 00:00:00 GMT"), time_ms("31/Feb/2026:25:61:61 +0800")
        (1772323200000, None)
    """
    text = text.strip()
    if _DIGITS.fullmatch(text):
        return epoch_number_ms(float(text) if "." in text else int(text))
    try:
        return moment_ms(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        return _other_form_ms(text.strip("[]\"'"), Setting(zone, written_ms))


def _other_form_ms(text: str, setting: Setting) -> int | None:
    for form in FORMS:
        match = form.pattern.search(text)
        if match is not None and match.start() == 0 and _is_all(text, match.end()):
            return read_form(form, match, setting)
    return None


def _is_all(text: str, end: int) -> bool:
    """Tell whether nothing follows a time but what Go and Java add: the monotonic clock, the zone's name."""
    rest = text[end:].strip()
    return not rest or rest.startswith(("m=", "[")) or (rest.startswith("(") and rest.endswith(")"))

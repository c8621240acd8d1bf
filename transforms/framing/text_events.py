"""Join the lines of plain text into events: a line without a time of its own belongs to the event before it."""

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from enum import StrEnum

from schemas.events import FoundTime, RawRecord
from transforms.parsing.text import SEARCHED, LineTime, line_time
from transforms.parsing.time_forms import DateOrder, stated_order


class Lines(StrEnum):
    """What the lines of plain text are: parts of events, or one event each."""

    EVENTS = "events"
    SINGLE = "single"


OWN, BEFORE, AFTER = "line", "before", "after"
"""Whose time a record has: its own line's, that of the event before it, or that of the event after it."""

SPLIT = "long_event_split"
_LEAD = re.compile(r"(?:[\[(\"'<*]{0,2}(?:\d{1,3}>(?:\d )?)?(?:[A-Z]{3,9}\W{1,3})?|- )")
_BYTES_SEARCHED = 4 * SEARCHED


def frame_text(
    batches: Iterable[list[RawRecord]], max_event_bytes: int, lines: Lines = Lines.EVENTS
) -> Iterator[list[RawRecord]]:
    """Return batches of events, given batches of lines of plain text.

    An event begins with a line that shows a time where the file's first time stands: at the start, or further on in
    the same form. An indented line begins none, unless the first did. Lines before the first time are one event with
    that time; if none comes within the limit (in bytes), each is a record without a time. An event over the limit is
    cut between lines. Blank lines stay records of their own. A date such as 05/11/2026 is read in the order that
    earlier lines state (26/11/2026); if they state none or both, it begins an event with the time before it.

    Example:
        >>> from schemas.events import Source
        >>> text = b"2026-11-26 08:00:00 ERROR\\nTraceback\\n  at x\\n2026-11-26 08:00:01 ok"
        >>> records = [RawRecord(line, Source("x")) for line in text.split(b"\\n")]
        >>> [record.data.count(b"\\n") for batch in frame_text([records], 99) for record in batch]
        [2, 0]
    """
    joiner = _Joiner(max_event_bytes, lines is Lines.EVENTS)
    for batch in batches:
        joined = [event for line in batch for event in joiner.take(line)]
        if joined:
            yield joined
    last = list(joiner.finish())
    if last:
        yield last


def begins_event(line: bytes, zone: tzinfo, written_ms: int | None) -> bool:
    """Tell whether a line of plain text begins an event whatever stands before it.

    Example:
        >>> from datetime import UTC
        >>> begins_event(b"2026-11-26 08:00:00 x", UTC, None), begins_event(b"  at x 2026-11-26 08:00:00", UTC, None)
        (True, False)
    """
    found = _time_of(line, zone, written_ms)
    return found is not None and not line[:1].isspace() and _is_at_start(line, found)


def _time_of(
    line: bytes, zone: tzinfo, written_ms: int | None, day_first: bool | None = None
) -> LineTime | None:
    return line_time(line[:_BYTES_SEARCHED].decode(errors="replace"), zone, written_ms, day_first)


def _before(line: bytes, found: LineTime) -> str:
    """Return the character before a time: a bracket where services put it, a quote where a statement holds it."""
    return line[:_BYTES_SEARCHED].decode(errors="replace")[: found.start][-1:]


def _is_at_start(line: bytes, found: LineTime) -> bool:
    text = line[:_BYTES_SEARCHED].decode(errors="replace")
    lead = _LEAD.match(text, len(text) - len(text.lstrip()))
    return lead is not None and found.start <= lead.end()


def _order_of(line: bytes) -> DateOrder | None:
    return stated_order(line[:_BYTES_SEARCHED].decode(errors="replace")) if b"/" in line[:6] else None


class _Joiner:
    def __init__(self, limit: int, joins: bool) -> None:
        self._limit = limit
        self._joins = joins
        self._first: tuple[bool, int, str] | None = (
            None  # of the file's first time: is it at the start, its form, what is before
        )
        self._first_is_indented = False
        self._time: FoundTime | None = None
        self._repair: str | None = None
        self._held: list[RawRecord] = []
        self._bytes = 0
        self._orders: set[DateOrder] = set()

    def take(self, line: RawRecord) -> Iterator[RawRecord]:
        """Yield the events that a line ends."""
        if line.fault is not None or not line.data.strip():
            if line.fault is not None:
                yield from self.finish()
            yield line
            return
        ms = self._beginning(line)
        if ms is not None:
            if self._time is None and self._held:
                self._time = FoundTime(ms, AFTER)
            yield from self.finish()
            self._time = FoundTime(ms, OWN)
        elif self._begins_unsure(line):
            yield from self._cut()
            self._repair = None
        elif self._bytes + len(line.data) > self._limit or (self._time is not None and not self._joins):
            yield from self._cut()
        self._held.append(line)
        self._bytes += len(line.data) + 1

    def finish(self) -> Iterator[RawRecord]:
        """Yield what is held: one event where there is a time, else each line."""
        held, time, repair = self._held, self._time, self._repair
        self._held, self._bytes, self._repair = [], 0, None
        if time is not None and self._joins and held:
            first = held[0]
            if len(held) > 1:
                first.data = b"\n".join(line.data for line in held)
            first.time, first.repair = time, repair
            yield first
            return
        for line in held:
            line.time = time
            yield line

    def _cut(self) -> Iterator[RawRecord]:
        """Yield what is held; what follows has the time of the event before it."""
        yield from self.finish()
        if self._time is not None:
            self._time = self._time._replace(origin=BEFORE)
            self._repair = SPLIT if self._joins else None

    def _day_first(self, line: RawRecord) -> bool | None:
        """Learn from a line in which order dates of three numbers are, and return it; None if unknown."""
        order = _order_of(line.data)
        if order is not None and order is not DateOrder.EITHER:
            self._orders.add(order)
        return next(iter(self._orders)).value if len(self._orders) == 1 else None

    def _begins_unsure(self, line: RawRecord) -> bool:
        """Tell whether a line begins with a date that may be read both ways, as others began."""
        return self._time is not None and _order_of(line.data) is DateOrder.EITHER

    def _beginning(self, line: RawRecord) -> int | None:
        """Return the time of a line that begins an event."""
        found = _time_of(line.data, line.source.zone, line.source.modified_ms, self._day_first(line))
        if found is None:
            return None
        kind = (_is_at_start(line.data, found), found.form, _before(line.data, found))
        is_indented = line.data[:1].isspace()
        if self._first is None:
            self._first, self._first_is_indented = kind, is_indented
            return found.ms
        if is_indented and not self._first_is_indented:
            return None
        return found.ms if kind[0] or kind == self._first else None

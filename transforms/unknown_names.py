"""Which names of unknown fields may be told: those that many events of different people had, as programs write them.

A name that only a few events have, or the events of a few people, may be somebody's: `quota.zhangwei`. So the events
leave traces beside the count of a name, and what is written down is settled once they are added up.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from zlib import crc32

from schemas.events import Counts

UNNAMEABLE = "unnameable"
MANY_EVENTS = 20
DIFFERENT_PEOPLE = 5
_FIELD, _OTHERS = "unknown_field/", "field/others."
_SEEN, _PERSONAL = "name_seen/", "name_personal/"
_TRACES = 64
NOBODY = ""
ACCOUNT_PREFIXES = ("uin", "usr")
"""Prefixes of the fields that tell whose event it is."""
_PLAIN_NAME = re.compile(r"(?!.*\d{3})[A-Za-z_][A-Za-z0-9_.\-]{0,63}")
_KEY_LIKE = re.compile(r"(?:[A-Za-z]+[0-9]+){3}|[A-Za-z0-9]{33}")


def nameable(name: str, people: Sequence[str] = ()) -> str:
    """Return a field name that may be counted in the clear, or `unnameable`.

    A name may be told only if it is a plausible identifier, has no run of three digits, no word that mixes letters and
    digits as a key does, and holds none of the event's own people.

    Example:
        >>> nameable("retry.count"), nameable("13800138000"), nameable("quota_lin", ["lin"]), nameable("x7kq2vb9a")
        ('retry.count', 'unnameable', 'unnameable', 'unnameable')
    """
    folded = name.casefold()
    if _PLAIN_NAME.fullmatch(name) is None or _KEY_LIKE.search(name) is not None:
        return UNNAMEABLE
    return UNNAMEABLE if any(person.casefold() in folded for person in people if person) else name


def count_name(counts: Counts, name: str, person: str) -> None:
    """Count an unknown field of an event, and leave a trace of whose event it was; `person` may be `NOBODY`."""
    count_traced_name(counts, name, trace_of(person) if person else None)


def trace_of(person: str) -> int:
    """Return the trace that an event of a person leaves beside the count of a name: a number of few.

    Example:
        >>> trace_of("lin")
        39
    """
    return crc32(person.encode("utf-8", "surrogatepass")) % _TRACES


def count_traced_name(counts: Counts, name: str, trace: int | None, events: int = 1) -> None:
    """Count an unknown field of events that leave one trace, None if nobody's."""
    counts[f"{_FIELD}{name}"] += events
    if trace is not None and name != UNNAMEABLE:
        counts[f"{_SEEN}{trace:02}/{name}"] += events


def count_personal_name(counts: Counts, name: str, events: int = 1) -> None:
    """Count an unknown field whose name holds a person of its own event: nowhere may it be told."""
    counts[f"{_FIELD}{UNNAMEABLE}"] += events
    counts[f"{_PERSONAL}{name}"] += events


def settle_names(counts: Counts) -> Counts:
    """Return counts in which only names are told that may be, and the traces are gone.

    Example:
        >>> counts = Counts()
        >>> for number in range(40):
        ...     count_name(counts, "retry.count", f"person {number}")
        ...     count_name(counts, "quota.zhangwei", "zhangwei")
        >>> settle_names(counts)
        Counter({'unknown_field/retry.count': 40, 'unknown_field/unnameable': 40})
    """
    told = _names_to_tell(counts)
    settled = Counts()
    for name, number in counts.items():
        if not name.startswith((_SEEN, _PERSONAL)):
            settled[_settled(name, told, counts)] += number
    return settled


def _names_to_tell(counts: Counts) -> set[str]:
    people: defaultdict[str, int] = defaultdict(int)
    for name in counts:
        if name.startswith(_SEEN):
            people[name[len(_SEEN) + 3 :]] += 1
    return {
        name
        for name, number in people.items()
        if number >= DIFFERENT_PEOPLE
        and counts[f"{_FIELD}{name}"] >= MANY_EVENTS
        and f"{_PERSONAL}{name}" not in counts
    }


def _settled(count: str, told: set[str], counts: Counts) -> str:
    """Return under which name a count is kept: that of an untold field, or of its treatment, loses the field's."""
    if count.startswith(_FIELD):
        return count if count[len(_FIELD) :] in told else f"{_FIELD}{UNNAMEABLE}"
    if count.startswith(_OTHERS):
        field, _, treatment = count[len(_OTHERS) :].rpartition("/")
        first, _, number = field.rpartition(".")
        name = first if number.isdigit() and f"{_FIELD}{field}" not in counts else field
        if name not in told and f"{_FIELD}{name}" in counts:
            return f"{_OTHERS}{UNNAMEABLE}/{treatment}"
    return count

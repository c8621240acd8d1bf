"""What is handed to the engine, by the names under which it reads it."""

from typing import Any, NamedTuple

PERSON, KEEP, TEXT, URL, ODD_FIELD = range(5)
"""How the engine takes a field's values."""

FIELD, SKIP, SLOT, TAGS, TAG_SLOT, UNKNOWN, ODD_KEY = range(7)
"""What a key says of its pair."""

TOLD, PERSONAL, TRACED = range(3)
"""How an unknown key is counted; what is above `TRACED` is the trace of whose event it is."""


class StatedField(NamedTuple):
    """How a field of the policy is taken; `days` is None where it is not personal, `outcome` a number."""

    take: int
    opened: bool
    is_people: bool
    is_account: bool
    days: int | None
    form: str | None
    outcome: int


class Times(NamedTuple):
    """Between which times (ms) an event's lies, and how long a day is (ms)."""

    earliest_ms: int
    latest_ms: int
    day_ms: int


class Limits(NamedTuple):
    """How much the engine remembers before a memory starts over."""

    most_keys: int
    most_values: int
    most_texts: int
    most_bytes: int


class Settings(NamedTuple):
    """What holds for a whole run. The engine keeps the secret as a started digest only."""

    secret: bytes
    fields: list[StatedField]
    stated_time: Times
    category_days: int
    one_retention: bool
    id_domain: bytes
    tag_prefix: str
    forged_mark: int
    longest_kept: int
    shortest_person: int
    limits: Limits
    remembered_ids: int


class StatedKey(NamedTuple):
    """A key of the top level; a tag's has its prefix."""

    kind: int
    number: int = 0
    folded: str = ""
    nameable: bool = False


class StatedOutcome(NamedTuple):
    """What a tag is made of around the day on which it expires, and how many days that is after the event."""

    head: bytes
    days: int
    tail: bytes


class StatedPerson(NamedTuple):
    """What became of a value, whom it names and by which text, and how names of unknown keys are held against it."""

    text: str
    known: Any
    literal: str
    folded: str
    trace: int


class StatedText(NamedTuple):
    """What a text becomes where nobody of its event is named, and as what people are searched for in it."""

    redacted: str
    detections: int
    folded: str
    echoes: list[str]

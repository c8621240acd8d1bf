"""Show which events come out otherwise under another policy, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.events import RawRecord, TaggedEvent
from transforms.redact_logs import Redacted, RedactLogEvents

PARTITION = "expires_on"
"""Stands among the fields for the date on which the event expires."""

REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an event under both policies; None where it is absent."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class EventChange:
    """An event that comes out otherwise: where it stands, and each field that differs."""

    line: int
    offset: int
    fields: tuple[FieldChange, ...]


def compare_events(
    records: Sequence[RawRecord], before: RedactLogEvents, after: RedactLogEvents
) -> Iterator[EventChange]:
    """Yield the events that come out otherwise under the second transform, in order.

    Both are to have one key: else every pseudonym differs.
    """
    old, new = before.build(), after.build()
    for body, redact in ((before, old), (after, new)):
        redact.start_bundle(body.now_ms)
    for record in records:
        one, other = (_outcome(redact([record])) for redact in (old, new))
        changes = tuple(
            FieldChange(name, one.get(name), other.get(name))
            for name in {**one, **other}
            if one.get(name) != other.get(name)
        )
        if changes:
            yield EventChange(record.line, record.offset, changes)


def _outcome(done: Redacted[TaggedEvent]) -> Mapping[str, str]:
    """Return what became of one record, by field."""
    for rejection in done.rejections:
        return {REJECTED: f"{rejection.stage}: {rejection.reason}"}
    for tagged in done.kept:
        event = tagged.event
        others = {f"others.{name}": text for name, text in event.others.items()}
        return {**event.values, **others, PARTITION: tagged.expires_on}
    return {PARTITION: "expired on arrival, or a repeat"}

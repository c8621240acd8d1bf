"""The id of an event: the same for a redelivered one, another for its equal elsewhere, and nothing of its content."""

from schemas.events import ClassifiedEvent, Source
from transforms.pseudonyms import PseudonymKey, keyed_digest

EVENT_DOMAIN = "event"


def event_id(key: PseudonymKey, event: ClassifiedEvent) -> str:
    """Return the keyed hash of an event's coordinates and raw bytes, 32 hex digits."""
    data = _coordinates(event) + b"\0" + event.record.data
    return keyed_digest(key.secret, EVENT_DOMAIN, data).hex()[:32]


def place_of_records(source: Source) -> tuple[bytes, bool]:
    """Return what the coordinates of a source's records begin with before the offset, and whether the line follows."""
    if source.checksum:
        return f"{source.checksum}/0/".encode(), False
    # Several records of one message of a topic stand at one offset.
    return f"{source.name}/{source.part}/".encode(), True


def _coordinates(event: ClassifiedEvent) -> bytes:
    if event.package is not None:
        return event.package.encode()
    record = event.record
    place, with_line = place_of_records(record.source)
    at = f"{record.offset}/{record.line}" if with_line and record.line else str(record.offset)
    return place + at.encode()

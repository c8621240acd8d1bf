"""The id of an event: the same for a redelivered one, another for its equal elsewhere, and nothing of its content."""

from schemas.events import ClassifiedEvent
from transforms.pseudonyms import PseudonymKey, keyed_digest


def event_id(key: PseudonymKey, event: ClassifiedEvent) -> str:
    """Return the keyed hash of an event's coordinates and raw bytes, 32 hex digits."""
    data = _coordinates(event) + b"\0" + event.record.data
    return keyed_digest(key.secret, "event", data).hex()[:32]


def _coordinates(event: ClassifiedEvent) -> bytes:
    source = event.record.source
    if event.package is not None:
        return event.package.encode()
    if source.checksum:
        return f"{source.checksum}/0/{event.record.offset}".encode()
    place = f"{source.name}/{source.part}/{event.record.offset}"
    # Several records of one message of a topic stand at one offset.
    return (f"{place}/{event.record.line}" if event.record.line else place).encode()

"""Records that are encoded already, on their way to the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.events import Source


@dataclass(slots=True)
class EncodedEvents:
    """Encoded records of one source in order, by the ISO date of their partition."""

    source: Source
    partitions: Mapping[str, Sequence[bytes]]


def joined_partitions(batches: Sequence[EncodedEvents]) -> dict[str, list[bytes]]:
    """Return the records of several batches by partition.

    Example:
        >>> source = Source("a")
        >>> joined_partitions([EncodedEvents(source, {"d": [b"1"]}), EncodedEvents(source, {"d": [b"2"]})])
        {'d': [b'1', b'2']}
    """
    joined: dict[str, list[bytes]] = {}
    for batch in batches:
        for date, records in batch.partitions.items():
            joined.setdefault(date, []).extend(records)
    return joined

"""Find what still needs the key of an epoch, before it is destroyed."""

from pathlib import Path

import fastavro

from schemas.errors import OutputError
from schemas.ledger import REJECTED_CATEGORY
from transforms.avro.faults import NOT_AVRO


def live_partitions(root: Path, epoch: str) -> list[str]:
    """Return the partitions under an output root that hold pseudonyms of an epoch, relative to the root.

    All records of a file come from one run and so from one epoch.

    Raises:
        OutputError: A file is no Avro file.
    """
    found = set()
    for path in sorted(root.glob("category=*/expires_on=*/*.avro")):
        if path.parent.parent.name != f"category={REJECTED_CATEGORY}" and _epoch_of(path) == epoch:
            found.add(str(path.parent.relative_to(root)))
    return sorted(found)


def _epoch_of(path: Path) -> str | None:
    """Return the key epoch of a file's first record, None for a file without records."""
    try:
        with path.open("rb") as file:
            record = next(fastavro.reader(file), None)
    except FileNotFoundError:
        return None
    except NOT_AVRO:
        raise OutputError(f"{path} cannot be read as an Avro file") from None
    return None if record is None else record["key_epoch"]  # type: ignore[index, call-overload]

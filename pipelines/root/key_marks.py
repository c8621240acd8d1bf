"""Tell another key under a number that is taken: by the fingerprint that ledgers and segments keep beside the epoch."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from pipelines.root.ledger_files import read_ledgers
from pipelines.root.segment_files import read_segments
from schemas.errors import KeyFileError
from schemas.ledger import Ledger
from schemas.segment import Segment
from transforms.pseudonyms import PseudonymKey


def check_keys(root: Path, keys: Iterable[PseudonymKey]) -> None:
    """Refuse keys of epochs that runs of this root have pseudonymised with other keys.

    Under another key the same person gets other pseudonyms: searches, erasures and the vault would find nothing.

    Raises:
        KeyFileError: One is another than the root's ledgers say.
        LedgerError: A ledger can't be read.
    """
    here = {key.epoch: key.fingerprint for key in keys}
    for epoch, fingerprint in sorted(marks_of_keys(root)) if root.is_dir() else ():
        known = here.get(epoch, fingerprint)
        if known != fingerprint:
            raise KeyFileError(
                f"the key of epoch {epoch} is not the one that {root} was written with: its fingerprint is {known},"
                f" that of its records is {fingerprint}"
            )


def marks_of_keys(root: Path) -> set[tuple[str, str]]:
    """Return epoch and fingerprint of every key that runs and streams of a root have pseudonymised with.

    Raises:
        LedgerError: A ledger or a segment can't be read.
    """
    records: Iterable[Ledger | Segment] = chain(read_ledgers(root), read_segments(root))
    return {(one.key_epoch, one.key_fingerprint) for one in records if one.key_fingerprint}

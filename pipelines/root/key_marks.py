"""Tell another key under a number that is taken: by the fingerprint that ledgers keep beside the epoch."""

from collections.abc import Iterable
from pathlib import Path

from pipelines.root.ledger_files import read_ledgers
from schemas.errors import KeyFileError
from transforms.pseudonyms import PseudonymKey


def check_keys(root: Path, keys: Iterable[PseudonymKey]) -> None:
    """Refuse keys of epochs that runs of this root have pseudonymised with other keys.

    Under another key the same person gets other pseudonyms: searches, erasures and the vault would find nothing.

    Raises:
        KeyFileError: One is another than the root's ledgers say.
        LedgerError: A ledger can't be read.
    """
    here = {key.epoch: key.fingerprint for key in keys}
    for ledger in read_ledgers(root) if root.is_dir() else ():
        known = here.get(ledger.key_epoch)
        if known is not None and ledger.key_fingerprint not in ("", known):
            raise KeyFileError(
                f"the key of epoch {ledger.key_epoch} is not the one that {root} was written with: its fingerprint is"
                f" {known}, that of run {ledger.run_id} is {ledger.key_fingerprint}"
            )

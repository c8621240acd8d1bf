"""Claims: in which order runs commit one input.

The n-th claim of an input is the folder `_runs/claims/<checksum>.<n>` with the run's id in it. It comes by
one rename, which fails where such a folder is: a claim has one holder from its first moment, without a lock.
A run may claim after the last holder has committed or is gone, so claims stand in the order of the commits.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from pipelines.root.layout import CLAIMS, PENDING, RUNS, STAGING
from pipelines.root.liveness import is_dead
from pipelines.root.segment_files import is_awaited
from schemas.errors import LedgerError

PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.02


def last_claim(root: Path, checksum: str) -> tuple[int, str]:
    """Return the number of an input's last claim and the run that holds it; 0 and empty if there is none.

    Raises:
        LedgerError: The claim was changed: it has no holder, or several.
    """
    number = 0
    while _claim_folder(root, checksum, number + 1).exists():
        number += 1
    if not number:
        return 0, ""
    folder = _claim_folder(root, checksum, number)
    holders = os.listdir(folder) if folder.is_dir() else []
    if len(holders) != 1:
        raise LedgerError(f"{folder.relative_to(root)} is no claim: one run must hold it")
    return number, holders[0]


def claim(root: Path, run_id: str, checksum: str, roll_forward: Callable[[Path], None]) -> None:
    """Make this run the last holder of an input; wait for one that is committing just now.

    `roll_forward` finishes a run of which only the pending file is left.
    """
    ours = root / STAGING / run_id / f"claim-{uuid4().hex}"
    (ours / run_id).mkdir(parents=True)
    while True:
        number, holder = last_claim(root, checksum)
        if holder == run_id:
            return
        if number:
            _wait_for(root, holder, roll_forward)
        try:
            ours.rename(_claim_folder(root, checksum, number + 1))
        except OSError:
            if last_claim(root, checksum)[0] == number:
                raise


def _claim_folder(root: Path, checksum: str, number: int) -> Path:
    return root / RUNS / CLAIMS / f"{checksum}.{number}"


def _wait_for(root: Path, holder: str, roll_forward: Callable[[Path], None]) -> None:
    """Return when the holder has committed, is gone, or has shown nothing for longer than a commit takes."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        pending = root / RUNS / f"{holder}{PENDING}"
        if pending.exists():
            roll_forward(pending)
        if (root / RUNS / f"{holder}.json").exists() or is_gone(root, holder):
            return
        time.sleep(_POLL_SECONDS)


def is_gone(root: Path, run_id: str) -> bool:
    """Tell whether a run neither has a pending file nor can still write one.

    The attempts at the segments of a stream stand among the runs; one past its commit point is not gone.
    """
    staging = root / STAGING / run_id
    gone = not staging.exists() or is_dead(staging)
    return gone and not (root / RUNS / f"{run_id}{PENDING}").exists() and not is_awaited(root, run_id)

"""One erasure at a time: whoever rewrites the partitions of a root claims that first.

A claim is a staging folder of its own with its owner in it. Who sees another living claim after making his own takes
his back and tries later: so two never hold it, and what a dead process left is passed over.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from pipelines.root.layout import STAGING
from pipelines.root.liveness import is_dead
from pipelines.root.staging import clear_staging, make_staging
from schemas.errors import RetentionError

PATIENCE_SECONDS = 60.0
_PREFIX = "rewriting-"
_PAUSES = (0.02, 0.2)


@contextmanager
def rewriting(root: Path) -> Iterator[None]:
    """Hold a root's only claim to rewrite its partitions, waiting for whoever holds it.

    Raises:
        OutputError: The root can't be written.
        RetentionError: Another process held it for longer than a minute.
    """
    ours = _wait_for_claim(root)
    try:
        yield
    finally:
        clear_staging(ours)


def _wait_for_claim(root: Path) -> Path:
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        ours = _make(root)
        if not any(claim != ours and not is_dead(claim) for claim in _claims(root)):
            return ours
        clear_staging(ours)
        if time.monotonic() > patience:
            raise RetentionError(
                "another process is rewriting this root: wait until it is done, then try again"
            )
        time.sleep(random.uniform(*_PAUSES))


def _make(root: Path) -> Path:
    return make_staging(root, f"{_PREFIX}{uuid4().hex}")


def _claims(root: Path) -> list[Path]:
    return [path for path in (root / STAGING).glob(f"{_PREFIX}*") if path.is_dir()]

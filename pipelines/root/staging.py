"""Make staging folders that have their owner from their first moment: none is left whose process is not known."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from pipelines.root.layout import PLANS, RECEIPTS, RUNS, STAGING, output_errors
from pipelines.root.liveness import write_owner
from schemas.errors import OutputError


def make_staging(root: Path, name: str) -> Path:
    """Return a staging folder of this process under a root; it appears by one rename, with its owner in it.

    Raises:
        OutputError: The root can't be written, or a folder of ours in it is a link, which may lead anywhere.
    """
    for folder in (STAGING, RUNS, RECEIPTS, PLANS):
        if (root / folder).is_symlink():
            raise OutputError(f"{folder} in {root} is a symbolic link; move that away")
    made = root / STAGING / f".{uuid4().hex}"
    staging = root / STAGING / name
    with output_errors(root):
        try:
            made.mkdir(parents=True)
            write_owner(made)
            made.rename(staging)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            raise
    return staging


def clear_staging(staging: Path) -> None:
    """Remove a staging folder: it loses its name first, so that none is ever seen without its owner."""
    nameless = staging.with_name(f".{uuid4().hex}")
    with suppress(OSError):
        staging.rename(nameless)
    shutil.rmtree(nameless, ignore_errors=True)


@contextmanager
def staging_folder(root: Path, kind: str) -> Iterator[Path]:
    """Yield a staging folder of this process, which is gone afterwards, or swept if the process dies.

    Raises:
        OutputError: The root can't be written.
    """
    staging = make_staging(root, f"{kind}-{uuid4().hex}")
    try:
        yield staging
    finally:
        clear_staging(staging)

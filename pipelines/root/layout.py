"""Where things stand under an output root, and how a file is put there whole.

category=<category>/expires_on=<date>/part-<input>-<part>.avro
_runs/<run id>.json            ledgers; <run id>.pending.json while a run is being committed
_runs/claims/<checksum>.<n>    which run committed an input for the n-th time
_staging/<run id>/             what a run has written and not committed
_plans/                        what an expiry is going to delete
_receipts/<number>/            what was deleted, when and why
_stream/                       what was read of topics (`pipelines.root.segment_files`)
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from pipelines.durable import sync_folder
from schemas.errors import OutputError

RUNS = "_runs"
CLAIMS = "claims"
STAGING = "_staging"
PLANS = "_plans"
STREAM = "_stream"
RECEIPTS = "_receipts"
PENDING = ".pending.json"


def real_root(root: Path) -> Path:
    """Return a root's path without links; a loop of links stays as it is, and is refused where it is opened."""
    return Path(os.path.realpath(root))


def check_root(root: Path) -> None:
    """Refuse what is no output root: a folder into which no run and no stream was ever committed.

    Raises:
        OutputError: It is not there, or holds neither `_runs` nor `_stream`.
    """
    try:
        names = [entry.name for entry in os.scandir(root) if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise OutputError(f"{root} is no output root: {error.strerror}") from None
    if not {RUNS, STREAM} & set(names):
        raise OutputError(f"{root} is no output root: there is no {RUNS} in it")


@contextmanager
def output_errors(root: Path) -> Iterator[None]:
    """Turn an operating system's refusal into one clear line.

    Raises:
        OutputError: The file system under the root refused.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write to the output root {root}: {error.strerror}") from error


def write_whole(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees all of it or nothing, also after a crash."""
    temporary = path.with_name(f".{uuid4().hex}.tmp")
    try:
        with open(temporary, "wb") as out:
            out.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)

"""Redact the files that come into a folder, each once when it is whole: objects shipped to COS or CFS, mounted.

Each turn is a run of the batch job, with its claims: a file that was redacted before, by whatever process, is passed
over by its checksum.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.jobs.redaction import RedactionJob, run_redaction
from pipelines.sources.found import FoundInput
from schemas.errors import InputError, OutputError
from schemas.ledger import Ledger

logger = logging.getLogger(__name__)

MOST_FILES = 200

_State = tuple[int, int]


@dataclass
class FolderWatch:
    """Tells which files of a folder are whole and were not given out before.

    A file is whole when its size and its time have not changed for `stable_seconds` by this process's own clock, or,
    with a `marker`, when a file of its name and that ending stands beside it. Hidden files are none, nor is what stands
    under the output `root`.
    """

    folder: Path
    root: Path
    stable_seconds: float
    marker: str | None = None
    clock: Callable[[], float] = time.monotonic
    _since: dict[Path, tuple[_State, float]] = field(default_factory=dict, repr=False)
    _given: dict[Path, _State] = field(default_factory=dict, repr=False)

    def whole_files(self) -> list[Path]:
        """Return files that are whole, in order of their names; each is given out again only if it changes.

        Raises:
            InputError: The folder can't be read.
        """
        now = self.clock()
        found = dict(self._files())
        self._since = {path: self._noticed(path, state, now) for path, state in found.items()}
        self._given = {path: state for path, state in self._given.items() if path in found}
        whole = [
            path
            for path in sorted(found)
            if self._given.get(path) != found[path] and self._is_whole(path, now)
        ]
        chosen = whole[:MOST_FILES]
        self._given.update({path: found[path] for path in chosen})
        return chosen

    def waiting(self) -> bool:
        """Tell whether files are there that will be given out if they stay as they are."""
        return any(
            self._given.get(path) != state and (self.marker is None or self._is_marked(path))
            for path, (state, _) in self._since.items()
        )

    def give_again(self, paths: Sequence[Path]) -> None:
        """Give out files once more, as what became of them is to be tried again."""
        for path in paths:
            self._given.pop(path, None)

    def _noticed(self, path: Path, state: _State, now: float) -> tuple[_State, float]:
        known = self._since.get(path)
        return known if known is not None and known[0] == state else (state, now)

    def _is_whole(self, path: Path, now: float) -> bool:
        if self.marker is not None:
            return self._is_marked(path)
        return now - self._since[path][1] >= self.stable_seconds

    def _is_marked(self, path: Path) -> bool:
        return path.with_name(f"{path.name}{self.marker}").exists()

    def _files(self) -> Iterator[tuple[Path, _State]]:
        def refuse(error: OSError) -> None:
            raise InputError(f"the watched folder can't be read: {error.strerror}") from None

        for folder, folders, names in os.walk(self.folder, onerror=refuse):
            folders[:] = [name for name in folders if name[0] != "." and Path(folder, name) != self.root]
            for name in names:
                if name[0] == "." or (self.marker is not None and name.endswith(self.marker)):
                    continue
                try:
                    status = os.stat(os.path.join(folder, name))
                except FileNotFoundError:
                    continue
                yield Path(folder, name), (status.st_size, status.st_mtime_ns)


def watch_folder(
    job: RedactionJob,
    watch: FolderWatch,
    poll_seconds: float,
    stop: threading.Event,
    until_caught_up: bool = False,
    show: Callable[[Ledger], None] = lambda _: None,
) -> None:
    """Redact what comes into a folder until told to stop, or until every file there was redacted.

    A file that can't be read is named in the log and left until it changes; a root that can't be written is waited for.

    Raises:
        InputError: The folder can't be read.
        LogveilError: A run failed in another way.
    """
    while not stop.is_set():
        paths = watch.whole_files()
        if paths:
            _redact(job, watch, paths, show)
            continue
        if until_caught_up and not watch.waiting():
            return
        stop.wait(poll_seconds)


def _redact(
    job: RedactionJob, watch: FolderWatch, paths: Sequence[Path], show: Callable[[Ledger], None]
) -> None:
    inputs = [FoundInput(path, str(path)) for path in paths]
    try:
        ledger = run_redaction(replace(job, inputs=inputs, now=datetime.now(UTC)))
    except InputError as error:
        if len(paths) == 1:
            logger.warning("left alone until it changes: %s", error)
            return
        for path in paths:
            _redact(job, watch, [path], show)
        return
    except OutputError as error:
        logger.warning("waiting: %s", error)
        watch.give_again(paths)
        return
    if ledger.inputs:
        show(ledger)

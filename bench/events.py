"""The events that the benchmarks read: made once, cut, lengthened, shuffled."""

import json
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from jobs import make_events

TEXT_FIELDS = ("description", "error_message", "output")


@dataclass
class Events:
    """Files of events in a folder, each made when it is first asked for; a smaller one is the start of a larger."""

    folder: Path
    largest: int

    def first(self, count: int) -> Path:
        """Return a file of the first events."""
        return self._once(f"first-{count}", lambda path: self._cut(path, count))

    def seeded(self, seed: str, count: int, *options: str) -> Path:
        """Return a file of other events."""
        return self._once(f"{seed}-{count}", lambda path: make_events(path, count, seed, *options))

    def long(self, count: int, times: int) -> Path:
        """Return the first events with texts of that many events each."""
        return self._derived(f"long-{count}-{times}", count, lambda lines: lengthen(lines, times))

    def shuffled(self, source: Path) -> Path:
        """Return a file of the same lines in another order."""

        def shuffle(path: Path) -> None:
            lines = source.read_bytes().splitlines(keepends=True)
            random.Random(1).shuffle(lines)
            path.write_bytes(b"".join(lines))

        return self._once(f"shuffled-{source.stem}", shuffle)

    def _derived(self, name: str, count: int, change: Callable[[Iterable[bytes]], Iterator[bytes]]) -> Path:
        def write(path: Path) -> None:
            with self.first(count).open("rb") as lines, path.open("wb") as out:
                out.writelines(change(lines))

        return self._once(name, write)

    def _cut(self, path: Path, count: int) -> None:
        if count >= self.largest:
            make_events(path, count)
            return
        with self.first(self.largest).open("rb") as lines, path.open("wb") as out:
            out.writelines(islice(lines, count))

    def _once(self, name: str, write: Callable[[Path], object]) -> Path:
        path = self.folder / f"{name}.jsonl"
        if not path.exists():
            write(path)
        return path


def lengthen(lines: Iterable[bytes], times: int) -> Iterator[bytes]:
    """Yield events whose texts are those of as many events in a row, each on a line.

    Example:
        >>> lines = [b'{"output":"a"}', b'{"output":"b"}', b'{"output":"c"}']
        >>> list(lengthen(lines, 2))
        [b'{"output":"a"}\\n', b'{"output":"a\\\\nb"}\\n', b'{"output":"b\\\\nc"}\\n']
    """
    recent: deque[dict] = deque(maxlen=times)
    for line in lines:
        event = json.loads(line)
        recent.append(event)
        texts = {
            field: "\n".join(str(other[field]) for other in recent if other.get(field))
            for field in TEXT_FIELDS
            if field in event
        }
        yield json.dumps(event | texts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

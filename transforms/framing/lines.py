"""Cut blocks of bytes into lines, each with its place, without ever holding more than one event's limit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.events import RawRecord, Reason, Source
from transforms.batches.slices import slices

BATCH_RECORDS = 250
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Span:
    """The byte range whose lines are wanted: those that start in [start, end); no end means all the rest."""

    start: int = 0
    end: int | None = None

    @property
    def read_from(self) -> int:
        """Return where reading begins: one byte early, to see whether a line starts at `start`."""
        return max(0, self.start - 1)


def frame_lines(
    blocks: Iterable[bytes], source: Source, max_event_bytes: int, span: Span | None = None
) -> Iterator[list[RawRecord]]:
    """Return batches of the lines that start in a span, given the blocks from its `read_from` on.

    A line ends with LF or CR LF; the last one may have no end. A line longer than the limit (in bytes) is
    dropped as it passes and becomes a record without data that is `TOO_LONG`.

    Example:
        >>> [r.data for batch in frame_lines([b"a\\nb", b"b\\r\\n"], Source("x"), 9) for r in batch]
        [b'a', b'bb']
        >>> [r.data for batch in frame_lines([b"\\nbb\\nc\\n"], Source("x"), 9, Span(2, 5)) for r in batch]
        [b'bb']
    """
    framer = _LineFramer(source, max_event_bytes, span or Span())
    for block in blocks:
        yield from slices(framer.feed(block), BATCH_RECORDS)
        if framer.done:
            return
    yield from slices(framer.finish(), BATCH_RECORDS)


class _LineFramer:
    def __init__(self, source: Source, max_event_bytes: int, span: Span) -> None:
        self._source = source
        self._limit = max_event_bytes
        self._end = span.end
        self._offset = span.read_from  # of the first byte of the line that is being read
        self._line = 0
        self._carry = b""
        self._passed = 0  # bytes of a line too long that were dropped already
        self._skip_first = span.start > 0
        self.done = self._ended()

    def feed(self, block: bytes) -> list[RawRecord]:
        """Return the records of the lines that end in a block."""
        if b"\n" not in block:
            self._hold(block)
            return []
        whole = self._carry + block
        lines = whole.split(b"\n")
        rest = lines.pop()
        self._carry = b""
        records: list[RawRecord] = []
        if self._is_plain(whole, len(rest)):
            self._emit_plain(lines, b"\r" in whole, records)
        else:
            for line in lines:
                self._emit(line, 1, records)
                if self._ended():
                    self.done = True
                    return records
        self.done = self._ended()
        self._hold(rest)
        return records

    def _is_plain(self, whole: bytes, rest: int) -> bool:
        """Tell whether every line of a block is wanted and short enough, which a look at its edges shows."""
        return (
            not self._skip_first
            and not self._passed
            and len(whole) <= self._limit
            and (self._end is None or self._offset + len(whole) - rest <= self._end)
        )

    def _emit_plain(self, lines: list[bytes], with_returns: bool, records: list[RawRecord]) -> None:
        source, offset, number = self._source, self._offset, self._line
        for line in lines:
            number += 1
            data = line[:-1] if with_returns and line[-1:] == b"\r" else line
            records.append(RawRecord(data, source, offset, number))
            offset += len(line) + 1
        self._offset, self._line = offset, number

    def finish(self) -> list[RawRecord]:
        """Return the record of the last line if it has no end."""
        records: list[RawRecord] = []
        if self._carry or self._passed:
            self._emit(self._carry, 0, records)
        return records

    def _ended(self) -> bool:
        return self._end is not None and self._offset >= self._end

    def _hold(self, piece: bytes) -> None:
        self._carry = self._carry + piece if self._carry else piece
        if self._skip_first or self._passed or len(self._carry) > self._limit + 1:
            self._passed += max(0, len(self._carry) - 1)
            self._carry = self._carry[-1:]  # it may be the CR of the line's end

    def _emit(self, line: bytes, end_bytes: int, records: list[RawRecord]) -> None:
        length = self._passed + len(line)
        offset = self._offset
        self._offset += length + end_bytes
        self._passed = 0
        if self._skip_first:
            self._skip_first = False
            return
        self._line += 1
        if line[-1:] == b"\r":
            line = line[:-1]
            length -= 1
        if length > self._limit:
            records.append(RawRecord(b"", self._source, offset, self._line, length, Reason.TOO_LONG))
        else:
            records.append(RawRecord(line, self._source, offset, self._line))

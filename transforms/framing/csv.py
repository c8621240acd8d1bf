"""Cut lines into the rows of a CSV (RFC 4180): a row goes on over line ends that stand between quotes."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemas.events import RawRecord, Reason
from transforms.framing.csv_dialect import Dialect


def frame_rows(
    batches: Iterable[list[RawRecord]], dialect: Dialect, max_event_bytes: int
) -> Iterator[list[RawRecord]]:
    """Return batches of rows, given batches of all lines of a CSV; all up to the header is left out.

    A row longer than the limit (in bytes) becomes a record without data that is `TOO_LONG`, and the next line
    starts a row, so that a quote that is never closed doesn't take the rest of the file with it. Rows of another
    dialect than RFC 4180's are written anew with commas.

    Example:
        >>> from schemas.events import Source
        >>> lines = [RawRecord(line, Source("x")) for line in (b"a,b", b'1,"2', b'3"', b"4,5")]
        >>> [row.data for batch in frame_rows([lines], Dialect(("a", "b")), 99) for row in batch]
        [b'1,"2\\n3"', b'4,5']
    """
    joiner = _RowJoiner(dialect, max_event_bytes)
    for batch in batches:
        rows = [row for line in batch if (row := joiner.take(line)) is not None]
        if rows:
            yield rows
    last = joiner.finish()
    if last is not None:
        yield [last]


class _RowJoiner:
    def __init__(self, dialect: Dialect, max_event_bytes: int) -> None:
        self._dialect = dialect
        self._quote = dialect.quote.encode()
        self._is_plain = (dialect.separator, dialect.quote) == (",", '"')
        self._limit = max_event_bytes
        self._left_of_header = dialect.header_lines
        self._first: RawRecord | None = None
        self._lines: list[bytes] = []
        self._length = 0

    def take(self, line: RawRecord) -> RawRecord | None:
        """Return the row that a line ends, or None."""
        if self._left_of_header:
            self._left_of_header -= 1
            return None
        if line.fault is not None and self._first is None:
            return line
        if self._dialect.has_directives and line.data[:1] == b"#":
            return None
        is_odd = line.data.count(self._quote) % 2 == 1
        if self._first is None and not is_odd:
            return self._row(line, line.data)
        if self._first is None:
            self._first = line
        self._hold(line)
        is_closed = is_odd and len(self._lines) > 1
        return self.finish() if is_closed or self._length > self._limit + 1 else None

    def finish(self) -> RawRecord | None:
        """Return the row that has begun, complete or not."""
        if self._first is None:
            return None
        first, length = self._first, self._length - 1
        data = b"\n".join(self._lines)
        self._first, self._lines, self._length = None, [], 0
        if length > self._limit:
            return replace(first, data=b"", length=length, fault=Reason.TOO_LONG)
        return self._row(first, data)

    def _hold(self, line: RawRecord) -> None:
        self._length += (len(line.data) if line.fault is None else line.length) + 1
        self._lines.append(line.data)

    def _row(self, first: RawRecord, data: bytes) -> RawRecord:
        if not self._is_plain:
            data = _with_commas(data, self._dialect)
        return first if data is first.data else replace(first, data=data)


def _with_commas(data: bytes, dialect: Dialect) -> bytes:
    text = data.decode(errors="surrogateescape")
    if not text.strip():
        return data
    written = io.StringIO(newline="")
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        skipinitialspace=dialect.separator != "\t",
    )
    values = next(rows, [])
    if dialect.has_directives:
        values = ["" if value == "-" else value for value in values]
    csv.writer(written, lineterminator="").writerow(values)
    return written.getvalue().encode(errors="surrogateescape")

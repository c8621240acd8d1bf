"""Tell whether a text is a CSV with a header, and in which dialect: as consoles, Kibana and spreadsheets write it."""

import csv
import io
import re
import unicodedata
from collections import Counter
from typing import NamedTuple

SEPARATORS = (",", "\t", ";", "|")
_QUOTES = ('"', "'")
_STATED = re.compile(r"\"?sep=(.|\\t)\"?", re.IGNORECASE)
_COLUMN = re.compile(r"[@#%$\w][\w .%()/@:\[\]-]{0,63}")
_WORDS = 4
_LONGEST_HEADER = 20
_LIKE_ROWS = 2
_LOOKED_AT = 20
_FEWEST_VALUES = 3
_VALUE = re.compile(r"\d{3}|\d:\d")
_TIME_COLUMN = re.compile(
    r"@?_*(?:timestamp|instant|ts)_*|@timestamp.*|submit|realtime"
    r"|_*(?:[a-z]+[_ ./-]?)?(?:time|timestamp|date|datetime|datum)(?:[_ .-]?(?:utc|local|iso8601|ms))?(?: ?\(.*\))?"
    r"|(?:time|date)[a-z_ ]{0,16}(?: ?[\[(].*[\])])?|.*(?:时间|日期).*",
    re.IGNORECASE,
)


class Dialect(NamedTuple):
    """How a CSV is written: its columns, what separates and quotes values, and the lines up to the header's end.

    With `has_directives`, lines that begin with # are none of its rows, and - stands for no value.
    """

    columns: tuple[str, ...]
    separator: str = ","
    quote: str = '"'
    header_lines: int = 1
    has_time: bool = True
    has_directives: bool = False


NO_DIALECT = Dialect(())
"""That of a file that is no CSV."""


def csv_dialect(text: str, is_forced: bool = False) -> Dialect | None:
    """Return the dialect of a CSV by the first lines of it, None if it has no header.

    A header is a row of names, one of them a time's; names may be repeated or empty. Blank lines and Excel's line
    `sep=` may stand before it. Without a time, a row of at least three names is a header if the next rows have as many
    values. The separator is the stated one, else the one that gives most columns.

    Example:
        >>> csv_dialect('sep=;\\ntime;"user name";message;\\n')[:4]
        (('time', 'user name', 'message', ''), ';', '"', 2)
        >>> csv_dialect("hello, world")
    """
    lines = text.splitlines()
    if lines and lines[0].startswith("#"):
        return _with_directives(lines)
    skipped, stated = 0, None
    while skipped < len(lines):
        match = _STATED.fullmatch(lines[skipped].strip())
        if match is not None:
            stated = match[1].replace("\\t", "\t")
        elif lines[skipped].strip(" \t,;|"):
            break
        skipped += 1
    rows = lines[skipped:]
    if not rows:
        return None
    rows = _with_whole_header(rows)
    quote = "'" if rows[0].lstrip().startswith("'") and rows[0].count("'") > 1 else '"'
    found = max(
        (_columns(rows[0], separator, quote) for separator in ([stated] if stated else SEPARATORS)), key=len
    )
    separator = stated or next(one for one in SEPARATORS if _columns(rows[0], one, quote) == found)
    header_lines = skipped + 1 + rows[0].count("\n")
    dialect = Dialect(found, separator, quote, header_lines, any(map(_TIME_COLUMN.fullmatch, found)))
    return dialect if is_forced or _is_header(dialect, rows[1:]) else None


def _with_directives(lines: list[str]) -> Dialect | None:
    """Return the dialect of the W3C's extended log format, and of Zeek: a directive names the columns."""
    for number, line in enumerate(lines):
        name, _, columns = line.replace("\t", " ").partition(" ")
        if name.rstrip(":").lower() == "#fields":
            names = tuple(columns.split())
            row = next((row for row in lines[number + 1 :] if row and not row.startswith("#")), "")
            separator = "\t" if row.count("\t") == len(names) - 1 else " "
            has_time = any(map(_TIME_COLUMN.fullmatch, names))
            return Dialect(names, separator, '"', number + 1, has_time, has_directives=True)
        if not line.startswith("#"):
            break
    return None


def _with_whole_header(rows: list[str]) -> list[str]:
    """Return rows of which the first is a whole header: one whose quotes are closed, over several lines if need be."""
    for count in range(1, min(len(rows), _LONGEST_HEADER) + 1):
        header = "\n".join(rows[:count])
        if header.count('"') % 2 == 0:
            return [header, *rows[count:]]
    return rows


def _columns(line: str, separator: str, quote: str) -> tuple[str, ...]:
    row = next(
        csv.reader(
            io.StringIO(line, newline=""), delimiter=separator, quotechar=quote, skipinitialspace=True
        ),
        [],
    )
    return tuple(unicodedata.normalize("NFC", name.strip()) for name in row)


def _is_header(dialect: Dialect, rows: list[str]) -> bool:
    named = [name for name in dialect.columns if name]
    if len(named) < 2 or not all(map(_is_name, named)):
        return False
    if dialect.has_time:
        return True
    counts = Counter(
        len(_columns(row, dialect.separator, dialect.quote)) for row in rows[:_LOOKED_AT] if row.strip()
    )
    like = counts[len(dialect.columns)]
    repeated = any(_is_repeated(dialect, row) for row in rows[:_LOOKED_AT])
    is_alike = like >= _LIKE_ROWS and like * 2 >= counts.total()
    return len(set(named)) == len(named) > 2 and is_alike and not repeated


def _is_name(name: str) -> bool:
    return _COLUMN.fullmatch(name) is not None and len(name.split()) <= _WORDS and not _VALUE.search(name)


def _is_repeated(dialect: Dialect, row: str) -> bool:
    """Tell whether a row has a name of the header as its value: then that was a row too."""
    return any(
        name and name == value
        for name, value in zip(dialect.columns, _columns(row, *dialect[1:3]), strict=False)
    )


def looks_like_rows(text: str) -> bool:
    """Tell whether a text may be a CSV without a header: its first lines have as many values each, three or more.

    Example:
        >>> looks_like_rows("1,a,x\\n2,b,y\\n3,c,z\\n"), looks_like_rows("one, two\\nthree\\nfour, five\\n")
        (True, False)
    """
    rows = [row for row in text.splitlines()[: _LOOKED_AT + 1] if row.strip()][:_LOOKED_AT]
    if len(rows) < _FEWEST_VALUES:
        return False
    sizes = ({len(_columns(row, separator, '"')) for row in rows} for separator in SEPARATORS)
    return any(len(size) == 1 and min(size) >= _FEWEST_VALUES for size in sizes)

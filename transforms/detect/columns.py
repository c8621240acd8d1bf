"""Find values below a heading that names them: tables as squeue, sacct, sreport and exports of databases print them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.detect.spans import Span
from transforms.detect.value_shapes import Value, fits
from transforms.detect.vocabulary import (
    DIGITS,
    NAMED,
    NUMBERED,
    PASSWORD,
    PERSON,
    SUSPECT,
    TEXT,
    Vocabulary,
)

COLUMN = "column"
"""Name of this recognizer."""

_SCORE = 0.8
_SHAPES = frozenset((NAMED, SUSPECT, NUMBERED, PERSON, DIGITS, TEXT, PASSWORD))
_NAMES = (
    "user|username|user[_ ]?name|user[_ ]?id|owner|login|submitter|operator|author|uploader|creator|requester|(?:proper|full|display|patient|first|last|given|family)[_ ]?name"
    "|e-?mail|phone|mobile|mrn|patient[_ ]?id|password|用户|用户名|账号|姓名|手机|手机号|邮箱"
)
_BEHIND = r"\"?[ \t]*(?:[|,;\t\n]|[ ](?:[A-Z(%#]|[\x80-\xff]))"
_HEADING = re.compile(
    rf"(?:(?<![^\n])|(?<=[ \t|,;\"]))(?i:{_NAMES})(?=/|\"?[ \t]*(?:[|,;\t\n]|[ ](?:[A-Z(%#]|[^\x00-\x7f])))"
)
_TITLE = re.compile(r"[A-Za-z%#\u0080-\U0010ffff(][\w /()%#.-]{0,40}")
_GAP = re.compile(r"\S[ ]{2,}\S")
_WORD, _WORDS = re.compile(r"\S+"), re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"[-=+| \t]+")
_LONGEST_LINE = 2000
_MOST_ROWS = 5000
_FEWEST_TITLES = 3
_FEWEST_DIGITS = 5
ALIGNED, COUNTED = "", " "
"""How cells are told apart where no delimiter does it: by their place below the heading, or by their number."""


class _Cell(NamedTuple):
    """A cell of a line, by its places in the line."""

    start: int
    end: int


class _Column(NamedTuple):
    key: str
    kind: str
    shape: str
    cell: _Cell
    number: int


class Columns:
    """Recognizes the values of a table by the headings of its columns."""

    name = COLUMN
    source = "tables with a heading: a column's name is the key of what stands below it"
    trigger = rf"(?i:{_NAMES})(?:/|{_BEHIND})"

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._classify = vocabulary.classify
        self.kinds = vocabulary.kinds

    def find(self, text: str) -> Iterator[Span]:
        """Yield the values below headings, table by table."""
        done = 0
        for found in _HEADING.finditer(text):
            start = text.rfind("\n", 0, found.start()) + 1
            end = text.find("\n", found.start(), start + _LONGEST_LINE)
            if start >= done and end >= 0:
                done = end
                yield from self._table(text, text[start:end], end + 1)

    def _table(self, text: str, heading: str, at: int) -> Iterator[Span]:
        delimiter = _delimiter(heading)
        titles = _cells(heading, delimiter)
        columns = list(self._columns(heading, titles)) if _are_titles(heading, titles, delimiter) else []
        for start, row in _rows(text, at) if columns else ():
            cells = _cells(row, delimiter)
            if delimiter.strip() and len(cells) != len(titles):
                return
            for column in columns:
                value = _below(column, row, cells, delimiter)
                if value is not None and _is_value(column, row[value.start : value.end]):
                    yield Span(start + value.start, start + value.end, column.kind, _SCORE, COLUMN)

    def _columns(self, heading: str, titles: Sequence[_Cell]) -> Iterator[_Column]:
        for number, cell in enumerate(titles):
            key = heading[cell.start : cell.end].partition("/")[0]
            found = self._classify(key.replace(" ", "_"))
            # An account is a project there where jobs are charged to one.
            if found is not None and found[1] in _SHAPES and key.lower() != "account":
                yield _Column(key, *found, cell, number)


def _delimiter(heading: str) -> str:
    for delimiter in "|\t;,":
        if delimiter in heading:
            return delimiter
    return COUNTED if _GAP.search(heading) is None else ALIGNED


def _cells(line: str, delimiter: str) -> list[_Cell]:
    if not delimiter.strip(" "):
        pattern = _WORDS if delimiter == ALIGNED else _WORD
        return [_Cell(*match.span()) for match in pattern.finditer(line)]
    cells: list[_Cell] = []
    start = 0
    for part in line.split(delimiter):
        inner = part.strip(" \"'\r")
        first = start + part.find(inner)
        cells.append(_Cell(first, first + len(inner)))
        start += len(part) + 1
    return cells


def _are_titles(heading: str, titles: Sequence[_Cell], delimiter: str) -> bool:
    """Tell whether a line is a heading: nothing but titles, in capitals if single blanks stand between them."""
    if len(titles) < (2 if delimiter.strip(" ") else _FEWEST_TITLES):
        return False
    if delimiter == COUNTED and not heading.isupper():
        return False
    if delimiter in (",", ";") and f"{delimiter} " in heading:
        return False
    return all(start == end or _TITLE.fullmatch(heading, start, end) for start, end in titles)


def _rows(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Yield the lines below a heading up to an empty one, without rules, each with its place."""
    for _ in range(_MOST_ROWS):
        end = text.find("\n", at)
        row = text[at : len(text) if end < 0 else end]
        if not row.strip():
            return
        if _RULE.fullmatch(row) is None and len(row) <= _LONGEST_LINE:
            yield at, row
        if end < 0:
            return
        at = end + 1


def _below(column: _Column, row: str, cells: Sequence[_Cell], delimiter: str) -> _Cell | None:
    if delimiter != ALIGNED:
        return cells[column.number] if column.number < len(cells) else None
    pattern = _WORDS if column.shape == PERSON else _WORD
    places = (_Cell(*match.span()) for match in pattern.finditer(row))
    return next((one for one in places if one.start < column.cell.end and column.cell.start < one.end), None)


def _is_value(column: _Column, value: str) -> bool:
    if column.shape == NUMBERED and sum(map(str.isdigit, value)) < _FEWEST_DIGITS:
        return False
    return bool(value) and fits(Value(column.key, value, False, False, False), column.shape)

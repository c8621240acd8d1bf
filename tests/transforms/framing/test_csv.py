"""Cutting lines into CSV rows."""

import pytest

from schemas.events import RawRecord, Reason, Source
from transforms.framing.csv import frame_rows
from transforms.framing.csv_dialect import Dialect, csv_dialect
from transforms.framing.lines import frame_lines


def rows_of(data: bytes, separator: str = ",", limit: int = 99) -> list[tuple[bytes, Reason | None, int]]:
    lines = frame_lines([data], Source("x"), limit)
    dialect = csv_dialect(data.decode(), is_forced=True)
    assert dialect is not None
    assert dialect.separator == separator
    return [(row.data, row.fault, row.offset) for batch in frame_rows(lines, dialect, limit) for row in batch]


@pytest.mark.parametrize(
    ("data", "separator", "rows"),
    [
        pytest.param(b"a,b\n1,2\n", ",", [(b"1,2", None, 4)], id="plain"),
        pytest.param(
            b'a,b\n1,"2\n\n3"\n4,5',
            ",",
            [(b'1,"2\n\n3"', None, 4), (b"4,5", None, 13)],
            id="quoted_newline",
        ),
        pytest.param(b'a,b\n"x ""y""",2\n', ",", [(b'"x ""y""",2', None, 4)], id="doubled_quote"),
        pytest.param(b'"a\nb",c\n1,2\n', ",", [(b"1,2", None, 8)], id="newline_in_the_header"),
        pytest.param(b"a;b\n1,5;2\n", ";", [(b'"1,5",2', None, 4)], id="other_separator"),
        pytest.param(b'a,b\n1,"2\n', ",", [(b'1,"2', None, 4)], id="never_closed"),
        pytest.param(b"a,b\n", ",", [], id="header_alone"),
    ],
)
def test_a_row_goes_on_between_quotes(
    data: bytes, separator: str, rows: list[tuple[bytes, Reason | None, int]]
) -> None:
    assert rows_of(data, separator) == rows


def test_a_quote_that_is_never_closed_does_not_take_the_rest_of_the_file() -> None:
    records = [RawRecord(line, Source("x")) for line in (b"a,b", b'1,"', b"2345678901234", b"4,5")]
    rows = [row for batch in frame_rows([records], Dialect(("a", "b")), 12) for row in batch]
    assert [(row.data, row.fault) for row in rows] == [(b"", Reason.TOO_LONG), (b"4,5", None)]

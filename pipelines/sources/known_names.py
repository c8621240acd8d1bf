"""Read a file of account names: one UIN or user name a line, or CSV whose first line names its columns."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from pathlib import Path

from schemas.accounts import UIN_FIELD, USERNAME_FIELD
from schemas.errors import InputError
from schemas.policy.policy import Policy
from transforms.detect.known_table import NAME, UIN

_KINDS = {UIN_FIELD: UIN, USERNAME_FIELD: NAME}
_SHORTEST_UIN = 5


def read_known_names(path: Path, policy: Policy) -> Iterator[tuple[bytes, str]]:
    """Yield the UINs and user names of a file, each with its kind; digits alone are both.

    Columns are told by the policy's spellings of `uin` and `username`; others are passed over.

    Raises:
        InputError: The file cannot be read, has several columns and none that is named so, or holds no name.
    """
    found = False
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            for kind, name in _names(csv.reader(file, strict=True), policy):
                found = True
                yield kind, name
    except (OSError, UnicodeError, csv.Error) as error:
        why = _why(error)
        raise InputError(f"the file of known accounts cannot be read: {why}", f"{path}: {why}") from None
    if not found:
        raise InputError("the file of known accounts holds none", f"{path}: it holds no account")


def _encoding(path: Path) -> str:
    """Return how a file is encoded, as its first bytes say: UTF-16, as spreadsheets save text, else UTF-8."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8-sig"


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, UnicodeError):
        return "it is neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8"
    return "it is not CSV: a quote is not closed, or stands in a cell"


def _names(rows: Iterator[list[str]], policy: Policy) -> Iterator[tuple[bytes, str]]:
    columns: Sequence[bytes | None] | None = None
    for row in rows:
        if any("\0" in cell for cell in row):
            raise InputError("the file of known accounts holds a NUL character: save it as UTF-8")
        if columns is None:
            columns = _columns(row, policy)
            if columns is not None:
                continue
            columns = ()
        if columns:
            yield from (
                (kind, cell) for kind, cell in zip(columns, row, strict=False) if kind and cell.strip()
            )
        elif len(row) > 1:
            raise InputError("the file of known accounts has several columns, and no first line names them")
        elif row and row[0].strip():
            yield from _alone(row[0].strip())


def _columns(row: Sequence[str], policy: Policy) -> Sequence[bytes | None] | None:
    """Return the kind of each column by a first line that names any."""
    kinds = [_KINDS.get(policy.field_of(cell) or "") for cell in row]
    return kinds if any(kinds) else None


def _alone(name: str) -> Iterator[tuple[bytes, str]]:
    if name.isdecimal() and len(name) >= _SHORTEST_UIN:
        yield UIN, name
    yield NAME, name

"""Decide what a text is, by its first bytes and what they hold, and say why: the one place that does."""

from dataclasses import replace

from schemas.formats import FileFormat
from transforms.framing.csv_dialect import NO_DIALECT, Dialect, csv_dialect, looks_like_rows
from transforms.framing.encodings import UTF_8, as_utf8, detect_encoding, has_returns_alone, is_wide
from transforms.framing.formats import FORMATS
from transforms.framing.layout import Layout
from transforms.framing.magic import binary_name, is_log_group_list
from transforms.framing.telling import Head

_BOM = b"\xef\xbb\xbf"


class UnreadableError(Exception):
    """What a file is that is not read; the message names it."""


def recognise(
    head: bytes, is_whole: bool = False, format: FileFormat | None = None, encoding: str | None = None
) -> Layout:
    """Return what a file is, by the first bytes of it, unpacked; a format or encoding that is given holds.

    Example:
        >>> [recognise(head).format.value for head in (b'{"a":1}', b'{"Results":[', b"time,uin", b"hello")]
        ['json', 'searchlog', 'csv', 'text']
        >>> recognise(b"\\x7fELF\\x02\\x01\\x01\\x00")
        Traceback (most recent call last):
        ...
        transforms.framing.recognise.UnreadableError: an ELF program

    Raises:
        UnreadableError: It is no text; the message says what it is.
    """
    nuls = 0 if is_wide(head) else len(head) - len(head.lstrip(b"\0"))
    head = head[nuls:]
    if format is FileFormat.PROTOBUF or (format is None and is_log_group_list(head)):
        return Layout(FileFormat.PROTOBUF, "the tags of list, group and time", nuls=nuls)
    code, why = (encoding, "given") if encoding is not None else detect_encoding(head)
    if code != UTF_8:
        head = b"".join(as_utf8([head], code))
    head = head.removeprefix(_BOM)
    if (name := binary_name(head, format is None and encoding is None)) is not None:
        raise UnreadableError(name)
    returns_alone = has_returns_alone(head)
    if returns_alone:
        head = head.replace(b"\r", b"\n")
    layout = _layout(Head(head, is_whole), format)
    reasons = [layout.reason, f"{code}: {why}" if why else "", "CR alone ends lines" if returns_alone else ""]
    reasons.append(f"{nuls:,} NULs before it" if nuls else "")
    return replace(
        layout, reason="; ".join(filter(None, reasons)), encoding=code, returns_alone=returns_alone, nuls=nuls
    )


def _layout(head: Head, format: FileFormat | None) -> Layout:
    if format is FileFormat.CSV:
        return Layout(format, "given", dialect=_dialect(head, True) or NO_DIALECT)
    if format is not None:
        return Layout(format, "given")
    for known in FORMATS:
        reason = known.test(head) if known.test is not None else None
        if reason is not None:
            return Layout(known.name, reason)
    dialect = _dialect(head, False)
    if dialect is not None:
        time = "one of them a time" if dialect.has_time else "and rows of as many values"
        return Layout(FileFormat.CSV, f"a header of {len(dialect.columns)} names, {time}", dialect=dialect)
    if looks_like_rows(head.data.decode(errors="replace")):
        reason = "rows of values without a header that names them, read as text"
        return Layout(FileFormat.TEXT, reason, is_doubtful=True)
    return Layout(FileFormat.TEXT, "none of the other formats")


def _dialect(head: Head, is_forced: bool) -> Dialect | None:
    return csv_dialect(head.data.decode(errors="replace"), is_forced)

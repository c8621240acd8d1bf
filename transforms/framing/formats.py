"""The formats of texts: what tells each one, and how it is cut into records. A new format is one entry here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from schemas.events import RawRecord
from schemas.formats import FileFormat
from transforms.framing.containers import frame_pieces, read_cri, read_docker
from transforms.framing.csv import frame_rows
from transforms.framing.documents import frame_documents
from transforms.framing.encodings import UTF_8, as_utf8, with_line_feeds, without_nuls
from transforms.framing.layout import Framing
from transforms.framing.lines import frame_lines
from transforms.framing.log_groups import frame_log_groups
from transforms.framing.otlp import frame_otlp
from transforms.framing.telling import (
    Test,
    is_cri,
    is_docker,
    is_document,
    is_json_lines,
    is_otlp,
    is_search_log,
)
from transforms.framing.text_events import frame_text

Blocks = Iterable[bytes]
Batches = Iterator[list[RawRecord]]


@dataclass(frozen=True)
class Format:
    """One format: what tells it, how its blocks are cut, and whether a file of it may be read in parts.

    A part of JSON lines begins with any line, one of a text with an event.
    """

    name: FileFormat
    test: Test | None
    frame: Callable[[Blocks, Framing], Batches]
    in_parts: bool = False


def _lines(blocks: Blocks, framing: Framing) -> Batches:
    return frame_lines(blocks, framing.source, framing.max_event_bytes, framing.span)


def _documents(blocks: Blocks, framing: Framing) -> Batches:
    return frame_documents(blocks, framing.source, framing.max_event_bytes)


def _otlp(blocks: Blocks, framing: Framing) -> Batches:
    return frame_otlp(blocks, framing.source, framing.max_event_bytes)


def _docker(blocks: Blocks, framing: Framing) -> Batches:
    return frame_pieces(_lines(blocks, framing), read_docker, framing.max_event_bytes)


def _cri(blocks: Blocks, framing: Framing) -> Batches:
    return frame_pieces(_lines(blocks, framing), read_cri, framing.max_event_bytes)


def _rows(blocks: Blocks, framing: Framing) -> Batches:
    return frame_rows(_lines(blocks, framing), framing.layout.dialect, framing.max_event_bytes)


def _log_groups(blocks: Blocks, framing: Framing) -> Batches:
    return frame_log_groups(b"".join(blocks), framing.source, framing.max_event_bytes)


def _text(blocks: Blocks, framing: Framing) -> Batches:
    return frame_text(_lines(blocks, framing), framing.max_event_bytes, framing.lines)


FORMATS = (
    Format(FileFormat.SEARCHLOG, is_search_log, _documents),
    Format(FileFormat.OTLP, is_otlp, _otlp),
    Format(FileFormat.DOCKER, is_docker, _docker),
    Format(FileFormat.DOCUMENT, is_document, _documents),
    Format(FileFormat.JSON, is_json_lines, _lines, in_parts=True),
    Format(FileFormat.CRI, is_cri, _cri),
    Format(FileFormat.CSV, None, _rows),
    Format(FileFormat.PROTOBUF, None, _log_groups),
    Format(FileFormat.TEXT, None, _text, in_parts=True),
)
"""In the order in which they are asked. `recognise` itself tells those without a test."""

_BY_NAME = {format.name: format for format in FORMATS}


def format_of(name: FileFormat) -> Format:
    """Return the format of a name."""
    return _BY_NAME[name]


def frame(blocks: Blocks, framing: Framing) -> Batches:
    """Return the records of a text in batches, given its blocks as they are in the file, unpacked.

    Example:
        >>> from schemas.events import Source
        >>> from transforms.framing.recognise import recognise
        >>> data = b'[{"a": 1}, {"a": 2}]'
        >>> [r.data for batch in frame([data], Framing(Source("x"), 99, recognise(data))) for r in batch]
        [b'{"a": 1}', b'{"a": 2}']
    """
    layout = framing.layout
    if layout.nuls:
        blocks = without_nuls(blocks, layout.nuls)
    if layout.encoding != UTF_8:
        blocks = as_utf8(blocks, layout.encoding)
    if layout.returns_alone:
        blocks = with_line_feeds(blocks)
    return format_of(layout.format).frame(blocks, framing)

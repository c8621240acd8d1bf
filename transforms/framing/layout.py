"""What a text was recognised as, and what its framing needs besides."""

from dataclasses import dataclass
from typing import NamedTuple

from schemas.events import Source
from schemas.formats import FileFormat
from transforms.framing.csv_dialect import NO_DIALECT, Dialect
from transforms.framing.encodings import UTF_8
from transforms.framing.lines import Span
from transforms.framing.text_events import Lines


@dataclass(frozen=True)
class Layout:
    """What a text is and why: its format, its encoding, how its rows are written, and what stands before it.

    A doubtful one may be something else, which its reason names.
    """

    format: FileFormat
    reason: str
    encoding: str = UTF_8
    dialect: Dialect = NO_DIALECT
    returns_alone: bool = False
    nuls: int = 0
    is_doubtful: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether its bytes are UTF-8 from the first to the last."""
        return self.encoding == UTF_8 and not self.returns_alone and not self.nuls


class Framing(NamedTuple):
    """What a text is cut with: where it comes from, an event's limit in bytes, which part of it, and what it is."""

    source: Source
    max_event_bytes: int
    layout: Layout
    span: Span = Span()
    lines: Lines = Lines.EVENTS

"""Join the parts into which container runtimes cut a long line: Docker's json-file, and CRI's P and F lines."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import orjson

from schemas.events import RawRecord, Reason

UNENDED = "partial_line_without_end"
_CRI = re.compile(rb"(\d{4}-\d\d-\d\dT\S+) (stdout|stderr) ([PF])(?::\S*)?(?: (.*))?", re.DOTALL)


class Piece(NamedTuple):
    """One line of a container's log file: its time and stream, its text, and whether the text ends there."""

    time: Any
    stream: str
    text: str
    ends: bool


ReadPiece = Callable[[bytes], Piece | None]


def read_cri(line: bytes) -> Piece | None:
    """Return what a line of Kubernetes' CRI logging format holds, None if it is no such line.

    Example:
        >>> read_cri(b"2026-11-26T08:00:01Z stdout P half a")
        Piece(time='2026-11-26T08:00:01Z', stream='stdout', text='half a', ends=False)
    """
    match = _CRI.fullmatch(line)
    if match is None:
        return None
    time, stream, tag, text = match.groups()
    return Piece(time.decode(), stream.decode(), (text or b"").decode(errors="surrogateescape"), tag == b"F")


def read_docker(line: bytes) -> Piece | None:
    r"""Return what a line of Docker's json-file holds, None if it is no such line.

    Example:
        >>> read_docker(b'{"log":"done\\n","stream":"stdout","time":"2026-11-26T08:00:01Z"}').ends
        True
    """
    try:
        loaded = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(loaded, dict) or not isinstance(text := loaded.get("log"), str) or "time" not in loaded:
        return None
    return Piece(loaded["time"], str(loaded.get("stream")), text.removesuffix("\n"), text.endswith("\n"))


def frame_pieces(
    batches: Iterable[list[RawRecord]], read: ReadPiece, max_event_bytes: int
) -> Iterator[list[RawRecord]]:
    """Return batches of whole lines of a container as JSON events with time and content, given the lines of its file.

    A part is joined with those that follow it in its stream; it has the first part's time and place. One whose end
    never comes is an event with a repair. A line that is no piece stays as it is.

    Example:
        >>> from schemas.events import Source
        >>> lines = [b"2026-11-26T08:00:01Z stdout P a", b"2026-11-26T08:00:01Z stdout F b"]
        >>> records = [RawRecord(line, Source("x")) for line in lines]
        >>> next(frame_pieces([records], read_cri, 99))[0].data
        b'{"__TIMESTAMP__":"2026-11-26T08:00:01Z","stream":"stdout","__CONTENT__":"ab"}'
    """
    joiner = _Joiner(read, max_event_bytes)
    for batch in batches:
        whole = [record for line in batch if (record := joiner.take(line)) is not None]
        if whole:
            yield whole
    last = joiner.finish()
    if last:
        yield last


@dataclass(slots=True)
class _Begun:
    record: RawRecord
    time: Any
    texts: list[str] = field(default_factory=list)
    length: int = 0


class _Joiner:
    def __init__(self, read: ReadPiece, limit: int) -> None:
        self._read = read
        self._limit = limit
        self._begun: dict[str, _Begun] = {}

    def take(self, line: RawRecord) -> RawRecord | None:
        """Return the event that a line ends, or None."""
        piece = self._read(line.data) if line.fault is None else None
        if piece is None:
            return line
        begun = self._begun.get(piece.stream)
        if begun is None:
            begun = self._begun[piece.stream] = _Begun(line, piece.time)
        begun.length += len(piece.text)
        if begun.length <= self._limit:
            begun.texts.append(piece.text)
        else:
            begun.texts.clear()
        if not piece.ends:
            return None
        del self._begun[piece.stream]
        return self._whole(piece.stream, begun)

    def finish(self) -> list[RawRecord]:
        """Return the events whose ends never came."""
        return [replace(self._whole(stream, begun), repair=UNENDED) for stream, begun in self._begun.items()]

    def _whole(self, stream: str, begun: _Begun) -> RawRecord:
        if begun.length > self._limit:
            return replace(begun.record, data=b"", length=begun.length, fault=Reason.TOO_LONG)
        text = "".join(begun.texts).encode(errors="surrogateescape").decode(errors="replace")
        event = {"__TIMESTAMP__": begun.time, "stream": stream, "__CONTENT__": text}
        return replace(begun.record, data=orjson.dumps(event))

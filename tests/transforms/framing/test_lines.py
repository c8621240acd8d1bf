"""Cutting blocks into lines: any blocks, any span and any limit give the same lines."""

import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import RawRecord, Reason, Source
from transforms.framing.lines import BLOCK_BYTES, Span, frame_lines

SOURCE = Source("x")
LINES = st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"").rstrip(b"\r")), max_size=9)


def blocks_of(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def framed(data: bytes, size: int, limit: int, span: Span) -> list[RawRecord]:
    blocks = blocks_of(data[span.read_from :], size)
    return [record for batch in frame_lines(blocks, SOURCE, limit, span) for record in batch]


@given(LINES, st.integers(1, 20), st.integers(1, 9), st.sampled_from([b"\n", b"\r\n"]))
def test_every_line_is_whole_or_too_long_with_its_length(
    lines: list[bytes], size: int, limit: int, end: bytes
) -> None:
    records = framed(b"".join(line + end for line in lines), size, limit, Span())
    assert [(record.data, record.fault, record.length) for record in records] == [
        (line, None, -1) if len(line) <= limit else (b"", Reason.TOO_LONG, len(line)) for line in lines
    ]
    assert [record.line for record in records] == list(range(1, len(lines) + 1))


@given(LINES, st.integers(1, 20), st.integers(1, 9), st.integers(0, 90), st.integers(0, 90))
def test_two_spans_that_meet_share_no_line_and_lose_none(
    lines: list[bytes], size: int, limit: int, first: int, second: int
) -> None:
    data = b"\n".join(lines)
    low, high = sorted((first, second))
    spans = [span for span in (Span(0, low), Span(low, high), Span(high)) if span.end != span.start]
    pieces = [(r.data, r.fault, r.offset) for span in spans for r in framed(data, size, limit, span)]
    assert pieces == [(r.data, r.fault, r.offset) for r in framed(data, size, limit, Span())]


def test_a_line_far_beyond_the_limit_is_never_held_whole() -> None:
    blocks = 64

    def line_without_end() -> Iterator[bytes]:
        yield from (b"x" * BLOCK_BYTES for _ in range(blocks))
        yield b"\nshort\n"

    tracemalloc.start()
    records = [
        record for batch in frame_lines(line_without_end(), SOURCE, 2 * BLOCK_BYTES) for record in batch
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(record.data, record.fault, record.length) for record in records] == [
        (b"", Reason.TOO_LONG, blocks * BLOCK_BYTES),
        (b"short", None, -1),
    ]
    assert peak < 8 * BLOCK_BYTES

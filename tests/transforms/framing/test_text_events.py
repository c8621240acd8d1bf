"""Dates of three numbers: the order is learnt from the lines that state it, and none joins another's event."""

from datetime import UTC, datetime

import pytest

from schemas.events import FoundTime, RawRecord, RecordFormat, Source
from transforms.framing.text_events import frame_text

WRITTEN_MS = int(datetime(2026, 11, 27, tzinfo=UTC).timestamp() * 1000)


def at(month: int, day: int, hour: int = 8) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp() * 1000)


def framed(*lines: str, written_ms: int | None = WRITTEN_MS) -> list[tuple[bytes, FoundTime | None]]:
    source = Source("a.log", format=RecordFormat.TEXT, modified_ms=written_ms)
    records = [RawRecord(line.encode(), source) for line in lines]
    return [(record.data, record.time) for batch in frame_text([records], 999) for record in batch]


@pytest.mark.parametrize(
    ("stated", "unsure", "month", "day"),
    [
        pytest.param("26/11/2026 08:00:00 a", "05/11/2026 08:00:00 b", 11, 5, id="day first"),
        pytest.param("11/26/2026 08:00:00 a", "05/11/2026 08:00:00 b", 5, 11, id="month first"),
        pytest.param("26/11/2026 08:00 a", "[05/11/2026 08:00] b", 11, 5, id="without seconds"),
        pytest.param("26/11/2026 08:00:00 a", "11/12/2026 08:00:00 b", 12, 11, id="after the file's time"),
    ],
)
def test_a_date_is_read_in_the_order_that_an_earlier_one_states(
    stated: str, unsure: str, month: int, day: int
) -> None:
    assert framed(stated, unsure, " more") == [
        (stated.encode(), FoundTime(at(11, 26), "line")),
        (f"{unsure}\n more".encode(), FoundTime(at(month, day), "line")),
    ]


def test_a_date_that_may_be_read_both_ways_begins_an_event_with_the_time_before_it() -> None:
    lines = ("2026-11-26 08:00:00 a", "05/11/2026 08:00:00 b", "more")

    assert framed(*lines) == [
        (b"2026-11-26 08:00:00 a", FoundTime(at(11, 26), "line")),
        (b"05/11/2026 08:00:00 b\nmore", FoundTime(at(11, 26), "before")),
    ]


def test_a_text_that_states_both_orders_states_none() -> None:
    lines = ("26/11/2026 08:00:00 a", "11/25/2026 08:00:00 b", "05/11/2026 08:00:00 c")

    assert [time for _, time in framed(*lines)] == [
        FoundTime(at(11, 26), "line"),
        FoundTime(at(11, 25), "line"),
        FoundTime(at(11, 25), "before"),
    ]

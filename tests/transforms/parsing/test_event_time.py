"""The time of an event: what counts, in which units and forms, and what is refused."""

from datetime import timedelta, timezone

import pytest

from schemas.events import Reason
from transforms.parsing.event_time import event_time_ms, time_ms
from transforms.parsing.time_forms import EARLIEST_MS, LATEST_MS

MOMENT = 1_772_323_200_000  # 2026-03-01T00:00:00Z


@pytest.mark.parametrize(
    ("stamp", "access_time", "time"),
    [
        pytest.param(MOMENT, None, MOMENT, id="milliseconds"),
        pytest.param(MOMENT // 1000, None, MOMENT, id="seconds"),
        pytest.param(MOMENT * 1000, None, MOMENT, id="microseconds"),
        pytest.param(str(MOMENT), None, MOMENT, id="digits"),
        pytest.param(MOMENT * 1_000_000 + 5, None, MOMENT, id="nanoseconds"),
        pytest.param(
            {"epochSecond": MOMENT // 1000, "nanoOfSecond": 250_000_000}, None, MOMENT + 250, id="instant"
        ),
        pytest.param(MOMENT / 1000 + 0.25, None, MOMENT + 250, id="fractional_seconds"),
        pytest.param(EARLIEST_MS, None, EARLIEST_MS, id="earliest"),
        pytest.param(LATEST_MS - 1, None, LATEST_MS - 1, id="latest"),
        pytest.param(-1, "2026-03-01 00:00:00", MOMENT, id="negative_falls_back"),
        pytest.param(None, "2026-03-01T00:00:00Z", MOMENT, id="access_time_alone"),
        pytest.param(MOMENT, "2020-01-01 00:00:00", MOMENT, id="stamp_comes_first"),
        pytest.param(None, None, Reason.MISSING_TIME, id="neither"),
        pytest.param(None, "", Reason.MISSING_TIME, id="empty_access_time"),
        pytest.param(0, None, Reason.BAD_TIME, id="zero"),
        pytest.param(True, None, Reason.BAD_TIME, id="boolean"),
        pytest.param(1e300, "yesterday", Reason.BAD_TIME, id="absurd"),
        pytest.param(float("nan"), None, Reason.BAD_TIME, id="nan"),
        pytest.param(9999999999999999, "", Reason.BAD_TIME, id="beyond_2100"),
        pytest.param([MOMENT], None, Reason.BAD_TIME, id="list"),
    ],
)
def test_the_event_time(stamp: object, access_time: str | None, time: int | Reason) -> None:
    envelope = {} if stamp is None else {"__TIMESTAMP__": stamp}
    assert event_time_ms(envelope, access_time) == time


@pytest.mark.parametrize(
    ("text", "offset", "time"),
    [
        pytest.param("2026-03-01T08:00:00+08:00", 0, MOMENT, id="iso_offset"),
        pytest.param("2026-03-01 08:00:00.250", 480, MOMENT + 250, id="default_offset"),
        pytest.param("2026-03-01T00:00:00Z", 480, MOMENT, id="own_offset_wins"),
        pytest.param("[28/Feb/2026:19:00:00 -0500]", 0, MOMENT, id="common_log"),
        pytest.param("Sun, 01 Mar 2026 00:00:00 GMT", 0, MOMENT, id="rfc_1123"),
        pytest.param("2024-02-29T00:00:00Z", 0, 1_709_164_800_000, id="leap_day"),
        pytest.param("2026-02-29T00:00:00Z", 0, None, id="no_leap_day"),
        pytest.param("0000-00-00 00:00:00", 0, None, id="zeros"),
        pytest.param("1" * 30, 0, None, id="too_many_digits"),
    ],
)
def test_the_forms_of_a_time(text: str, offset: int, time: int | None) -> None:
    assert time_ms(text, timezone(timedelta(minutes=offset))) == time

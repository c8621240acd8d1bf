"""The forms of a time: those that services write, those that the policy keeps, and which zone and year they have."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy.file import default_policy
from transforms.parsing.event_time import time_ms
from transforms.parsing.text import line_time

CHINA, CHICAGO = timezone(timedelta(hours=8)), ZoneInfo("America/Chicago")
WRITTEN = datetime(2026, 11, 27, 15, tzinfo=UTC)
WRITTEN_MS = int(WRITTEN.timestamp() * 1000)
EIGHT = datetime(2026, 11, 26, 8, tzinfo=UTC)
FORM = default_policy()["access_time"].form or ""
LIKELY = re.sub(
    r"3\[01\]|\[12\]\[0-9\]\{3\}|\(\?:Mon\|.*?\), ",
    lambda match: {"3[01]": "28", "[12][0-9]{3}": "20[0-4][0-9]"}.get(match[0], "Mon, "),
    FORM,
)


@given(st.from_regex(LIKELY, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_every_form_that_the_policy_keeps_is_read(text: str) -> None:
    text = re.sub(r"(?<=[-/])(29|3\d)(?=[T ])|^(\[?)(29|3\d)(?=/)|(?<=, )(29|3\d)", r"\g<2>28", text)
    text = re.sub(r"(?<=:\d\d)([.,]\d+)?( ?[+-])\d\d(:?\d\d)?(\]?)$", r"\g<1>\g<2>0800\g<4>", text)
    assert time_ms(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-26T08:00:00Z", "2026-11-26 16:00:00 CST", "2026/11/26 08:00:00", "2026-11-26 08:00:00,000000000 UTC",
        "2026-11-26 16:00:00+08", "2026-11-26 16:00:00 +0800 CST m=+0.5", "2026-11-26T16:00:00+08:00[Asia/Shanghai]",
        "20261126T080000Z", "2026-11-26T08:00Z", "2026年11月26日 08:00:00", "26/Nov/2026:16:00:00 +0800",
        "Thu, 26 Nov 2026 08:00:00 GMT", "Thursday, 26-Nov-26 08:00:00 GMT", "26 Nov 2026 08:00:00.000",
        "26-Nov-2026 08:00:00.000", "Thu Nov 26 08:00:00 2026", "Thu Nov 26 16:00:00 CST 2026",
        "Nov 26, 2026 8:00:00 AM", "Nov 26, 2026 @ 08:00:00.000", "Nov 26 08:00:00", "26.11.2026 08:00:00",
        "11/26/2026 08:00:00", "26/11/2026 08:00:00", "Thu Nov 26 2026 16:00:00 GMT+0800 (China Standard Time)",
        "2026-11-26 08:00", "2026/11/26 8:00", "11/26/2026 8:00", "26.11.2026 08:00", "2026-11-26 4:00 PM +0800",
        "2026-11-26 8:00 AM", "2026-11-25T24:00:00-08:00", "20261125T240000-0800", "2026-11-25 24:00 -0800",
        "1795680000", "1795680000.000", "1795680000000", "1795680000000000", "1795680000000000000",
    ],
)  # fmt: skip
def test_what_services_write_is_one_moment(text: str) -> None:
    assert time_ms(text, UTC, WRITTEN_MS) == int(EIGHT.timestamp() * 1000)


@pytest.mark.parametrize(
    "text",
    [
        "11/12/2026 08:00:00",
        "11/12/2026 08:00",
        "2026-11-26T24:00:01Z",
        "2026-11-26 24:30",
        "08:00:00",
        "2026-11-26 08:00:00 IST",
        "26 Nov",
        "soon",
    ],
)
def test_what_may_be_several_moments_or_none_is_not_guessed(text: str) -> None:
    assert time_ms(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "I1126 08:00:00.000000   12345 file.go:12] x", "11-26 08:00:00.000  1 2 I tag", "26/11/26 08:00:00 INFO x",
        "261126 080000 148 INFO dfs.DataNode", "20261126-08:00:00:000|Step", "1234:M 26 Nov 2026 08:00:00.000 * Ready",
        "type=USER_LOGIN msg=audit(1795680000.000:42): x", "ts=1795680000.000 level=info",
        "- 1795680000 2026.11.26 R02",
        "<34>1 2026-11-26T08:00:00.000Z host", "1795680000.000    46 10.0.0.1 TCP_HIT/200",
        '{"ts":1795680000.000,"msg":"x"}', "[26/Nov/2026:16:00:00 +0800] x", "*Nov 26 08:00:00.000: %SYS-5-CONFIG_I",
    ],
)  # fmt: skip
def test_lines_of_services_show_their_time(line: str) -> None:
    found = line_time(line, UTC, WRITTEN_MS)
    assert found is not None
    assert datetime.fromtimestamp(found.ms / 1000, UTC) == EIGHT


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-11-26 00:30:00", CHINA, "2026-11-25T16:30:00"),
        ("2026-11-26T00:30:00Z", CHINA, "2026-11-26T00:30:00"),
        ("2026-07-01 12:00:00 CST", UTC, "2026-07-01T04:00:00"),
        ("2026-11-26 12:00:00 CST", CHICAGO, "2026-11-26T18:00:00"),
        ("2026-11-01 01:30:00", CHICAGO, "2026-11-01T06:30:00"),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_zone_and_the_earlier_of_two(text, zone, utc) -> None:
    assert datetime.fromtimestamp((time_ms(text, zone) or 0) / 1000, UTC).isoformat()[:19] == utc


@given(st.integers(-26 * 60, 300 * 24 * 60), st.sampled_from([UTC, CHINA, CHICAGO]))
def test_a_time_without_a_year_is_of_this_year_up_to_26_hours_ahead(minutes_before: int, zone) -> None:
    moment = (WRITTEN - timedelta(minutes=minutes_before)).replace(second=0)
    found = line_time(f"{moment.astimezone(zone):%b %d %H:%M:%S} host sshd[1]: x", zone, WRITTEN_MS)
    assert found is not None
    assert abs(found.ms - moment.timestamp() * 1000) in (0, 3_600_000)

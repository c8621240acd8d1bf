"""A line of an account feed is an event, or is refused with why: never a guess at a time or an account."""

import json
from typing import Any

import pytest

from schemas.accounts import AccountEvent, AccountEventKind
from tests.conftest import NOW_MS
from transforms.accounts.events import AccountFault, parse_account_event

DAY_MS = 86_400_000
BEGIN_OF_2010_MS = 1_262_304_000_000


def parsed(**changes: Any) -> AccountEvent | AccountFault:
    stated = {"id": "e1", "type": "ciam.account.terminated", "time": NOW_MS, "uin": "100012345678", **changes}
    return parse_account_event(json.dumps(stated).encode(), NOW_MS)


def test_an_event_names_its_account_and_when_it_ended() -> None:
    assert parsed() == AccountEvent("e1", AccountEventKind.TERMINATED, NOW_MS, "100012345678", None)


@pytest.mark.parametrize(
    ("time", "becomes"),
    [
        pytest.param(BEGIN_OF_2010_MS, BEGIN_OF_2010_MS, id="first-moment-of-2010"),
        pytest.param(BEGIN_OF_2010_MS - 1, AccountFault.BAD_TIME, id="a-millisecond-before-2010"),
        pytest.param("2010-01-01T00:00:00Z", BEGIN_OF_2010_MS, id="2010-as-text"),
        pytest.param("2009-12-31T23:59:59.999Z", AccountFault.BAD_TIME, id="before-2010-as-text"),
        pytest.param("2010-01-01T07:59:59+08:00", AccountFault.BAD_TIME, id="before-2010-by-its-offset"),
        pytest.param(BEGIN_OF_2010_MS // 1000, BEGIN_OF_2010_MS, id="2010-in-seconds"),
        pytest.param(0, AccountFault.BAD_TIME, id="zero"),
        pytest.param(NOW_MS + DAY_MS, NOW_MS + DAY_MS, id="a-day-ahead"),
        pytest.param(NOW_MS + DAY_MS + 1, AccountFault.FUTURE_TIME, id="a-millisecond-more-than-a-day-ahead"),
    ],
)
def test_a_time_is_plausible_or_refused(time: Any, becomes: int | AccountFault) -> None:
    found = parsed(time=time)
    assert (found.time if isinstance(found, AccountEvent) else found) == becomes

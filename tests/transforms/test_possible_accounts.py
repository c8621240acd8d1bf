"""An address field that holds no address: what may be an account's name in it is pseudonymised."""

import pytest

from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy.file import default_policy
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.redact import RedactStep
from transforms.rejections import Rejecter

KEY = PseudonymKey(bytes(32), "1")


def account(name: str) -> str:
    return pseudonym(KEY, "usr", "username", name)


def redacted(**values: str) -> dict[str, str]:
    step = RedactStep(default_policy(), KEY, Rejecter(KEY, "2027-05-23")).build()
    (event,) = step([ClassifiedEvent(RawRecord(b"", Source("a")), values, {}, 1_790_000_000_000)]).kept
    return dict(event.values)


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        pytest.param("zhangwei", account("zhangwei"), id="a_plain_word"),
        pytest.param("lin", account("lin"), id="a_short_word"),
        pytest.param("张伟", account("张伟"), id="another_alphabet"),
        pytest.param("zhang.wei", account("zhang.wei"), id="a_word_with_a_dot"),
        pytest.param("100012345678", account("100012345678"), id="a_number"),
        pytest.param(
            "203.0.113.77 zhangwei", f"203.0.113.0/24 {account('zhangwei')}", id="beside_an_address"
        ),
        pytest.param("203.0.113.77:52344", "203.0.113.0/24:52344", id="a_port"),
        pytest.param("203.0.113.77, 198.51.100.4", "203.0.113.0/24, 198.51.100.0/24", id="several"),
        pytest.param("unknown", "unknown", id="an_ordinary_word"),
        pytest.param("localhost", "localhost", id="this_host"),
        pytest.param("-", "-", id="nothing"),
        pytest.param("443", "443", id="a_short_number"),
    ],
)
@pytest.mark.parametrize("field", ["ip_address", "client_ip", "source_ip"])
def test_no_name_stays_in_an_address_field(field: str, value: str, becomes: str) -> None:
    assert redacted(**{field: value})[field] == becomes


def test_such_a_name_is_found_in_the_texts_of_its_event_too() -> None:
    values = redacted(ip_address="zhangwei", description="quota of zhangwei is spent")
    assert values["description"] == f"quota of {account('zhangwei')} is spent"

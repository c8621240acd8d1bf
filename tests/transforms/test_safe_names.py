"""Names of files: only log vocabulary, dates and short counters are told."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pseudonyms import PseudonymKey
from transforms.safe_names import safe_name

KEY = PseudonymKey(bytes(range(32)), "1")


@pytest.mark.parametrize(
    "name",
    [
        "app.log",
        "access_log-2026-11-24T10:00:00Z.gz",
        "events.20261124.jsonl",
        "syslog.2.gz",
        "web01-error.20261124-20261125.log.bz2",
        "part-00001.avro",
        "part-00001-00002.avro",
        "stdin",
        "App.LOG",
    ],
)
def test_words_dates_and_short_counters_stay(name: str) -> None:
    assert safe_name(KEY, name) == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("lin.qiao.log", id="a_name"),
        pytest.param("log13912345678.log", id="digits_glued_to_a_word"),
        pytest.param("user123.log", id="an_account_that_is_a_word_with_digits"),
        pytest.param("139-1234-5678.csv", id="a_number_in_three"),
        pytest.param("1391234-5678.csv", id="a_number_in_two"),
        pytest.param("0755 8601 3388.csv", id="a_landline"),
        pytest.param("203.0.113.77.log", id="an_address"),
        pytest.param("203_0_113_77.log", id="an_address_with_other_marks"),
        pytest.param("2001-db8--1.log", id="a_longer_address"),
        pytest.param("110101-19900307-1234.csv", id="an_identity_number_in_three"),
        pytest.param("110101199003071234.csv", id="an_identity_number"),
        pytest.param("19900307.csv", id="a_day_of_birth"),
        pytest.param("100012345678.log", id="a_uin"),
        pytest.param("app-2026112413912345678.log", id="a_number_after_a_date"),
        pytest.param("20261124-20261125-20261126.log", id="dates_beyond_a_range"),
        pytest.param("张伟.log", id="another_alphabet"),
        pytest.param("log\u0661\u0662\u0663.log", id="other_digits"),
        pytest.param("app\n.log", id="a_control_character"),
        pytest.param("lin@example.org", id="a_mail_address"),
    ],
)
def test_anything_else_becomes_a_token(name: str) -> None:
    assert re.fullmatch(r"~[0-9a-f]{12}(\.(log|csv))?", safe_name(KEY, name))


@given(st.text(max_size=40))
def test_a_name_is_told_whole_or_not_at_all(name: str) -> None:
    safe = safe_name(KEY, name)
    assert safe == name or re.fullmatch(r"~[0-9a-f]{12}(\.[a-z0-9]+)*", safe)


@given(st.integers(min_value=100_000, max_value=10**18), st.sampled_from(["", "-", ".", "_", " "]))
def test_no_long_number_is_told_however_it_is_cut(number: int, mark: str) -> None:
    digits = str(number)
    cut = mark.join(digits[start : start + 3] for start in range(0, len(digits), 3))
    is_date = re.fullmatch(r"20[1-9]\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d*", digits)
    assert is_date or len(digits) == 6 or not safe_name(KEY, f"log {cut}").startswith("log")

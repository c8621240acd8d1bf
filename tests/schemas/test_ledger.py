"""A run's ledger accounts for every record once, or the run fails."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import LedgerError
from schemas.ledger import COMMIT_KEY, Ledger, LedgerFile, LedgerInput, check_balance

EVENTS = "category=troubleshooting_data/expires_on=2027-05-23"
REJECTIONS = "category=rejected/expires_on=2027-05-23"
NUMBERS = st.integers(min_value=0, max_value=2**40)
OUTCOMES = st.fixed_dictionaries(
    {"written": NUMBERS, "expired_on_arrival": NUMBERS, "duplicates_dropped": NUMBERS},
    optional={"rejected/not_json": NUMBERS, "rejected/too_long": NUMBERS, "rejected/bad_time": NUMBERS},
)


def files_of(written, rejected):
    return [
        LedgerFile(EVENTS, "part-00-00000.avro", written, 1, ""),
        LedgerFile(REJECTIONS, "part-00-00000.avro", rejected, 1, ""),
    ]


def rejected_in(counts):
    return sum(number for name, number in counts.items() if name.startswith("rejected/"))


@given(
    OUTCOMES, st.dictionaries(st.sampled_from(["detected/EMAIL", "repaired/bom", "unknown_field/x"]), NUMBERS)
)
def test_any_counts_that_add_up_balance(outcomes, others):
    counts = Counter({**outcomes, **others, "read": sum(outcomes.values())})
    check_balance(counts, files_of(outcomes["written"], rejected_in(outcomes)))


@given(OUTCOMES, st.sampled_from(["read", "written", "expired_on_arrival", "rejected/x"]), st.integers(1, 9))
def test_any_record_too_many_or_too_few_is_an_error(outcomes, name, difference):
    counts = Counter({**outcomes, "read": sum(outcomes.values())})
    counts[name] += difference
    with pytest.raises(LedgerError, match="balance"):
        check_balance(counts, files_of(outcomes["written"], rejected_in(outcomes)))


@pytest.mark.parametrize(
    ("written", "rejected"),
    [
        pytest.param(6, 3, id="file-lacks-an-event"),
        pytest.param(8, 3, id="file-holds-an-event-twice"),
        pytest.param(7, 2, id="rejection-lost"),
        pytest.param(6, 4, id="sum-is-right-but-categories-are-not"),
    ],
)
def test_files_that_hold_other_numbers_than_were_counted_are_an_error(written, rejected):
    counts = Counter({"read": 10, "written": 7, "rejected/not_json": 3})
    with pytest.raises(LedgerError, match="7 written and 3 rejected, but the files hold"):
        check_balance(counts, files_of(written, rejected))


def test_a_negative_count_is_an_error():
    with pytest.raises(LedgerError, match="duplicates_dropped is negative"):
        check_balance({"read": 0, "written": 1, "duplicates_dropped": -1}, files_of(1, 0))


def make_ledger():
    return Ledger(
        run_id="20261124T040000Z-0123abcd",
        inputs=(LedgerInput("a.jsonl", 10, "ab" * 32, "json", 2),),
        counts=Counter({"written": 1, "read": 1}),
        policy_version="2024-10-22",
        policy_digest="cd" * 32,
        key_epoch="1",
        now="2026-11-24T04:00:00+00:00",
        started="2026-11-24T04:00:00+00:00",
        ended="2026-11-24T04:00:01+00:00",
        wall_seconds=1.0,
        runner="FnApiRunner",
        versions={"python": "3.11"},
        files=(LedgerFile(EVENTS, f"part-{'ab' * 8}-00000.avro", 1, 100, "ef" * 32),),
        replaces={"ab" * 32: "20261123T040000Z-0123abcd"},
    )


def test_a_ledger_survives_json():
    ledger = make_ledger()
    assert Ledger.from_json(ledger.to_json()) == ledger


def test_how_a_run_was_committed_is_no_part_of_its_ledger():
    ledger = make_ledger()
    assert Ledger.from_json({**ledger.to_json(), COMMIT_KEY: {"moves": {}}}) == ledger


@pytest.mark.parametrize(
    "content",
    [
        pytest.param([], id="no-object"),
        pytest.param({}, id="no-version"),
        pytest.param({**make_ledger().to_json(), "version": 2}, id="later-version"),
        pytest.param({**make_ledger().to_json(), "more": 1}, id="unknown-key"),
        pytest.param({"version": 1}, id="keys-missing"),
        pytest.param({**make_ledger().to_json(), "files": [{"name": "x"}]}, id="file-lacks-keys"),
    ],
)
def test_json_that_is_not_a_ledger_is_refused(content):
    with pytest.raises(LedgerError):
        Ledger.from_json(content)

"""Edges of days: a partition is dropped when its date comes, and nothing is ever held longer."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import FieldOutcome, RawRecord, Reason, RedactedEvent, Source, Stage
from schemas.policy.file import default_policy
from transforms.pseudonyms import PseudonymKey
from transforms.rejections import Rejecter
from transforms.tag import MS_A_DAY, TagStep, epoch_ms, expiry_day, iso_day

POLICY = default_policy()
REJECT = Rejecter(PseudonymKey(bytes(32), "1"), "2027-05-23")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def tag_at(event_time, now=NOW, values=None):
    values = {"uin": "uin_1_x"} if values is None else values
    event = RedactedEvent(
        RawRecord(b"{}", Source("a")),
        "id",
        epoch_ms(event_time),
        None,
        values,
        {},
        tuple(FieldOutcome(name, "pseudonymise") for name in values),
    )
    return TagStep(POLICY, "1", epoch_ms(now), REJECT).build()([event])


@pytest.mark.parametrize(
    ("days_old", "written"),
    [
        pytest.param(179, True, id="gone-tomorrow"),
        pytest.param(180, False, id="its-partition-may-go-today"),
        pytest.param(181, False, id="overdue"),
    ],
)
def test_an_event_is_written_only_while_its_partition_lives(days_old, written):
    outcome = tag_at(NOW - timedelta(days=days_old))
    assert len(outcome.kept) == written
    assert outcome.counts["expired_on_arrival"] == (not written)


@pytest.mark.parametrize(
    ("event_time", "partition"),
    [
        pytest.param(datetime(2026, 11, 24, tzinfo=UTC), "2027-05-23", id="first-ms-of-a-day"),
        pytest.param(
            datetime(2026, 11, 23, 23, 59, 59, 999000, tzinfo=UTC), "2027-05-22", id="last-ms-of-a-day"
        ),
        pytest.param(
            datetime(2026, 11, 24, 7, 59, tzinfo=timezone(timedelta(hours=8))),
            "2027-05-22",
            id="beijing-morning-is-utc-yesterday",
        ),
        pytest.param(
            datetime(2026, 11, 23, 20, tzinfo=timezone(timedelta(hours=-5))),
            "2027-05-23",
            id="new-york-evening-is-utc-tomorrow",
        ),
    ],
)
def test_the_partition_is_the_utc_date_of_the_expiry(event_time, partition):
    (tagged,) = tag_at(event_time).kept
    assert tagged.expires_on == partition


def test_a_leap_day_counts_as_a_day():
    event_time = datetime(2027, 12, 1, tzinfo=UTC)
    (tagged,) = tag_at(event_time, now=event_time).kept
    assert tagged.expires_on == "2028-05-29"


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 3650))
def test_a_partition_is_never_dropped_later_than_the_retention_allows(event_time, days):
    drop_at = expiry_day(event_time, days) * MS_A_DAY
    assert drop_at <= event_time + days * MS_A_DAY < drop_at + MS_A_DAY


def test_an_event_from_beyond_the_skew_is_rejected():
    outcome = tag_at(NOW + timedelta(hours=24, milliseconds=1))
    assert [(item.stage, item.reason) for item in outcome.rejections] == [
        (Stage.CLASSIFY, Reason.FUTURE_TIME)
    ]
    assert outcome.kept == []


def test_an_event_at_the_skew_is_written():
    assert len(tag_at(NOW + timedelta(hours=24)).kept) == 1


def test_each_field_is_tagged_with_what_the_policy_says_of_it():
    (tagged,) = tag_at(NOW, values={"uin": "uin_1_x", "state": "RUNNING"}).kept
    rule = POLICY["uin"]
    first = tagged.tags[0]
    assert (first.field, first.category, first.treatment) == ("uin", "troubleshooting_data", "pseudonymise")
    assert first.retention_days == rule.retention_days == 180
    assert first.purpose == POLICY.purposes[rule.purpose].dpv
    assert first.legal_basis == POLICY.legal_bases[rule.legal_basis].dpv
    assert [tag.field for tag in tagged.tags] == ["uin", "state"]
    assert tagged.expires_at == epoch_ms(NOW) + 180 * MS_A_DAY
    assert tagged.expires_on == iso_day(expiry_day(epoch_ms(NOW), 180))

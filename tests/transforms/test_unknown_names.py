"""Names of unknown fields: told only if many events of different people had them."""

import pytest

from schemas.events import Counts, LogEvent, RawRecord, RecordFormat, Source
from schemas.policy.file import default_policy
from transforms.classify import ClassifyStep, UnknownFields
from transforms.pseudonyms import PseudonymKey
from transforms.rejections import Rejecter
from transforms.unknown_names import DIFFERENT_PEOPLE, MANY_EVENTS, count_name, settle_names

REJECT = Rejecter(PseudonymKey(bytes(32), "1"), "2027-05-23")
JSON = Source("a.jsonl")
TIME = {"__TIMESTAMP__": 1_795_000_000_000}


def counted(name: str, events: int, people: int) -> Counts:
    counts = Counts()
    for number in range(events):
        count_name(counts, name, f"10001234{number % people:04}")
    return settle_names(counts)


@pytest.mark.parametrize(
    ("events", "people", "told"),
    [
        pytest.param(MANY_EVENTS, 3 * DIFFERENT_PEOPLE, True, id="many"),
        pytest.param(MANY_EVENTS - 1, 3 * DIFFERENT_PEOPLE, False, id="few_events"),
        pytest.param(50 * MANY_EVENTS, DIFFERENT_PEOPLE - 1, False, id="few_people"),
    ],
)
def test_a_name_is_told_if_many_events_of_different_people_had_it(
    events: int, people: int, told: bool
) -> None:
    name = "retry.count" if told else "unnameable"
    assert counted("retry.count", events, people) == {f"unknown_field/{name}": events}


def test_events_of_nobody_in_particular_tell_no_name() -> None:
    counts = Counts()
    for _ in range(1000):
        count_name(counts, "retry.count", "")
    assert settle_names(counts) == {"unknown_field/unnameable": 1000}


def classified(name: str, users: list[str], source: Source = JSON) -> Counts:
    step = ClassifyStep(default_policy(), REJECT, UnknownFields.DROP).build()
    events = [LogEvent(RawRecord(b"", source), (("username", user), (name, "7")), TIME) for user in users]
    return settle_names(step(events).counts)


USERS = [f"user{number:03}x" for number in range(100)]


def test_a_name_that_any_of_its_events_shows_to_be_a_person_is_told_nowhere() -> None:
    assert classified("quota.zhangwei", [*USERS, "zhangwei"]) == {"unknown_field/unnameable": 101}


def test_a_name_that_all_people_have_is_told() -> None:
    assert classified("quota.total", USERS) == {"unknown_field/quota.total": 100}


def test_the_column_of_one_table_is_not_told_by_its_many_rows() -> None:
    source = Source("a.csv", "ab" * 32, RecordFormat.CSV)
    assert classified("zhangwei", USERS, source) == {"unknown_field/unnameable": 100}


def test_the_treatment_of_an_untold_field_is_counted_without_its_name() -> None:
    counts = Counts({"field/others.zhangwei/redact_text": 2, "field/others.zhangwei.2/redact_text": 1})
    counts.update({"field/others.uin/pseudonymise": 4, "unknown_field/zhangwei": 3, "written": 2})
    assert settle_names(counts) == {
        "field/others.unnameable/redact_text": 3,
        "field/others.uin/pseudonymise": 4,
        "unknown_field/unnameable": 3,
        "written": 2,
    }

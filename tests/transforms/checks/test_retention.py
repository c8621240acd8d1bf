"""A partition goes on its date, not before, and only as it was when it was planned."""

from datetime import date

import pytest

from schemas.errors import RetentionError
from schemas.retention_plan import PlannedFile, PlannedPartition
from transforms.checks.retention import CalendarRow, calendar, check_unchanged, due_partitions

FILES = tuple(PlannedFile(f"part-{n}.avro", 100, n, 10) for n in range(2))


def partition(expires_on, files=FILES, category="troubleshooting_data"):
    return PlannedPartition(f"category={category}/expires_on={expires_on}", files)


@pytest.mark.parametrize(
    ("as_of", "why"),
    [
        pytest.param(date(2027, 5, 22), None, id="day-before"),
        pytest.param(date(2027, 5, 23), "expired on 2027-05-23, today", id="its-day"),
        pytest.param(date(2027, 5, 24), "expired on 2027-05-23, 1 day ago", id="day-after"),
        pytest.param(date(2028, 2, 29), "expired on 2027-05-23, 282 days ago", id="leap-day"),
    ],
)
def test_a_partition_is_due_from_its_date_on(as_of, why):
    assert [due.why for due in due_partitions([partition("2027-05-23")], as_of)] == ([why] if why else [])


def test_due_partitions_come_oldest_first():
    found = [partition("2027-05-23"), partition("2027-05-21", category="rejected"), partition("2027-05-21")]
    assert [due.path for due in due_partitions(found, date(2028, 1, 1))] == [
        "category=rejected/expires_on=2027-05-21",
        "category=troubleshooting_data/expires_on=2027-05-21",
        "category=troubleshooting_data/expires_on=2027-05-23",
    ]


ADDED = PlannedFile("part-9.avro", 1, 1, 1)
REWRITTEN = PlannedFile("part-0.avro", 100, 77, 10)


@pytest.mark.parametrize(
    ("found", "resumed"),
    [
        pytest.param((*FILES, ADDED), False, id="file-added"),
        pytest.param((*FILES, ADDED), True, id="file-added-before-it-was-resumed"),
        pytest.param((REWRITTEN, FILES[1]), False, id="file-rewritten"),
        pytest.param((REWRITTEN,), True, id="file-rewritten-before-it-was-resumed"),
        pytest.param(FILES[:1], False, id="file-gone"),
        pytest.param(None, False, id="partition-gone"),
    ],
)
def test_a_partition_that_changed_makes_the_plan_stale(found, resumed):
    with pytest.raises(RetentionError, match=r"the plan is stale: .*expires_on=2027-05-23 changed"):
        check_unchanged(partition("2027-05-23"), found, resumed)


@pytest.mark.parametrize(
    ("found", "resumed"),
    [
        pytest.param(FILES, False, id="as-planned"),
        pytest.param(FILES, True, id="nothing-deleted-yet"),
        pytest.param(FILES[1:], True, id="half-deleted"),
        pytest.param(None, True, id="deleted"),
    ],
)
def test_what_is_left_of_a_planned_partition_is_deleted(found, resumed):
    assert check_unchanged(partition("2027-05-23"), found, resumed) == (found or ())


def test_the_calendar_sums_by_date():
    found = [partition("2027-05-23"), partition("2027-05-23", FILES[:1], "rejected"), partition("2027-05-21")]
    assert calendar(found, date(2027, 5, 22)) == [
        CalendarRow(date(2027, 5, 21), -1, 1, 2, 20, 200),
        CalendarRow(date(2027, 5, 23), 1, 2, 3, 30, 300),
    ]

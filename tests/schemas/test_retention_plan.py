"""A plan says what goes, can't be changed unseen, and names nothing outside its root or before its date."""

from dataclasses import replace

import pytest

from schemas.errors import RetentionError
from schemas.retention_plan import ExpiryPlan, PlannedFile, PlannedPartition, PlannedTable, parse_partition

PATH = "category=troubleshooting_data/expires_on=2027-05-23"
FILE = PlannedFile("part-ab-00000.avro", 100, 5, 7)
BROKEN = PlannedFile("part-cd-00000.avro", 10, 5, None)
PLAN = ExpiryPlan(
    root="/out",
    as_of="2027-05-23",
    made_at="2027-05-23T01:00:00+00:00",
    partitions=(PlannedPartition(PATH, (FILE, BROKEN), ("2024-10-22 ab",), "expired today"),),
    unparsable=("category=x/odd",),
    tables=(PlannedTable("mysql://db/events", "p20270523", "2027-05-23", 3, 4),),
).sealed()


def test_a_plan_survives_json():
    assert ExpiryPlan.from_json(PLAN.to_json()) == PLAN


def test_a_plan_sums_what_goes():
    assert (PLAN.records, PLAN.bytes) == (7 + 3, 110 + 4)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"as_of": "2027-05-24"}, id="date"),
        pytest.param({"root": "/other"}, id="root"),
        pytest.param({"partitions": ()}, id="partitions"),
        pytest.param({"reason": "because"}, id="reason"),
    ],
)
def test_a_plan_that_was_changed_is_refused(change):
    content = {**PLAN.to_json(), **replace(PLAN, **change).to_json(), "digest": PLAN.digest}
    with pytest.raises(RetentionError, match="changed since it was made"):
        ExpiryPlan.from_json(content)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("../category=a/expires_on=2027-05-23", id="parent"),
        pytest.param("/etc", id="absolute"),
        pytest.param("category=a/expires_on=2027-05-23/..", id="climbs-back"),
        pytest.param("category=../expires_on=2027-05-23", id="category-climbs"),
        pytest.param("category=a/expires_on=2027-13-01", id="no-such-month"),
        pytest.param("category=a/expires_on=2027-05-23\n", id="trailing-newline"),
        pytest.param("category=a/expires_on=٢٠٢٧-05-23", id="other-digits"),
        pytest.param("_runs", id="own-folder"),
    ],
)
def test_a_path_that_is_no_partition_is_refused(path):
    with pytest.raises(RetentionError, match="is not the path of a partition"):
        parse_partition(path)
    plan = replace(PLAN, partitions=(PlannedPartition(path, ()),)).sealed()
    with pytest.raises(RetentionError, match="is not the path of a partition"):
        ExpiryPlan.from_json(plan.to_json())


@pytest.mark.parametrize("name", ["../x.avro", "a/b", "..", ".", ""])
def test_a_file_outside_its_partition_is_refused(name):
    plan = replace(PLAN, partitions=(PlannedPartition(PATH, (replace(FILE, name=name),)),)).sealed()
    with pytest.raises(RetentionError, match="outside its partition"):
        ExpiryPlan.from_json(plan.to_json())


def test_a_partition_that_expires_after_the_plans_date_is_refused():
    plan = replace(PLAN, as_of="2027-05-22").sealed()
    with pytest.raises(RetentionError, match=r"as of 2027-05-22, and .*2027-05-23 expires later"):
        ExpiryPlan.from_json(plan.to_json())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param([], id="no-object"),
        pytest.param({"kind": "erase", "version": 1}, id="other-kind"),
        pytest.param({"kind": "expire", "version": 2}, id="later-version"),
        pytest.param({"kind": "expire", "version": 1}, id="keys-missing"),
        pytest.param({**PLAN.to_json(), "more": 1}, id="unknown-key"),
    ],
)
def test_json_that_is_no_plan_is_refused(content):
    with pytest.raises(RetentionError):
        ExpiryPlan.from_json(content)

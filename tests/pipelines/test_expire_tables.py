"""The event table in MySQL expires by the same plan and receipt as the partitions of the root."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from pipelines.expire import apply_plan, plan_expiry, write_plan
from pipelines.expire_tables import drop_tables, plan_tables
from pipelines.mysql_events import EventWriter
from pipelines.vault.database import Database
from pipelines.verify_stores import verify_table
from schemas.errors import RetentionError
from tests.made_output import POLICY, commit_run, make_event
from tests.mariadb import MariaDb, mariadb

__all__ = ["mariadb"]

pytestmark = pytest.mark.server

TABLE = "logveil_events"
DUE, LATER = "2027-05-23", "2027-05-24"
TODAY = date(2027, 5, 23)
NOW = datetime(2027, 5, 23, tzinfo=UTC)
EVENTS = [make_event(n, (DUE, LATER)[n % 2]) for n in range(6)]


@pytest.fixture
def url(mariadb: MariaDb) -> Iterator[str]:
    """Return the URL of a database that holds the events."""
    location = mariadb.make_database("events")
    database = Database(location)
    EventWriter(database, TABLE, POLICY).write(EVENTS)
    yield location
    database.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    commit_run(tmp_path / "out", EVENTS)
    return tmp_path / "out"


def make_plan(root: Path, url: str) -> Path:
    return write_plan(plan_expiry(root, TODAY, NOW, tables=plan_tables(url, TABLE, TODAY)))


def rows(server: MariaDb) -> list[str]:
    return [str(day) for (day,) in server.execute(f"SELECT expires_on FROM events.{TABLE} ORDER BY 1")]


def test_a_plan_names_the_due_partitions_of_the_table_without_a_password(root: Path, url: str) -> None:
    (table,) = plan_tables(url.replace("root@", "root:@"), TABLE, TODAY)
    assert (table.expires_on, table.records) == (DUE, 3)
    assert table.store.endswith(f"/events/{TABLE}")


def test_one_apply_deletes_files_and_rows_under_one_receipt(root: Path, url: str, mariadb: MariaDb) -> None:
    plan = make_plan(root, url)
    assert len(rows(mariadb)) == 6
    receipt = apply_plan(root, plan, NOW, drop=partial(drop_tables, url, TABLE))
    assert rows(mariadb) == [LATER] * 3
    assert [path.name for path in root.glob("category=*/*")] == [f"expires_on={LATER}"]
    assert receipt.body["records"] == 6
    assert [table["expires_on"] for table in receipt.body["tables"]] == [DUE]


def test_a_plan_with_a_table_is_not_applied_without_it(root: Path, url: str, mariadb: MariaDb) -> None:
    plan = make_plan(root, url)
    with pytest.raises(RetentionError, match="that needs --mysql"):
        apply_plan(root, plan, NOW)
    assert len(rows(mariadb)) == 6
    assert len(list(root.glob("category=*/*"))) == 2


def test_a_plan_of_another_table_is_refused(url: str, mariadb: MariaDb) -> None:
    planned = plan_tables(url, TABLE, TODAY)
    with pytest.raises(RetentionError, match="another database or event table"):
        drop_tables(url, "other_events", TODAY, planned)
    assert len(rows(mariadb)) == 6


def test_rows_past_their_date_are_a_problem_until_they_are_dropped(url: str) -> None:
    (problem,) = verify_table(url, TABLE, NOW)
    assert asdict(problem)["detail"] == "3 records of p20270523 should be gone"
    drop_tables(url, TABLE, TODAY, plan_tables(url, TABLE, TODAY))
    assert list(verify_table(url, TABLE, NOW)) == []

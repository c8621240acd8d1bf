"""Event table and sightings expire by the same plan and receipt as the partitions of the root."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.database.database import Database
from pipelines.keys.rings import load_keys, make_ring
from pipelines.mysql.events import EventWriter
from pipelines.mysql.retention import EventTable
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.retention.verify_stores import verify_event_canaries, verify_tables
from pipelines.vault.sighting_expiry import SightingTable
from pipelines.vault.sightings import record_sightings
from pipelines.vault.vault import open_vault
from schemas.accounts import DAY_MS, AccountSighting
from schemas.errors import OptionsError, RetentionError
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
    return write_plan(plan_expiry(root, TODAY, NOW, tables=[EventTable(url)]))


def rows(server: MariaDb) -> list[str]:
    return [str(day) for (day,) in server.execute(f"SELECT expires_on FROM events.{TABLE} ORDER BY 1")]


def test_a_plan_names_the_due_partitions_of_the_table_without_a_password(root: Path, url: str) -> None:
    table = EventTable(url.replace("root@", "root:secret@"))
    assert table.name.endswith(f"/events/{TABLE}")
    assert "secret" not in table.name
    (part,) = EventTable(url).due(TODAY)
    assert (part.expires_on, part.records) == (DUE, 3)


def test_one_apply_deletes_files_and_rows_under_one_receipt(root: Path, url: str, mariadb: MariaDb) -> None:
    plan = make_plan(root, url)
    assert len(rows(mariadb)) == 6
    receipt = apply_plan(root, plan, NOW, tables=[EventTable(url)])
    assert rows(mariadb) == [LATER] * 3
    assert [path.name for path in root.glob("category=*/*")] == [f"expires_on={LATER}"]
    assert receipt.body["records"] == 6
    assert [table["expires_on"] for table in receipt.body["tables"]] == [DUE]


@pytest.mark.parametrize(
    "table", [pytest.param(None, id="without-it"), pytest.param("other_events", id="with-another")]
)
def test_a_plan_with_a_table_deletes_nothing_without_it(
    root: Path, url: str, mariadb: MariaDb, table: str | None
) -> None:
    plan = make_plan(root, url)
    with pytest.raises(RetentionError, match="that needs its --mysql"):
        apply_plan(root, plan, NOW, tables=[] if table is None else [EventTable(url, table)])
    assert len(rows(mariadb)) == 6
    assert len(list(root.glob("category=*/*"))) == 2


def test_two_at_once_drop_the_same_partitions_under_one_receipt(
    root: Path, url: str, mariadb: MariaDb
) -> None:
    plan = make_plan(root, url)
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda _: apply_plan(root, plan, NOW, tables=[EventTable(url)]), range(4)))
    assert {receipt.number for receipt in receipts} == {2}
    assert rows(mariadb) == [LATER] * 3


def test_two_at_once_that_drop_the_last_partitions_leave_the_table_usable(url: str, mariadb: MariaDb) -> None:
    later = TODAY + timedelta(60)
    days = [date.fromisoformat(part.expires_on) for part in EventTable(url).due(later)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: EventTable(url).drop(days, later), range(4)))
    assert rows(mariadb) == []
    assert EventTable(url).due(later) == []


def test_rows_past_their_date_are_a_problem_until_they_are_dropped(url: str) -> None:
    table = EventTable(url)
    (problem,) = verify_tables([table], NOW)
    assert asdict(problem)["detail"] == "3 records of p20270523 should be gone"
    table.drop([TODAY], TODAY)
    assert list(verify_tables([table], NOW)) == []


def test_a_canary_in_a_row_or_a_mention_is_found_and_not_named(url: str, mariadb: MariaDb) -> None:
    table, tweety = EventTable(url), f"uin_1_{'t' * 20}"
    assert list(verify_event_canaries(table, [tweety])) == []
    writer = EventWriter(Database(url), TABLE, POLICY)
    writer.write([make_event(7, LATER, output='say "cheese"'), make_event(8, LATER, output=f"for {tweety}")])
    found = list(verify_event_canaries(table, ["absent", 'say "cheese"', tweety]))
    assert [problem.detail for problem in found] == ["1 records hold canary 2", "2 records hold canary 3"]
    mariadb.execute(f"DELETE FROM events.{TABLE} WHERE event_id = 'event00000008'")
    (left,) = verify_event_canaries(table, [tweety])
    assert left.detail == "1 records hold canary 1"


def test_a_table_name_that_could_break_out_is_refused() -> None:
    with pytest.raises(OptionsError, match="name"):
        EventTable("mysql://h/d", "a`b")


@pytest.fixture(params=["sqlite", "mariadb"])
def sightings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SightingTable]:
    """Return the sightings of a vault: one that expires today, one tomorrow, one seen again since."""
    if request.param == "sqlite":
        location = f"sqlite:///{tmp_path}/vault.db"
    else:
        location = request.getfixturevalue("mariadb").make_database("vault")
    make_ring(tmp_path / "out.keys")
    vault = open_vault(location, load_keys(tmp_path / "out.keys", {}), POLICY)
    today = int(NOW.timestamp() * 1000) - 180 * DAY_MS
    seen = (
        (1, today, today + DAY_MS - 1),
        (2, today, today + DAY_MS),
        (3, today, today),
        (3, today, today + DAY_MS),
    )
    for number, first, last in seen:
        sighting = AccountSighting("1", f"uin_1_{number:020d}", "", f"1000{number}", "", first, last)
        record_sightings(vault, [sighting])
    yield SightingTable(vault.database, vault.rules.sighting_days)
    vault.database.close()


def test_a_sighting_goes_on_the_day_of_the_last_log_line_that_shows_it(
    root: Path, sightings: SightingTable
) -> None:
    plan = plan_expiry(root, TODAY, NOW, tables=[sightings])
    (part,) = plan.tables
    assert (part.expires_on, part.records, part.name) == (DUE, 1, "last seen 2026-11-24")
    assert part.bytes > 0
    (problem,) = verify_tables([sightings], NOW)
    assert problem.detail == "1 records of last seen 2026-11-24 should be gone"
    apply_plan(root, write_plan(plan), NOW, tables=[sightings])
    assert sightings.due(TODAY) == []
    (left,) = sightings.due(TODAY + timedelta(1))
    assert (left.expires_on, left.records) == (LATER, 2)

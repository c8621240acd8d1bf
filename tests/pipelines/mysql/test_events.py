"""Events in MySQL, against a real MariaDB: once each, found by index, gone on their day."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from sqlalchemy import Select
from sqlalchemy.dialects import mysql

from pipelines.database.database import Database
from pipelines.mysql.erasure import count_event_rows, erase_event_rows
from pipelines.mysql.events import EventWriter, WriteEventsToMySql
from pipelines.mysql.retention import EventTable, select_account_events, select_request_events
from pipelines.mysql.table import ensure_partitions
from schemas.accounts import ErasureTarget
from schemas.errors import OptionsError, VaultError
from schemas.events import TaggedEvent
from schemas.policy.file import default_policy
from tests.made_output import make_event
from tests.mariadb import MariaDb, killed_and_restarted, mariadb, mariadb_server
from tests.pipelines.vault.test_database_faults import small_disk
from transforms.batches.steps import BatchFn

__all__ = ["mariadb"]

pytestmark = pytest.mark.server

POLICY = default_policy()
TABLE = "logveil_events"
DAY = date(2027, 5, 23)
MINE = f"uin_1_{'m' * 20}"
NAME = f"usr_1_{'n' * 20}"
OTHER = f"uin_1_{'o' * 20}"


@pytest.fixture
def url(mariadb: MariaDb) -> str:
    """Return the URL of an empty database."""
    return mariadb.make_database("events")


@pytest.fixture
def writer(url: str) -> Iterator[EventWriter]:
    """Return a writer into an empty database."""
    database = Database(url)
    yield EventWriter(database, TABLE, POLICY)
    database.close()


def day(number: int) -> str:
    return (DAY + timedelta(number)).isoformat()


def with_values(event: TaggedEvent, **values: str | None) -> TaggedEvent:
    kept = {name: value for name, value in {**event.event.values, **values}.items() if value is not None}
    return replace(event, event=replace(event.event, values=kept))


def partitions(server: MariaDb) -> dict[str, int]:
    names = server.execute(
        "SELECT PARTITION_NAME FROM information_schema.PARTITIONS "
        f"WHERE TABLE_SCHEMA = 'events' AND TABLE_NAME = '{TABLE}' ORDER BY PARTITION_ORDINAL_POSITION"
    )
    return {
        str(name): int(str(server.execute(f"SELECT COUNT(*) FROM events.{TABLE} PARTITION ({name})")[0][0]))
        for (name,) in names
    }


def filled(server: MariaDb) -> dict[str, int]:
    return {name: rows for name, rows in partitions(server).items() if rows}


def test_a_row_holds_what_the_event_holds(writer: EventWriter, mariadb: MariaDb) -> None:
    event = with_values(
        make_event(7, uin=MINE), output="用户 <PHONE_CN> \U0001f9ec\n'\"\\ %s", error_message="\ud800!"
    )
    event = replace(event, event=replace(event.event, others={"note": "x"}))
    writer.write([event])
    ((*flat, others, tags),) = mariadb.execute(
        "SELECT expires_on, event_id, event_time, expires_at, key_epoch, uin, output, error_message, url, "
        "others, tags "
        f"FROM events.{TABLE}"
    )
    assert flat == [
        DAY,
        "event00000007",
        event.event.event_time,
        event.expires_at,
        "1",
        MINE,
        "用户 <PHONE_CN> \U0001f9ec\n'\"\\ %s",
        "?!",
        None,
    ]
    assert json.loads(str(others)) == {"note": "x"}
    assert [tag["field"] for tag in json.loads(str(tags))] == ["uin", "state"]
    assert json.loads(str(tags))[0]["expires_on"] == DAY.isoformat()


def test_a_repeated_bundle_adds_nothing(writer: EventWriter, mariadb: MariaDb) -> None:
    events = [make_event(number, day(number % 3)) for number in range(30)]
    writer.write(events)
    writer.write(events[10:20])
    assert filled(mariadb) == {"p20270523": 10, "p20270524": 10, "p20270525": 10}


def test_partitions_are_made_ahead_of_need(writer: EventWriter, mariadb: MariaDb) -> None:
    writer.write([make_event(1)])
    assert list(partitions(mariadb)) == [f"p202705{number}" for number in range(23, 31)]


@pytest.mark.parametrize(
    "days",
    [
        pytest.param((0, 20), id="far-later"),
        pytest.param((0, -5), id="earlier"),
        pytest.param((0, -5, -2, 30, 3), id="in-any-order"),
    ],
)
def test_every_row_stands_in_the_partition_of_its_own_day(
    writer: EventWriter, mariadb: MariaDb, days: tuple[int, ...]
) -> None:
    for number in days:
        writer.write([make_event(100 + number, day(number))])
    assert filled(mariadb) == {f"p{DAY + timedelta(number):%Y%m%d}": 1 for number in sorted(days)}


def test_a_day_dropped_behind_the_writers_back_gets_no_row_of_another_day(
    writer: EventWriter, url: str, mariadb: MariaDb
) -> None:
    writer.write([make_event(1, day(0)), make_event(2, day(1))])
    EventTable(url).drop([DAY], DAY)
    writer.write([make_event(3, day(0)), make_event(4, day(1))])
    assert filled(mariadb) == {"p20270523": 1, "p20270524": 2}


def test_two_writers_that_need_the_same_partitions_at_once_both_finish(url: str, mariadb: MariaDb) -> None:
    def write(number: int) -> None:
        database = Database(url)
        for step in range(5):
            EventWriter(database, TABLE, POLICY).write([make_event(step * 10 + number, day(step * 9))])
        database.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(filled(mariadb).values()) == [4] * 5


def test_the_pipeline_writes_every_event_once(url: str, mariadb: MariaDb) -> None:
    events = [make_event(number, day(number % 4)) for number in range(500)]
    with beam.Pipeline("FnApiRunner", options=PipelineOptions([])) as pipeline:
        made = pipeline | "MakeEvents" >> beam.Create([*events, *events[:100]])
        made | "WriteEvents" >> WriteEventsToMySql(Database(url), POLICY, batch_size=100)  # type: ignore[operator]
    assert sum(filled(mariadb).values()) == 500


def test_a_batch_of_the_step_before_is_written_in_batches_of_the_stated_size(
    url: str, mariadb: MariaDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write = EventWriter.write
    monkeypatch.setattr(
        EventWriter, "write", lambda self, events: sizes.append(len(events)) or write(self, events)
    )
    with beam.Pipeline("FnApiRunner", options=PipelineOptions([])) as pipeline:
        made = pipeline | "MakeOne" >> beam.Create([None]) | "MakeBatch" >> beam.ParDo(_MakeEventsFn(250))
        made | "WriteEvents" >> WriteEventsToMySql(Database(url), POLICY, batch_size=100)  # type: ignore[operator]
    assert sizes == [100, 100, 50]
    assert sum(filled(mariadb).values()) == 250


class _MakeEventsFn(BatchFn):
    def __init__(self, number: int) -> None:
        self._number = number

    @beam.DoFn.yields_batches
    def process(self, _element: None) -> Iterator[list[TaggedEvent]]:
        yield [make_event(number) for number in range(self._number)]


def test_events_go_to_no_database_but_mysql() -> None:
    with pytest.raises(OptionsError, match="MySQL protocol only"):
        WriteEventsToMySql(Database("sqlite:///x.db"), POLICY)


@pytest.mark.parametrize(
    "name", [pytest.param("a`b", id="quote"), pytest.param("x" * 49, id="long"), pytest.param("", id="empty")]
)
def test_a_table_name_that_could_break_out_is_refused(name: str) -> None:
    with pytest.raises(OptionsError, match="name"):
        WriteEventsToMySql(Database("mysql://h/d"), POLICY, table=name)


@pytest.mark.parametrize(
    ("as_of", "dropped"),
    [
        pytest.param(date(2027, 5, 22), [], id="the-day-before"),
        pytest.param(date(2027, 5, 23), ["p20270523"], id="on-the-day"),
        pytest.param(date(2027, 5, 24), ["p20270523", "p20270524"], id="the-day-after"),
    ],
)
def test_partitions_go_from_their_day_on(
    writer: EventWriter, url: str, mariadb: MariaDb, as_of: date, dropped: list[str]
) -> None:
    writer.write([make_event(number, day(number % 3)) for number in range(9)])
    table = EventTable(url)
    planned = table.due(as_of)
    assert [(one.name, one.records) for one in planned] == [(name, 3) for name in dropped]
    for _ in range(2):
        table.drop([date.fromisoformat(one.expires_on) for one in planned], as_of)
        assert list(filled(mariadb)) == ["p20270523", "p20270524", "p20270525"][len(dropped) :]


def test_a_table_whose_last_day_went_is_empty_and_usable(
    writer: EventWriter, url: str, mariadb: MariaDb
) -> None:
    writer.write([make_event(1)])
    later = DAY + timedelta(365)
    EventTable(url).drop([DAY + timedelta(days) for days in range(8)], later)
    assert EventTable(url).due(later) == []
    assert filled(mariadb) == {}
    EventWriter(Database(url), TABLE, POLICY).write([make_event(2, day(400))])
    assert len(filled(mariadb)) == 1


def test_the_days_that_hold_an_epochs_pseudonyms_are_found(writer: EventWriter, url: str) -> None:
    writer.write([make_event(1, day(0)), replace(make_event(2, day(2)), key_epoch="2")])
    assert EventTable(url).days_of_epoch("2") == [DAY + timedelta(2)]
    assert EventTable(url).days_of_epoch("3") == []


def test_a_user_that_may_only_read_is_told_so(writer: EventWriter, mariadb: MariaDb) -> None:
    writer.write([make_event(1)])
    mariadb.execute("CREATE OR REPLACE USER er@'%' IDENTIFIED BY 'x'", "GRANT SELECT ON events.* TO er@'%'")
    reader = Database(mariadb.url("events", "er", "x"))
    with pytest.raises(VaultError, match="may not do that"):
        EventWriter(reader, TABLE, POLICY).write([make_event(2)])
    reader.close()
    assert sum(filled(mariadb).values()) == 1


@pytest.mark.parametrize(
    ("rights", "work"),
    [
        pytest.param(
            "SELECT, INSERT, UPDATE, CREATE, ALTER",
            lambda url: EventWriter(Database(url), TABLE, POLICY).write([make_event(2, day(-5))]),
            id="writer",
        ),
        pytest.param(
            "SELECT, INSERT, DELETE, CREATE, ALTER, DROP",
            lambda url: EventTable(url).drop([DAY + timedelta(days) for days in range(8)], DAY),
            id="expiry",
        ),
        pytest.param(
            "SELECT, UPDATE, DELETE",
            lambda url: erase_event_rows(url, TABLE, [ErasureTarget(MINE, "uin")]),
            id="erasure",
        ),
    ],
)
def test_the_rights_that_the_documentation_names_suffice(
    writer: EventWriter, mariadb: MariaDb, rights: str, work: Callable[[str], object]
) -> None:
    writer.write([make_event(1, uin=OTHER, output=f"for {MINE}")])
    mariadb.execute(
        "CREATE OR REPLACE USER job@'%' IDENTIFIED BY 'x'", f"GRANT {rights} ON events.* TO job@'%'"
    )
    work(mariadb.url("events", "job", "x"))
    documented = (Path(__file__).parents[3] / "docs" / "mysql.md").read_text().replace("\n", " ")
    assert f"needs {rights[: rights.rindex(', ')]} and {rights[rights.rindex(', ') + 2 :]}" in documented


def test_a_table_of_another_version_is_told_so(writer: EventWriter, mariadb: MariaDb) -> None:
    writer.write([make_event(1)])
    mariadb.execute(f"ALTER TABLE events.{TABLE} DROP COLUMN output")
    with pytest.raises(VaultError, match="a column is missing: the tables are of another version"):
        writer.write([make_event(2)])
    assert sum(filled(mariadb).values()) == 1


def explain(server: MariaDb, query: Select[tuple[object, ...]]) -> dict[str, object]:
    compiled = str(query.compile(dialect=mysql.dialect(), compile_kwargs={"literal_binds": True}))
    ((_, _, _, parts, access, _, key, *_),) = server.execute("USE events", f"EXPLAIN PARTITIONS {compiled}")
    return {"partitions": parts, "access": access, "key": key}


@pytest.fixture
def large(url: str, mariadb: MariaDb) -> None:
    """Fill a table with 180 days, 30,000 events of 300 accounts."""
    database = Database(url)
    writer = EventWriter(database, TABLE, POLICY)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    for first in range(0, 30_000, 5_000):
        writer.write(
            [
                with_values(
                    make_event(number, day(number % 180)),
                    uin=f"uin_1_{'a' * 17}"
                    + "".join(alphabet[number // 32**place % 300 % 32] for place in range(3)),
                    request_id=f"{number:032x}",
                )
                for number in range(first, first + 5_000)
            ]
        )
    database.close()
    mariadb.execute(f"ANALYZE TABLE events.{TABLE}")


@pytest.mark.usefixtures("large")
def test_look_ups_use_an_index_and_open_only_the_days_concerned(mariadb: MariaDb) -> None:
    since = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(10)
    until = since + timedelta(days=2)
    of_account = select_account_events(TABLE, POLICY, f"uin_1_{'a' * 20}", since, until)
    of_request = select_request_events(TABLE, POLICY, f"{10:032x}", since, until)
    days = ",".join(f"p{date(2027, 6, 2) + timedelta(number):%Y%m%d}" for number in range(3))
    found = explain(mariadb, of_account)
    assert (found["partitions"], found["key"]) == (days, f"{TABLE}_uin")
    assert found["access"] in ("ref", "range")
    assert explain(mariadb, of_request) == {"partitions": days, "access": "ref", "key": f"{TABLE}_request_id"}


def test_what_is_no_pseudonym_of_an_account_finds_no_event(writer: EventWriter, url: str) -> None:
    event = make_event(1, request_id="req")
    writer.write([event])
    since = datetime.fromtimestamp(event.event.event_time // 1000, UTC)
    query = select_account_events(TABLE, POLICY, "req", since, since + timedelta(days=1))
    assert Database(url).run(lambda connection: connection.execute(query).all()) == []


def test_an_accounts_rows_go_and_others_no_longer_name_it(
    writer: EventWriter, url: str, mariadb: MariaDb
) -> None:
    writer.write(
        [
            with_values(make_event(1), uin=MINE, username=NAME),
            with_values(make_event(2), uin=None, username=NAME),
            with_values(make_event(3), uin=OTHER, output=f"for {MINE}, {NAME} and {OTHER}"),
            with_values(make_event(4), uin=OTHER, output="nothing"),
        ]
    )
    targets = [ErasureTarget(MINE, "uin"), ErasureTarget(NAME, "username")]
    assert count_event_rows(url, TABLE, targets) == 2
    assert erase_event_rows(url, TABLE, targets) == {"deleted": 2, "changed": 1}
    assert mariadb.execute(f"SELECT event_id, uin, output FROM events.{TABLE} ORDER BY event_id") == [
        ("event00000003", OTHER, f"for <ERASED>, <ERASED> and {OTHER}"),
        ("event00000004", OTHER, "nothing"),
    ]
    assert mariadb.execute(f"SELECT * FROM events.{TABLE}_mentions") == []
    assert erase_event_rows(url, TABLE, targets) == {"deleted": 0, "changed": 0}


def test_a_name_goes_only_for_the_time_it_was_held(writer: EventWriter, url: str, mariadb: MariaDb) -> None:
    early, late = make_event(1, day(0)), make_event(2, day(5))
    writer.write([with_values(event, uin=None, username=NAME) for event in (early, late)])
    erase_event_rows(url, TABLE, [ErasureTarget(NAME, "username", 0, late.event.event_time)])
    assert mariadb.execute(f"SELECT event_id FROM events.{TABLE}") == [("event00000002",)]


def test_more_mentions_than_one_transaction_takes_are_all_taken_out(
    writer: EventWriter, url: str, mariadb: MariaDb
) -> None:
    writer.write([make_event(number, uin=OTHER, output=f"for {MINE}, {NAME}") for number in range(1_001)])
    targets = [ErasureTarget(MINE, "uin"), ErasureTarget(NAME, "username", 0, 1)]
    assert erase_event_rows(url, TABLE, targets) == {"deleted": 0, "changed": 1_001}
    assert mariadb.execute(f"SELECT DISTINCT output FROM events.{TABLE}") == [(f"for <ERASED>, {NAME}",)]
    assert mariadb.execute(f"SELECT DISTINCT pseudonym FROM events.{TABLE}_mentions") == [(NAME,)]


def test_no_event_is_lost_or_doubled_when_the_server_is_killed_in_a_batch(tmp_path: Path) -> None:
    with mariadb_server(tmp_path / "server") as server:
        database = Database(server.make_database("events"))
        writer = EventWriter(database, TABLE, POLICY)
        ensure_partitions(database, TABLE, POLICY, [DAY])
        batches = 0
        with killed_and_restarted(server, times=3, seconds=0.5) as killer:
            while killer.is_alive() or batches < 5:
                writer.write([make_event(batches * 500 + number, day(number % 3)) for number in range(500)])
                batches += 1
        assert sum(filled(server).values()) == batches * 500
        database.close()


def write_batches(writer: EventWriter, last: int) -> None:
    for batch in range(1, last):
        writer.write([make_event(batch * 500 + number, output="x" * 999) for number in range(500)])


def test_a_full_disk_is_an_error_and_no_batch_is_half_written(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", 180) as disk,
        mariadb_server(
            disk / "server",
            "--innodb-log-file-size=8M",
            "--innodb-data-file-path=ibdata1:12M:autoextend",
        ) as server,
    ):
        database = Database(server.make_database("events"), retry_seconds=2)
        writer = EventWriter(database, TABLE, POLICY)
        writer.write([make_event(number) for number in range(500)])
        (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - (256 << 10)))
        # The server says that its disk is full, or ends itself where it is its log that finds no room.
        with pytest.raises(VaultError, match=r"disk|lost|reached"):
            write_batches(writer, 400)
        (disk / "ballast").unlink()
        server.kill()
        server.start()
        assert sum(filled(server).values()) % 500 == 0
        writer.write([make_event(10**6, day(40))])
        database.close()

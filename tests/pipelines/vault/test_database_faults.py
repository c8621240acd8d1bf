"""What a server does to its clients: killed, cut off, full, refusing; against a real MariaDB."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from pipelines.database.database import Database
from pipelines.keys.rings import KeyRing
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.schema_version import prepare
from pipelines.vault.sightings import record_sightings
from pipelines.vault.tables import account_events, sightings
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import DAY_MS, AccountEvent, AccountEventKind, AccountSighting
from schemas.errors import VaultError
from schemas.policy.file import default_policy
from tests.conftest import absent
from tests.mariadb import MariaDb, killed_and_restarted, mariadb_server

pytestmark = pytest.mark.server

START = 20_000 * DAY_MS


def seen(number: int) -> AccountSighting:
    return AccountSighting("1", f"uin_1_{number:020d}", "", f"10000{number}", "", START, START)


def count(vault: Vault, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return vault.database.run(lambda connection: connection.scalar(query)) or 0


def test_no_row_is_lost_or_doubled_when_the_server_is_killed_in_a_batch(
    tmp_path: Path, ring: KeyRing
) -> None:
    with mariadb_server(tmp_path / "server") as server:
        vault = open_vault(server.make_database("vault"), ring, default_policy())
        batches = 0
        with killed_and_restarted(server, times=4, seconds=0.4) as killer:
            while killer.is_alive() or batches < 20:
                numbers = range(batches * 200, (batches + 1) * 200)
                record_sightings(vault, [seen(number) for number in numbers])
                created = [
                    AccountEvent(f"event-{number}", AccountEventKind.CREATED, START, f"{number}")
                    for number in numbers
                ]
                apply_events(vault, created)
                batches += 1
        assert (count(vault, sightings), count(vault, account_events)) == (batches * 200, batches * 200)
        vault.database.close()


def test_a_connection_that_was_cut_is_made_again(mariadb: MariaDb, ring: KeyRing) -> None:
    vault = open_vault(mariadb.make_database("cut"), ring, default_policy())
    record_sightings(vault, [seen(1)])
    for (identifier,) in mariadb.execute("SELECT id FROM information_schema.processlist WHERE db = 'cut'"):
        mariadb.execute(f"KILL {identifier}")
    record_sightings(vault, [seen(2)])
    assert count(vault, sightings) == 2
    vault.database.close()


def test_a_connection_that_is_cut_within_a_transaction_runs_it_again(mariadb: MariaDb) -> None:
    database = Database(mariadb.make_database("within"))
    database.run(lambda connection: connection.execute(text("CREATE TABLE t (n INT PRIMARY KEY)")))
    attempts = 0

    def insert(connection: object) -> None:
        nonlocal attempts
        attempts += 1
        connection.execute(text("INSERT INTO t VALUES (1)"))  # type: ignore[attr-defined]
        if attempts == 1:
            identifier = connection.scalar(text("SELECT CONNECTION_ID()"))  # type: ignore[attr-defined]
            mariadb.execute(f"KILL {identifier}")
        connection.execute(text("INSERT INTO t VALUES (2)"))  # type: ignore[attr-defined]

    database.run(insert)
    assert mariadb.execute("SELECT COUNT(*) FROM within.t") == [(2,)]
    assert attempts == 2
    database.close()


def test_a_deadlock_is_run_again(mariadb: MariaDb) -> None:
    database = Database(mariadb.make_database("deadlock"))
    database.run(lambda connection: connection.execute(text("CREATE TABLE t (n INT PRIMARY KEY, v INT)")))
    database.run(lambda connection: connection.execute(text("INSERT INTO t VALUES (1, 0), (2, 0)")))
    meeting = threading.Barrier(2)
    attempts: list[int] = []

    def add(order: tuple[int, int]) -> None:
        def work(connection: object) -> None:
            attempts.append(order[0])
            for number in order:
                statement = text("UPDATE t SET v = v + 1 WHERE n = :n")
                connection.execute(statement, {"n": number})  # type: ignore[attr-defined]
                with suppress(threading.BrokenBarrierError):
                    meeting.wait(timeout=5)

        database.run(work)

    threads = [threading.Thread(target=add, args=[order]) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mariadb.execute("SELECT v FROM deadlock.t ORDER BY n") == [(2,), (2,)]
    assert len(attempts) == 3
    database.close()


def test_a_wrong_password_is_told_at_once_and_not_shown(mariadb: MariaDb) -> None:
    mariadb.make_database("secret")
    mariadb.execute("CREATE OR REPLACE USER lv@'%' IDENTIFIED BY 'right'", "GRANT ALL ON secret.* TO lv@'%'")
    denied = "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'ACCESS_DENIED_ERRORS'"
    ((before,),) = mariadb.execute(denied)
    with pytest.raises(VaultError, match="wrong user or password") as caught:
        prepare(Database(mariadb.url("secret", "lv", "wr0ng-one")))
    assert "wr0ng-one" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert mariadb.execute(denied) == [(str(int(str(before)) + 1),)]


def test_a_user_that_may_only_read_is_told_so(mariadb: MariaDb, ring: KeyRing) -> None:
    vault = open_vault(mariadb.make_database("readonly"), ring, default_policy())
    mariadb.execute("CREATE OR REPLACE USER ro@'%' IDENTIFIED BY 'x'", "GRANT SELECT ON readonly.* TO ro@'%'")
    reader = Vault(Database(mariadb.url("readonly", "ro", "x")), vault.cipher)
    with pytest.raises(VaultError, match="may not do that"):
        record_sightings(reader, [seen(1)])
    assert count(vault, sightings) == 0
    reader.database.close()
    vault.database.close()


def test_a_server_that_is_read_only_during_a_failover_gets_the_batch_afterwards(
    mariadb: MariaDb, ring: KeyRing
) -> None:
    vault = open_vault(mariadb.make_database("failover"), ring, default_policy())
    mariadb.execute("CREATE OR REPLACE USER fo@'%' IDENTIFIED BY 'x'", "GRANT ALL ON failover.* TO fo@'%'")
    writer = Vault(Database(mariadb.url("failover", "fo", "x")), vault.cipher)
    assert count(writer, sightings) == 0  # connected, so that the next rollback is that of a refusal
    mariadb.execute("SET GLOBAL read_only = 1")
    refused = (
        "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'COM_ROLLBACK'"
    )
    ((before,),) = mariadb.execute(refused)
    try:
        writing = threading.Thread(target=record_sightings, args=[writer, [seen(1)]])
        writing.start()
        while mariadb.execute(refused) == [(before,)]:
            assert writing.is_alive()
    finally:
        mariadb.execute("SET GLOBAL read_only = 0")
    writing.join()
    assert count(vault, sightings) == 1
    writer.database.close()
    vault.database.close()


def test_tables_that_were_taken_away_are_named(mariadb: MariaDb, ring: KeyRing) -> None:
    vault = open_vault(mariadb.make_database("gone"), ring, default_policy())
    mariadb.execute("DROP TABLE gone.logveil_sightings")
    with pytest.raises(VaultError, match="a table is missing"):
        record_sightings(vault, [seen(1)])
    vault.database.close()


def fill(vault: Vault) -> None:
    for first in range(500, 200_000, 500):
        record_sightings(vault, [seen(number) for number in range(first, first + 500)])


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """Mount a small file system; skip the test, or fail it, where this process may not."""
    path.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        absent("the right to mount a file system")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_disk_is_an_error_and_no_batch_is_half_written(tmp_path: Path, ring: KeyRing) -> None:
    with (
        small_disk(tmp_path / "disk", 160) as disk,
        mariadb_server(
            disk / "server",
            "--innodb-log-file-size=8M",
            "--innodb-data-file-path=ibdata1:12M:autoextend",
        ) as server,
    ):
        vault = open_vault(server.make_database("vault"), ring, default_policy())
        vault = Vault(Database(vault.database.url, retry_seconds=2), vault.cipher)
        record_sightings(vault, [seen(number) for number in range(500)])
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(max(0, free - (256 << 10))))
        # The server says that its disk is full, or ends itself where it is its log that finds no room.
        with pytest.raises(VaultError, match=r"disk|lost|reached"):
            fill(vault)
        (disk / "ballast").unlink()
        server.kill()
        server.start()
        assert count(vault, sightings) % 500 == 0
        record_sightings(vault, [seen(10**9)])
        vault.database.close()

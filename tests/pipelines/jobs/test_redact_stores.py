"""`logveil redact --vault --mysql`: what is written beside the partitions, and refusals before anything runs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from schemas.errors import DatabaseError, LogveilError, VaultError
from tests.conftest import NOW_MS
from tests.made_output import tree
from tests.mariadb import MariaDb, mariadb

__all__ = ["mariadb"]

pytestmark = pytest.mark.server

NOW = "2026-11-24T00:00:00"
DAY_MS = 86_400_000


def lines(*days_ago: int) -> str:
    """Return events of as many accounts, each some days before now."""
    return "".join(
        json.dumps(
            {"__TIMESTAMP__": NOW_MS - days * DAY_MS, "uin": f"1000123456{number:02d}", "output": "done"}
        )
        + "\n"
        for number, days in enumerate(days_ago)
    )


def redact(folder: Path, *options: str, **environment: str) -> None:
    command = ["redact", str(folder / "log.jsonl"), "--output", str(folder / "out"), "--now", NOW]
    result = CliRunner().invoke(
        app, [*command, "--workers", "1", "--max-rejected", "1", *options], env=environment
    )
    if isinstance(result.exception, LogveilError):
        raise result.exception
    assert result.exit_code == 0, result.output


def test_events_and_accounts_are_stored_once_however_often_they_are_redacted(
    tmp_path: Path, mariadb: MariaDb
) -> None:
    url = mariadb.make_database("stores")
    (tmp_path / "log.jsonl").write_text(lines(0, 1, 2))
    for again in ([], ["--again"]):
        redact(tmp_path, "--vault", url, "--mysql", url, *again)
    assert mariadb.execute("SELECT COUNT(*) FROM stores.logveil_events") == [(3,)]
    assert mariadb.execute("SELECT COUNT(*) FROM stores.logveil_sightings") == [(3,)]


def test_an_event_that_is_not_written_stores_no_account(tmp_path: Path, mariadb: MariaDb) -> None:
    url = mariadb.make_database("stores")
    (tmp_path / "log.jsonl").write_text(lines(0, 180, -2))
    redact(tmp_path, "--vault", url, "--mysql", url)
    assert mariadb.execute("SELECT COUNT(*) FROM stores.logveil_events") == [(1,)]
    assert mariadb.execute("SELECT COUNT(*) FROM stores.logveil_sightings") == [(1,)]


@pytest.mark.parametrize("variable", ["LOGVEIL_VAULT", "LOGVEIL_MYSQL"])
def test_a_wrong_password_is_told_before_anything_is_read(
    tmp_path: Path, mariadb: MariaDb, variable: str
) -> None:
    (tmp_path / "log.jsonl").write_text(lines(0))
    with pytest.raises(DatabaseError, match="wrong user or password") as caught:
        redact(tmp_path, **{variable: mariadb.url("stores", "nobody", "s3cret-one")})
    assert "s3cret-one" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "change"),
    [
        pytest.param("--vault", "UPDATE stores.logveil_version SET version_num = '9999'", id="vault"),
        pytest.param("--mysql", "ALTER TABLE stores.logveil_events DROP COLUMN output", id="events"),
    ],
)
def test_tables_of_another_version_are_told_before_anything_is_read(
    tmp_path: Path, mariadb: MariaDb, option: str, change: str
) -> None:
    url = mariadb.make_database("stores")
    (tmp_path / "log.jsonl").write_text(lines(0))
    redact(tmp_path, option, url)
    mariadb.execute(change)
    before = tree(tmp_path)
    with pytest.raises(VaultError, match=r"version 9999|of another version: it lacks output"):
        redact(tmp_path, option, url, "--again")
    assert tree(tmp_path) == before

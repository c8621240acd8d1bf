"""The script of the documentation that shows an account's life runs as it stands, and leaves what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.root.receipts import chain_faults, read_receipts
from tests.mariadb import MariaDb, mariadb

__all__ = ["mariadb"]

SCRIPT = Path(__file__).parents[1] / "docs" / "life_of_an_account.sh"
PEOPLE = (b"100012345678", b"lin.qiao")


@pytest.mark.slow
@pytest.mark.server
def test_an_account_lives_is_erased_and_in_the_end_nothing_is_left(mariadb: MariaDb, tmp_path: Path) -> None:
    url = mariadb.make_database("life")
    environment = {
        **os.environ,
        "LOGVEIL_VAULT": url,
        "LOGVEIL": str(Path(sys.executable).with_name("logveil")),
        "COLUMNS": "120",
    }
    done = subprocess.run(
        [str(SCRIPT), str(tmp_path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = done.stdout.split("== The receipt says what went")
    assert "records hold canary 1" in before, done.stdout + done.stderr
    assert "hold canary" not in after
    assert done.stderr.count("nobody is known by this pseudonym") == 2

    root = tmp_path / "root"
    assert list(root.rglob("*.avro")) == []
    assert chain_faults(root) == []
    erasure, expiry = read_receipts(root)
    assert (erasure.kind, expiry.kind) == ("erase", "expire")
    assert erasure.body["event_rows"]["deleted"] == sum(
        file["records_before"] - file["records_after"] for file in erasure.body["rewritten"]
    )
    for table, rows in (("events", 0), ("events_mentions", 0), ("sightings", 0), ("accounts", 1)):
        assert mariadb.execute(f"SELECT COUNT(*) FROM life.logveil_{table}") == [(rows,)]
    assert mariadb.execute("SELECT DISTINCT pseudonym FROM life.logveil_disclosures") == [("<ERASED>",)]
    written = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert [person for person in PEOPLE if person in written] == []

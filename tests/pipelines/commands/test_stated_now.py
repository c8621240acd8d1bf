"""`--now` stands for nothing else: guards, limits, audit and receipts go by the clock of the system."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands import clock
from pipelines.commands.cli import app
from pipelines.database.database import Database
from pipelines.keys.rings import load_keys, make_ring
from pipelines.root.receipts import read_receipts
from pipelines.vault.disclosure import REVEALS_AN_HOUR
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.tables import disclosures
from pipelines.vault.vault import open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import OptionsError, RetentionError, VaultError
from tests.made_output import POLICY, commit_run, event_ids, make_event

UIN = "100012345678"
CLOCK = datetime.now(UTC)
TOMORROW = (CLOCK + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
FORCE = ("--force", "--reason=moving out")


class Place:
    """A root of which something expires tomorrow, and a vault from which an account may be erased then."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.ring = folder, folder / "out", folder / "out.keys"
        make_ring(self.ring)
        expires = CLOCK + timedelta(days=1)
        commit_run(self.root, [make_event(1, expires_on=f"{expires:%Y-%m-%d}")])
        self.url = f"sqlite:///{folder}/vault.db"
        vault = open_vault(self.url, load_keys(self.ring, {}), POLICY)
        at = int((CLOCK - timedelta(days=29)).timestamp() * 1000)
        apply_events(vault, [AccountEvent("e1", AccountEventKind.TERMINATED, at, UIN)])
        vault.database.close()

    def run(self, *arguments: object) -> str:
        result = CliRunner().invoke(app, [str(one) for one in arguments], env={"LOGVEIL_VAULT": self.url})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    def audit(self) -> list[tuple[str, int, str, str]]:
        database = Database(self.url)
        rows = database.run(lambda connection: connection.execute(disclosures.select()).all())
        database.close()
        return [(row.actor, row.at, row.reason, row.outcome) for row in rows]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(clock, "newest_time", lambda root: datetime.now(UTC))  # the root is in use
    return Place(tmp_path)


def test_a_day_ahead_expires_nothing_without_force_and_a_reason(place: Place) -> None:
    plan = place.folder / "p.json"
    with pytest.raises(RetentionError, match="--force and a --reason"):
        place.run("expire", place.root, f"--now={TOMORROW}", f"--plan={plan}")
    place.run("expire", place.root, f"--now={TOMORROW}", f"--plan={plan}", *FORCE)
    with pytest.raises(RetentionError, match="--force"):
        place.run("expire", place.root, "--apply", plan, f"--now={TOMORROW}")
    assert len(event_ids(place.root)) == 1
    place.run("expire", place.root, "--apply", plan, f"--now={TOMORROW}", "--force")
    assert event_ids(place.root) == []
    assert_dated_by_the_clock(place)


def test_a_day_ahead_erases_nobody_without_force_and_a_reason(place: Place) -> None:
    keys, plan = f"--keys={place.ring}", place.folder / "p.json"
    with pytest.raises(OptionsError, match="--force"):
        place.run("erase", "plan", place.root, f"--now={TOMORROW}", f"--plan={plan}", keys)
    place.run("erase", "plan", place.root, f"--now={TOMORROW}", f"--plan={plan}", keys, *FORCE)
    with pytest.raises(RetentionError, match="--force"):
        place.run("erase", "apply", plan, f"--now={TOMORROW}", keys)
    assert "terminated" in place.run("account", "status", UIN, keys)
    place.run("erase", "apply", plan, f"--now={TOMORROW}", keys, "--force")
    assert_dated_by_the_clock(place)


def test_a_day_ahead_removes_nothing_after_a_restore(place: Place) -> None:
    command = ("restore-check", place.root, "--apply", f"--now={TOMORROW}", f"--keys={place.ring}")
    with pytest.raises(OptionsError, match="ahead of the system's clock"):
        place.run(*command)
    assert len(event_ids(place.root)) == 1
    place.run(*command, *FORCE)
    assert event_ids(place.root) == []
    assert_dated_by_the_clock(place)


def assert_dated_by_the_clock(place: Place) -> None:
    (receipt,) = read_receipts(place.root)
    assert CLOCK <= datetime.fromisoformat(receipt.at) <= datetime.now(UTC)
    assert receipt.body["stated_now"].startswith(TOMORROW)


def test_a_receipt_of_the_clock_alone_says_nothing_else(place: Place) -> None:
    plan = place.folder / "p.json"
    place.run("expire", place.root, f"--plan={plan}")
    place.run("expire", place.root, "--apply", plan)
    assert "stated_now" not in read_receipts(place.root)[0].body


def found(place: Place, *options: str) -> list[str]:
    command = ("account", "find", UIN, "--json", f"--keys={place.ring}", *options)
    return [one["pseudonym"] for one in json.loads(place.run(*command))]


def test_a_stated_hour_opens_no_limit_and_the_audit_has_the_clock(place: Place) -> None:
    pseudonym = found(place)[0]
    command = ("account", "reveal", pseudonym, "--reason=ticket 1", f"--keys={place.ring}")
    for number in range(REVEALS_AN_HOUR - 1):
        place.run(*command, f"--now=2026-11-{number + 1:02}T10:00:00")
    with pytest.raises(VaultError, match="within an hour"):
        place.run(*command, f"--now={TOMORROW}")
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    rows = place.audit()
    assert all(now_ms - 3_600_000 < at <= now_ms for _, at, _, _ in rows)
    assert sum("(--now 2026-11-" in reason for _, _, reason, _ in rows) >= REVEALS_AN_HOUR - 1


def test_finding_is_audited_and_limited_too(place: Place) -> None:
    for _ in range(REVEALS_AN_HOUR):
        assert len(found(place, "--reason=ticket 2")) == 1
    with pytest.raises(VaultError, match="within an hour"):
        found(place)
    outcomes = [(reason, outcome) for _, _, reason, outcome in place.audit()]
    assert sorted(outcomes) == [("", "refused"), *[("ticket 2", "found")] * REVEALS_AN_HOUR]
    assert UIN not in str(place.audit())


def test_an_event_of_the_future_is_refused_by_the_clock(place: Place) -> None:
    time = (CLOCK + timedelta(days=3)).isoformat()
    event = {"id": "e9", "type": "account.restored", "time": time, "account": {"uin": UIN}}
    (place.folder / "events.jsonl").write_text(f"{json.dumps(event)}\n")
    command = ("account", "import", place.folder / "events.jsonl", f"--keys={place.ring}", "--json")
    assert json.loads(place.run(*command, "--now=2030-01-01")) == {"rejected/future_time": 1}
    with pytest.raises(VaultError, match="ahead of the system's clock"):
        place.run("account", "terminate", UIN, "--now=2030-01-01", f"--keys={place.ring}")

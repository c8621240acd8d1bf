"""Commands that delete or date records doubt a clock far ahead of the system's and of what the root has seen."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from pipelines.commands import clock
from pipelines.commands.cli import app
from pipelines.commands.clock import guard_clock
from pipelines.keys.rings import load_keys, make_ring
from pipelines.root.layout import PLANS
from pipelines.root.newest_time import newest_time
from pipelines.root.receipts import append_receipt, read_receipts
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import OptionsError
from tests.made_output import POLICY, STARTED, commit_run, event_ids, make_event

SOON = STARTED + timedelta(hours=48)
LATE = SOON + timedelta(seconds=1)
FORCE = ("--force", "--reason=moving out")


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def system_clock(monkeypatch):
    """Return a function that sets the clock of the system."""

    class Clock(datetime):
        moment = STARTED

        @classmethod
        def now(cls, tz=None):
            return cls.moment.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Clock)
    return lambda moment: setattr(Clock, "moment", moment)


@pytest.fixture
def root(tmp_path):
    commit_run(tmp_path / "out", [make_event(1)])
    return tmp_path / "out"


def test_a_moment_up_to_48_hours_ahead_is_believed(root, system_clock):
    guard_clock(root, SOON)
    with pytest.raises(OptionsError, match="2 days ahead of the system's clock"):
        guard_clock(root, LATE)
    with pytest.raises(OptionsError, match=r"the date of the plan is .* ahead of the system's clock"):
        guard_clock(root, STARTED, as_of=LATE)
    guard_clock(root, LATE, as_of=LATE, reason="moving out")


def test_a_clock_of_the_system_that_lies_is_told_by_the_root(root, system_clock):
    system_clock(LATE)
    with pytest.raises(OptionsError, match=r"ahead of the newest time that .*/out has seen"):
        guard_clock(root, LATE)
    guard_clock(root, LATE, at_stake=False)
    guard_clock(root.with_name("new"), LATE)


def test_files_of_today_tell_the_time_of_a_root_that_was_left_alone(root, system_clock, tmp_path):
    (tmp_path / "today.log").write_text("x")
    today = datetime.now(UTC) + timedelta(hours=1)
    system_clock(today)
    guard_clock(root, today, inputs=[tmp_path / "today.log", tmp_path / "gone.log"])


def test_receipts_and_a_plan_a_day_carry_the_time_of_a_root_on(root):
    assert newest_time(root) == STARTED
    append_receipt(root, "expire", {"plan": "x"}, SOON)
    assert newest_time(root) == SOON
    (root / PLANS).mkdir()
    for name, hours in (("b", 100), ("a", 60), ("c", 200), ("d", 10_000)):
        made_at = (STARTED + timedelta(hours=hours)).isoformat()
        (root / PLANS / f"{name}.json").write_text(json.dumps({"made_at": made_at}))
    (root / PLANS / "broken.json").write_text("{")
    assert newest_time(root) == STARTED + timedelta(hours=100)


def test_expire_neither_plans_nor_applies_by_a_clock_that_leapt(root):
    with pytest.raises(OptionsError, match="ahead of the system's clock"):
        run("expire", root, "--now=2030-01-01", "--plan", root.with_name("p.json"))
    assert not root.with_name("p.json").exists()
    run("expire", root, "--now=2030-01-01", "--plan", root.with_name("p.json"), *FORCE)
    with pytest.raises(OptionsError, match="ahead of the system's clock"):
        run("expire", root, "--apply", root.with_name("p.json"), "--now=2030-01-01")
    assert len(event_ids(root)) == 1
    run("expire", root, "--apply", root.with_name("p.json"), "--now=2030-01-01", "--force", "--reason=again")
    assert event_ids(root) == []
    assert read_receipts(root)[0].body["reason"] == "again"


def test_redact_writes_nothing_by_a_clock_that_leapt(root, tmp_path):
    make_ring(tmp_path / "keys")
    (tmp_path / "in.jsonl").write_text('{"time": "2029-12-31T00:00:00Z", "state": "OK"}\n')
    command = ["redact", tmp_path / "in.jsonl", "--output", root, "--keys", tmp_path / "keys", "--json"]
    with pytest.raises(OptionsError, match="ahead of the system's clock"):
        run(*command, "--now=2030-01-01")
    assert len(event_ids(root)) == 1
    assert json.loads(run(*command, "--now=2030-01-01", *FORCE).output)["forced"] == "moving out"


def test_erase_neither_plans_nor_applies_by_a_clock_that_leapt(root, tmp_path):
    make_ring(tmp_path / "keys")
    url = f"sqlite:///{tmp_path}/vault.db"
    vault = open_vault(url, load_keys(tmp_path / "keys", {}), POLICY)
    at = int(STARTED.timestamp() * 1000)
    apply_events(vault, [AccountEvent("e1", AccountEventKind.TERMINATED, at, "100012345678")])
    vault.database.close()
    places = ("--vault", url, "--keys", tmp_path / "keys")
    plan = ("erase", "plan", root, "--plan", tmp_path / "p.json", "--now=2030-01-01", *places)
    with pytest.raises(OptionsError, match="ahead of the system's clock"):
        run(*plan)
    run(*plan, *FORCE)
    apply = ("erase", "apply", tmp_path / "p.json", "--now=2030-01-01", *places)
    with pytest.raises(OptionsError, match="ahead of the system's clock"):
        run(*apply)
    run(*apply, "--force")
    assert read_receipts(root)[0].body["reason"] == "moving out"


def test_a_reason_alone_does_nothing(root):
    with pytest.raises(OptionsError, match="--reason goes with --force"):
        run("expire", root, "--reason=x")
    with pytest.raises(OptionsError, match="--force and a --reason"):
        run("expire", root, "--now=2030-01-01", "--force", "--reason= ")

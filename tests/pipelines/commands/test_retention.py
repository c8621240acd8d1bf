"""The commands on retention: what they print, and their exit codes."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.keys.rings import load_keys, make_ring
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import OptionsError, RetentionError
from tests.made_output import POLICY, commit_run, event_ids, make_event, make_rejection
from tests.pipelines.lanes.made_lanes import commit, dealt

DAY = "2027-05-23"
EVENTS = [make_event(n, DAY if n % 2 else "2027-05-24") for n in range(6)]
NOW = "--now=2027-05-23"
AHEAD = ("--force", "--reason=the day is played")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "out"
    commit_run(folder, EVENTS, [make_rejection(1, DAY)])
    return folder


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_expire_plans_and_tells_how_to_apply(root):
    result = run("expire", root, NOW, *AHEAD)
    assert result.exit_code == 0
    assert f"logveil expire {root} --apply {root}/_plans/expire-{DAY}-" in result.output
    assert "troubleshooting_data" in result.output
    assert len(event_ids(root)) == len(EVENTS)


def test_expire_as_json_is_the_plan_with_its_path(root):
    plan = json.loads(run("expire", root, NOW, *AHEAD, "--json").output)
    assert [partition["path"] for partition in plan["partitions"]] == [
        f"category=rejected/expires_on={DAY}",
        f"category=troubleshooting_data/expires_on={DAY}",
    ]
    with open(plan["path"]) as stream:
        assert json.load(stream)["digest"] == plan["digest"]


def test_the_plan_goes_where_it_is_wanted(root, tmp_path):
    run("expire", root, NOW, *AHEAD, "--plan", tmp_path / "mine.json")
    assert json.loads((tmp_path / "mine.json").read_text())["as_of"] == DAY


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_apply_deletes_and_says_which_receipt_tells_of_it(root, options):
    path = json.loads(run("expire", root, NOW, *AHEAD, "--json").output)["path"]
    result = run("expire", root, "--apply", path, NOW, "--force", *options)
    assert result.exit_code == 0
    assert event_ids(root) == [event.event.event_id for event in EVENTS[::2]]
    if options:
        assert json.loads(result.output)["body"]["records"] == 4
    else:
        assert "2 partitions, 4 records" in result.output
        assert "receipt 2" in result.output


def test_a_future_date_takes_force_and_a_reason(root):
    with pytest.raises(RetentionError, match="needs --force and a --reason"):
        run("expire", root, NOW, "--as-of=2027-05-24")
    with pytest.raises(RetentionError, match="needs --force and a --reason"):
        run("expire", root, NOW, "--as-of=2027-05-24", "--force")
    plan = run("expire", root, NOW, "--as-of=2027-05-24", "--force", "--reason=moving", "--json")
    path = json.loads(plan.output)["path"]
    with pytest.raises(OptionsError, match="needs --force"):
        run("expire", root, "--apply", path, NOW)
    run("expire", root, "--apply", path, NOW, "--force")
    assert event_ids(root) == []


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--reason=x"], id="reason-without-force"),
        pytest.param(["--apply=plan.json", "--as-of=2027-05-23"], id="apply-with-a-date"),
        pytest.param(["--apply=plan.json", "--reason=x"], id="apply-with-a-reason-without-force"),
        pytest.param(["--apply=plan.json", "--plan=p.json"], id="apply-with-a-place-for-a-plan"),
    ],
)
def test_options_that_contradict_each_other_are_refused(root, options):
    with pytest.raises(OptionsError):
        run("expire", root, *options)


def test_verify_of_a_sound_root_exits_with_0(root):
    result = run("verify", root, "--now=2026-11-24", "--canary=tweety")
    assert (result.exit_code, result.output) == (0, f"{root} is as it should be\n")


def test_verify_prints_a_line_for_each_problem_and_exits_with_1(root):
    result = run("verify", root, NOW, "--no-detect")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"expired: category=rejected/expires_on={DAY}: 1 records should be gone",
        f"expired: category=troubleshooting_data/expires_on={DAY}: 3 records should be gone",
    ]


def test_the_head_that_verify_prints_covers_what_a_stream_has_written(tmp_path):
    (lane,) = dealt(tmp_path)
    commit(lane, {0: 3})
    kept = run("verify", tmp_path, "--head").output.strip()
    assert run("verify", tmp_path, "--head").output.strip() == kept
    commit(lane, {0: 2})
    options = (tmp_path, "--now=2026-11-24", "--no-detect", f"--expect-head={kept}")
    assert run("verify", *options).exit_code == 0
    shutil.rmtree(tmp_path / "_receipts")
    result = run("verify", *options)
    assert result.exit_code == 1
    assert "the chain does not hold the head that is expected" in result.output


def test_verify_as_json_lists_the_problems(root):
    result = run("verify", root, NOW, "--no-detect", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)[0] == {
        "kind": "expired",
        "path": f"category=rejected/expires_on={DAY}",
        "detail": "1 records should be gone",
    }


def test_verify_runs_the_detectors_over_texts(tmp_path):
    commit_run(tmp_path, [make_event(1, DAY, output="mail from jane.roe@example.org")])
    result = run("verify", tmp_path, "--now=2026-11-24")
    assert result.exit_code == 1
    assert "1 records have a text in which the detectors find something" in result.output
    assert "jane" not in result.output


def test_canaries_may_come_from_a_file(root, tmp_path):
    (tmp_path / "canaries").write_text("tweety\n\nfirst.jsonl\n")
    result = run("verify", root, "--now=2026-11-24", "--canaries", tmp_path / "canaries")
    assert result.exit_code == 1
    assert "holds canary 2" in result.output
    assert "tweety" not in result.output


def test_canaries_that_cannot_be_read_are_refused(root, tmp_path):
    with pytest.raises(OptionsError, match="the file of canaries cannot be read: No such file or directory"):
        run("verify", root, "--canaries", tmp_path / "gone")


@pytest.mark.parametrize(
    ("now", "exit_code", "words"),
    [
        pytest.param("2026-12-30", 0, "is as it should be", id="within-30-days"),
        pytest.param("2027-01-02", 1, "overdue: sqlite:", id="later"),
    ],
)
def test_verify_reports_accounts_that_are_overdue(root, tmp_path, now, exit_code, words):
    make_ring(tmp_path / "out.keys")
    url = f"sqlite:///{tmp_path}/vault.db"
    vault = open_vault(url, load_keys(tmp_path / "out.keys", {}), POLICY)
    terminated = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1000)
    apply_events(vault, [AccountEvent("e1", AccountEventKind.TERMINATED, terminated, "100012345678")])
    vault.database.close()
    result = run("verify", root, f"--now={now}", "--no-detect", "--vault", url)
    assert result.exit_code == exit_code
    assert words in result.output
    assert "100012345678" not in result.output


def test_the_calendar_shows_what_goes_when(root):
    result = run("calendar", root, "--now=2027-05-22")
    assert result.exit_code == 0
    assert [line for line in (DAY, "2027-05-24") if line in result.output] == [DAY, "2027-05-24"]


def test_the_calendar_as_json_has_a_row_for_each_date(root):
    rows = json.loads(run("calendar", root, "--now=2027-05-22", "--json").output)
    assert [(row["expires_on"], row["days"], row["partitions"], row["records"]) for row in rows] == [
        (DAY, 1, 2, 4),
        ("2027-05-24", 2, 1, 3),
    ]


def test_now_is_the_clock_unless_it_is_given(root):
    before = datetime.now(UTC).date().isoformat()
    plan = json.loads(run("expire", root, "--json").output)
    assert before <= plan["as_of"] <= datetime.now(UTC).date().isoformat()

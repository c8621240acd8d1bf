"""The commands on accounts, keys and erasure, as an operator types them."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.database.database import Database
from pipelines.keys.rings import make_ring
from pipelines.mysql.events import EventWriter
from pipelines.root.commit import commit_steps
from schemas.errors import KeyFileError, LogveilError, OptionsError, OutputError, VaultError
from tests.made_output import POLICY, commit_run, make_event, staged_run
from tests.mariadb import MariaDb, mariadb

__all__ = ["mariadb"]

UIN = "100012345678"
POLICY_TEXT = files("schemas.policy").joinpath("healthcare_omics.yaml").read_text(encoding="utf-8")
NOW = "2026-11-24T00:00:00"
LINES = [
    {"id": "1", "type": "ciam.account.created", "time": "2026-01-01T00:00:00Z", "account": {"uin": UIN}},
    {"id": "2", "type": "account.terminated", "time": "2026-10-25T10:00:00Z", "account": {"uin": UIN}},
]


class Program:
    """The program with a vault and a key ring of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_ring(folder / "out.keys")
        self.vault = f"sqlite:///{folder}/vault.db"

    def run(self, *arguments: str, code: int = 0, text: str | None = None, keys: bool = True) -> str:
        """Run a command and return its output; an error of logveil's own is raised."""
        options = ["--keys", str(self.folder / "out.keys")] if keys else []
        result = CliRunner().invoke(
            app, [*arguments, *options], input=text, env={"LOGVEIL_VAULT": self.vault, "COLUMNS": "200"}
        )
        if isinstance(result.exception, LogveilError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return the program in an empty folder."""
    return Program(tmp_path)


def events_file(program: Program, *lines: object) -> str:
    path = program.folder / "events.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return str(path)


def test_events_are_imported_once(program: Program) -> None:
    path = events_file(program, *LINES)
    assert json.loads(program.run("account", "import", path, "--json")) == {"applied": 2}
    assert json.loads(program.run("account", "import", path, "--json")) == {"repeated": 2}


def test_a_folder_of_events_is_imported_in_order_of_names(program: Program) -> None:
    for number, line in enumerate(reversed(LINES)):
        (program.folder / f"{number}.jsonl").write_text(json.dumps(line))
    output = program.run("account", "import", str(program.folder), "--json")
    assert json.loads(output) == {"applied": 2}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("{", "not_json", id="cut-off"),
        pytest.param("7", "not_an_object", id="number"),
        pytest.param('{"type": "created"}', "missing_id", id="no-id"),
        pytest.param('{"id": "1", "type": "x", "time": 1, "uin": 1}', "unknown_kind", id="other-kind"),
        pytest.param('{"id": "1", "type": "created", "uin": 1}', "bad_time", id="no-time"),
        pytest.param('{"id": "1", "type": "created", "time": "noon", "uin": 1}', "bad_time", id="noon"),
        pytest.param(
            '{"id": "1", "type": "restored", "time": "2026-11-25T00:00:01Z", "uin": 1}',
            "future_time",
            id="more-than-a-day-ahead",
        ),
        pytest.param(
            '{"id": "1", "type": "created", "time": 1795478400}', "missing_account", id="no-account"
        ),
        pytest.param(
            f'{{"id": "1", "type": "created", "time": 1795478400, "uin": "{"9" * 600}"}}', "too_long", id="x"
        ),
    ],
)
def test_a_line_that_cannot_be_used_is_counted_and_sets_the_exit_code(
    program: Program, line: str, reason: str
) -> None:
    path = program.folder / "events.jsonl"
    path.write_text(f"{line}\n{json.dumps(LINES[0])}\n")
    output = program.run("account", "import", str(path), "--now", NOW, "--json", code=1)
    assert json.loads(output) == {"applied": 1, f"rejected/{reason}": 1}


def test_status_tells_the_deadline(program: Program) -> None:
    program.run("account", "import", events_file(program, *LINES))
    status = json.loads(program.run("account", "status", UIN, "--json"))
    assert (status["state"], status["erase_by"]) == ("terminated", "2026-11-24T10:00:00+00:00")


@pytest.mark.parametrize(
    ("now", "code"),
    [pytest.param("2026-11-24T10:00:00", 0, id="at-it"), pytest.param("2026-11-24T10:00:01", 1, id="after")],
)
def test_an_overdue_account_sets_the_exit_code(program: Program, now: str, code: int) -> None:
    program.run("account", "import", events_file(program, *LINES))
    program.run("account", "overdue", "--now", now, code=code, keys=False)
    program.run("account", "status", "--now", now, code=code)


def test_a_uin_can_be_read_from_standard_input(program: Program) -> None:
    program.run("account", "import", events_file(program, *LINES))
    assert "terminated" in program.run("account", "status", "-", text=f"{UIN}\n")


def test_an_account_is_terminated_revealed_and_found(program: Program) -> None:
    program.run("account", "import", events_file(program, LINES[0]))
    assert "2026-12-24" in program.run("account", "terminate", UIN, "--now", NOW)
    (found,) = json.loads(program.run("account", "find", UIN, "--json"))
    shown = program.run("account", "reveal", found["pseudonym"], "--reason", "ticket 1")
    assert shown == f"uin {UIN}\n"
    with pytest.raises(VaultError, match="reason"):
        program.run("account", "reveal", found["pseudonym"])


def test_erasure_by_plan_and_apply(program: Program) -> None:
    program.run("account", "import", events_file(program, *LINES))
    root, plan = program.folder / "out", str(program.folder / "plan.json")
    (found,) = json.loads(program.run("account", "find", UIN, "--json"))
    commit_run(root, [make_event(1, uin=found["pseudonym"]), make_event(2)])
    output = program.run("erase", "plan", str(root), "--rewrite", "--plan", plan, "--now", NOW)
    assert "nothing was changed" in output
    assert "_receipts" in program.run("erase", "apply", plan, "--now", NOW)
    with pytest.raises(VaultError, match="nobody"):
        program.run("account", "reveal", found["pseudonym"], "--reason", "ticket 1")
    assert all(found["pseudonym"].encode() not in path.read_bytes() for path in root.rglob("*.avro"))


def test_a_plan_for_the_future_needs_force_and_a_reason(program: Program) -> None:
    arguments = ("erase", "plan", str(program.folder / "out"), "--plan", str(program.folder / "p.json"))
    commit_run(program.folder / "out", [make_event(1)])
    later = ("--as-of", "2027-01-01T00:00:00", "--now", NOW)
    with pytest.raises(OptionsError, match="--force"):
        program.run(*arguments, *later)
    with pytest.raises(OptionsError, match="--force"):
        program.run(*arguments, *later, "--reason", "drill")
    program.run(*arguments, *later, "--reason", "drill", "--force")


def test_an_epoch_that_a_partition_needs_is_destroyed_only_by_force(program: Program) -> None:
    ring, root = str(program.folder / "out.keys"), program.folder / "out"
    program.run("account", "import", events_file(program, LINES[0]))
    commit_run(root, [make_event(1)])
    program.run("keys", "new", ring, keys=False)
    assert program.run("keys", "list", ring, keys=False) == "1 living\n2 current\n"
    with pytest.raises(OptionsError, match=r"1 partitions of .*expires_on=2027-05-23"):
        program.run("keys", "destroy", ring, "1", keys=False)
    program.run("keys", "destroy", ring, "1", "--force", "--reason", "moved away", keys=False)
    assert program.run("keys", "list", ring, keys=False) == "1 destroyed\n2 current\n"
    assert "active" in program.run("account", "status", UIN)
    assert [one["epoch"] for one in json.loads(program.run("account", "find", UIN, "--json"))] == ["2"]


def test_a_damaged_file_keeps_every_epoch(program: Program) -> None:
    ring = str(program.folder / "out.keys")
    commit_run(program.folder / "out", [make_event(1)])
    (path,) = (program.folder / "out").rglob("*.avro")
    path.write_bytes(path.read_bytes()[:-20])
    program.run("keys", "new", ring, keys=False)
    with pytest.raises(OutputError, match="cannot be read as an Avro file"):
        program.run("keys", "destroy", ring, "1", keys=False)


def test_a_key_that_a_crash_left_behind_its_tombstone_is_destroyed_by_the_next_call(program: Program) -> None:
    ring = program.folder / "out.keys"
    program.run("keys", "new", str(ring), keys=False)
    (ring / "1.destroyed").write_text(f"{NOW}\n")
    program.run("keys", "destroy", str(ring), "1", keys=False)
    assert sorted(path.name for path in ring.iterdir()) == [
        "1.destroyed",
        "1.fingerprint",
        "2.fingerprint",
        "2.key",
    ]


def test_an_epoch_that_never_was_is_not_destroyed(program: Program) -> None:
    with pytest.raises(KeyFileError, match="living epochs: 1"):
        program.run("keys", "destroy", str(program.folder / "out.keys"), "7", keys=False)


@pytest.mark.server
def test_an_epoch_that_the_event_table_needs_is_destroyed_only_by_force(
    program: Program, mariadb: MariaDb
) -> None:
    ring, url = str(program.folder / "out.keys"), mariadb.make_database("events")
    database = Database(url)
    EventWriter(database, "logveil_events", POLICY).write([make_event(1)])
    database.close()
    program.run("keys", "new", ring, keys=False)
    with pytest.raises(OptionsError, match=r"1 partitions of .*/events/logveil_events.* 2027-05-23"):
        program.run("keys", "destroy", ring, "1", "--mysql", url, keys=False)
    program.run("keys", "destroy", ring, "1", "--mysql", url, "--force", "--reason", "moved away", keys=False)


def test_the_deadline_is_that_of_the_policy_given(program: Program) -> None:
    policy = program.folder / "policy.yaml"
    policy.write_text(POLICY_TEXT.replace("erase_within_days: 30", "erase_within_days: 10"))
    output = program.run("account", "terminate", UIN, "--now", NOW, "--policy", str(policy))
    assert "2026-12-04" in output


def test_the_only_epoch_is_destroyed_only_by_force(program: Program) -> None:
    with pytest.raises(OptionsError, match="only one"):
        program.run("keys", "destroy", str(program.folder / "out.keys"), "1", keys=False)


def test_migrating_names_the_version(program: Program) -> None:
    assert program.run("account", "migrate", keys=False) == "the vault's tables are of version 0001\n"


def test_a_key_is_not_destroyed_where_no_root_tells_whether_it_is_needed(program: Program) -> None:
    ring = program.folder / "out.keys"
    program.run("keys", "new", str(ring), keys=False)
    with pytest.raises(OptionsError, match="name its output roots by --root"):
        program.run("keys", "destroy", str(ring), "1", keys=False)
    with pytest.raises(OptionsError, match="takes a --reason"):
        program.run("keys", "destroy", str(ring), "1", "--force", keys=False)
    assert (ring / "1.key").exists()
    program.run("keys", "destroy", str(ring), "1", "--force", "--reason", "never\nused", keys=False)
    assert (ring / "1.destroyed").read_text().endswith(": never used\n")


def test_a_key_in_use_by_a_run_that_was_cut_short_is_not_destroyed(program: Program) -> None:
    ring, root = str(program.folder / "out.keys"), program.folder / "out"
    for step in commit_steps(*staged_run(root, [make_event(1)])):
        if step == "pending":
            break
    assert list(root.glob("category=*/*/*.avro")) == []
    program.run("keys", "new", ring, keys=False)
    with pytest.raises(OptionsError, match="1 partitions of"):
        program.run("keys", "destroy", ring, "1", keys=False)


MISTYPED = [
    pytest.param(("erase", "plan", "{root}"), id="erase"),
    pytest.param(("keys", "destroy", "{ring}", "1", "--root", "{root}"), id="keys_destroy"),
    pytest.param(
        ("keys", "destroy", "{ring}", "1", "--root", "{root}", "--force", "--reason", "x"), id="by_force"
    ),
    pytest.param(("verify", "{root}"), id="verify"),
    pytest.param(("restore-check", "{root}"), id="restore_check"),
    pytest.param(("restore-check", "{root}", "--apply"), id="restore_check_apply"),
    pytest.param(("calendar", "{root}"), id="calendar"),
    pytest.param(("expire", "{root}"), id="expire"),
    pytest.param(("expire", "{root}", "--apply", "{plan}"), id="expire_apply"),
    pytest.param(("compact", "{root}"), id="compact"),
    pytest.param(("tighten", "{root}", "--policy", "{plan}"), id="tighten"),
    pytest.param(("status", "{root}"), id="status"),
]


@pytest.mark.parametrize("command", MISTYPED)
@pytest.mark.parametrize("there", [False, True], ids=["absent", "without_runs"])
def test_a_folder_that_is_no_root_is_refused_and_nothing_goes(
    program: Program, command: tuple[str, ...], there: bool
) -> None:
    program.run("account", "import", events_file(program, *LINES))
    root, ring = program.folder / "uot", program.folder / "out.keys"
    if there:
        (root / "category=troubleshooting_data" / "expires_on=2020-01-01").mkdir(parents=True)
    places = {"root": root, "ring": ring, "plan": program.folder / "p.json"}
    before = sorted(program.folder.rglob("*"))
    with pytest.raises(OutputError, match="is no output root"):
        program.run(*(part.format(**places) for part in command), keys=False)
    assert (ring / "1.key").exists()
    assert sorted(program.folder.rglob("*")) == before
    assert "terminated" in program.run("account", "status", UIN)


def test_an_erasure_whose_root_is_gone_is_not_carried_out(program: Program) -> None:
    program.run("account", "import", events_file(program, *LINES))
    root, plan = program.folder / "out", str(program.folder / "p.json")
    commit_run(root, [make_event(1)])
    program.run("erase", "plan", str(root), "--plan", plan, "--now", NOW)
    root.rename(root.with_name("moved"))
    with pytest.raises(OutputError, match="is no output root"):
        program.run("erase", "apply", plan, "--now", NOW)
    assert "terminated" in program.run("account", "status", UIN)

"""`logveil policy`: the table, the check of one's own file, the record of processing activities."""

import json
import os
import subprocess
from importlib.resources import files
from pathlib import Path

from schemas.policy.file import default_policy
from schemas.policy.record_of_processing import field_table, record_of_processing, to_markdown
from tests.conftest import ROOT

POLICY = default_policy()
SHIPPED = files("schemas.policy").joinpath("healthcare_omics.yaml").read_text(encoding="utf-8")


def policy(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".venv/bin/logveil"), "policy", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_show_prints_a_row_for_each_field_as_json_too() -> None:
    shown = policy("show")
    assert shown.returncode == 0
    for row in field_table(POLICY):
        (line,) = [line for line in shown.stdout.splitlines() if f" {row.name} " in line]
        assert [cell.strip() for cell in line.strip("│").split("│")] == [
            row.name,
            row.personal,
            row.treatment,
            row.purpose,
            str(row.retention_days),
        ]
    assert json.loads(policy("show", "--json").stdout) == [row._asdict() for row in field_table(POLICY)]


def test_check_says_what_a_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SHIPPED, encoding="utf-8")
    done = policy("check", path)
    assert (done.returncode, done.stdout) == (
        0,
        f"{path}: policy {POLICY.version}, 17 fields, digest {POLICY.digest[:16]}\n",
    )


def test_check_refuses_a_wrong_file_in_one_line_with_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SHIPPED.replace("treatment: truncate_ip", "treatment: shorten_ip", 1), encoding="utf-8")
    done = policy("check", path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    number = (
        path.read_text(encoding="utf-8")
        .splitlines()
        .index(next(line for line in path.read_text(encoding="utf-8").splitlines() if "shorten_ip" in line))
    )
    assert line.startswith(f"logveil: {path}:{number + 1}: fields.ip_address.treatment: ")
    assert "truncate_ip" in line


def test_the_record_of_processing_names_every_system_in_both_forms() -> None:
    assert json.loads(policy("ropa", "--json").stdout) == record_of_processing(POLICY)
    markdown = policy("ropa").stdout
    assert markdown == f"{to_markdown(POLICY)}\n"
    assert [system.text for system in POLICY.systems.values() if system.text not in markdown] == []


WEAKER = SHIPPED.replace("desc, summary", "desc, remark, summary")
CHANGE = "fields.description.aliases: absent -> remark"


def two_policies(folder: Path, new: str) -> tuple[Path, Path]:
    (folder / "old.yaml").write_text(SHIPPED, encoding="utf-8")
    (folder / "new.yaml").write_text(new, encoding="utf-8")
    return folder / "old.yaml", folder / "new.yaml"


def test_diff_says_of_each_difference_which_way_it_goes_and_why(tmp_path: Path) -> None:
    old, new = two_policies(tmp_path, WEAKER.replace("erase_within_days: 30", "erase_within_days: 20"))
    assert policy("diff", old, new).stdout.splitlines() == [
        f"weaker    {CHANGE}  (values that had no purpose, and were dropped, are stored)",
        "stronger  categories.account_information.erase_within_days: 30 -> 20  (ended accounts may stay shorter)",
    ]
    assert policy("diff", old, old).stdout == "both say the same\n"
    (first, _) = json.loads(policy("diff", old, new, "--json").stdout)
    assert (first["change"], first["direction"], first["before"]) == (CHANGE, "weaker", "absent")


def test_check_against_fails_on_a_weakening_that_is_not_acknowledged(tmp_path: Path) -> None:
    old, new = two_policies(tmp_path, WEAKER)
    done = policy("check", new, "--against", old)
    assert done.returncode == 1
    assert f"{new}: not acknowledged: {CHANGE} (values" in done.stdout
    stated = f'acknowledged_weakenings: [{{change: "{CHANGE}", reason: ticket 12, person: A. Officer}}]\n'
    _, new = two_policies(tmp_path, WEAKER + stated)
    assert policy("check", new, "--against", old).returncode == 0
    assert policy("check", old, "--against", new).returncode == 0


def test_no_file_lets_user_names_through_by_relabelling_them(tmp_path: Path) -> None:
    direct = "    personal: direct\n    treatment: pseudonymise\n    prefix: usr"
    path = tmp_path / "own.yaml"
    path.write_text(
        SHIPPED.replace(
            direct, "    personal: indirect\n    treatment: keep\n    form: ['.*']\n    prefix: usr"
        ),
        encoding="utf-8",
    )
    done = policy("check", path)
    assert (done.returncode, "admits too much" in done.stderr) == (2, True)


TESTS = """\
tests:
  - name: a state
    event: {time: "2026-11-23T08:00:00Z", state: OK}
    record: {access_time: "2026-11-23T08:00:00Z", state: OK}
"""


def test_check_runs_the_tests_of_a_policy_and_those_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SHIPPED + TESTS, encoding="utf-8")
    (tmp_path / "more.policy-test.yaml").write_text(TESTS.replace("a state", "more"))
    (tmp_path / "other.policy-test.yaml").write_text(
        "policy: other.yaml\n" + TESTS.replace("state: OK}", "state: NO}", 1)
    )
    done = policy("check", path)
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, [f"{path}: 2 tests, all as expected"])
    (tmp_path / "other.policy-test.yaml").write_text(
        "policy: own.yaml\n" + TESTS.replace("record: {a", "record: {A")
    )
    done = policy("check", tmp_path / "other.policy-test.yaml")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == [
        f"{path}: 3 tests",
        f"{tmp_path}/other.policy-test.yaml:3: a state: Access_time: expected '2026-11-23T08:00:00Z', found 'absent'",
        f"{tmp_path}/other.policy-test.yaml:3: a state: access_time: expected 'absent', found '2026-11-23T08:00:00Z'",
    ]


def test_check_refuses_a_file_of_tests_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "own.policy-test.yaml").write_text("tests: []\n")
    done = policy("check", path)
    assert (done.returncode, "own.policy-test.yaml:1: tests: expected a list" in done.stderr) == (2, True)

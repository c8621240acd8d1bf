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

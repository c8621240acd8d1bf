"""What a run prints: every field, whatever the width; paths as one would type them."""

import io
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.commands.preview import Preview, preview
from pipelines.commands.redact_report import field_table, print_report
from schemas.events import Counts, RawRecord, Source
from schemas.policy.file import default_policy
from tests.conftest import ROOT
from tests.made_output import commit_run, make_event, make_rejection
from transforms.pseudonyms import PseudonymKey, pseudonym

POLICY = default_policy()
KEY = PseudonymKey(bytes(range(32)), "1")
NAMES = [rule.name for rule in POLICY.fields]


def printed(thing: object, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(thing)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_each_field_has_its_name_treatments_and_values_at_any_width(width: int) -> None:
    counts = Counts({f"field/{name}/redact_text": 7 for name in NAMES})
    shown = Preview(dict.fromkeys(NAMES, "before"), dict.fromkeys(NAMES, "after"))
    lines = printed(field_table(NAMES, counts, shown, width), width)
    assert {len(line.rstrip()) for line in lines[1:]} == {len(lines[-1].rstrip())}
    assert len(lines[-1].rstrip()) <= width
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    rows: list[list[str]] = []
    for cell in cells:
        if cell[1]:
            rows.append(cell)
        else:
            rows[-1][0] += cell[0]
    assert rows == [[name, "redact_text: 7", "before", "after"] for name in NAMES]


def test_a_field_that_the_fullest_event_lacks_is_shown_from_another_event() -> None:
    lines = [
        b'{"__TIMESTAMP__":1,"uin":"100012345678","state":"OK"}',
        b'{"__TIMESTAMP__":1,"username":"lin.qiao"}',
        b"{",
    ]
    records = [RawRecord(line, Source("x"), number) for number, line in enumerate(lines)]
    assert preview(records, POLICY, KEY) is None
    dated = [
        RawRecord(line.replace(b":1,", b":1790000000000,"), Source("x"), n) for n, line in enumerate(lines)
    ]
    assert preview(dated, POLICY, KEY) == Preview(
        {"uin": "100012345678", "state": "OK", "username": "lin.qiao"},
        {
            "uin": pseudonym(KEY, "uin", "uin", "100012345678"),
            "state": "OK",
            "username": pseudonym(KEY, "usr", "username", "lin.qiao"),
        },
    )


def test_partitions_balance_and_next_command_are_printed_with_paths_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(tmp_path / ".venv/bin/logveil")])
    ledger = commit_run(tmp_path / "out", [make_event(1), make_event(2, "2027-05-24")], [make_rejection(3)])
    console = Console(file=io.StringIO(), width=120)
    print_report(console, ledger, POLICY, str(tmp_path / "out"))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line]
    assert [row for row in rows if len(row) == 3] == [
        [file.partition, "1", f"{file.bytes:,}"]
        for file in sorted(ledger.files, key=lambda file: file.partition)
    ]
    assert text.splitlines()[0].strip() == "Partitions in out"
    assert "Balance  3 read = 2 written + 1 rejected + 0 expired on arrival + 0 duplicates dropped\n" in text
    assert text.splitlines()[-2:] == [
        f"Ledger  out/_runs/{ledger.run_id}.json",
        "Next  .venv/bin/logveil verify out",
    ]


def test_the_next_command_repeats_the_options_that_a_verification_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["logveil"])
    ledger = commit_run(tmp_path / "out", [make_event(1)], [])
    console = Console(file=io.StringIO(), width=120)
    print_report(
        console, ledger, POLICY, "out", options=["--policy=my policy.yaml", "--recognizers=own.yaml"]
    )
    last = console.file.getvalue().splitlines()[-1]  # type: ignore[attr-defined]
    assert last == "Next  logveil verify out '--policy=my policy.yaml' --recognizers=own.yaml"


def test_the_example_shows_values_of_standard_input_too(tmp_path: Path) -> None:
    command = [str(ROOT / ".venv/bin/logveil"), "redact", "-", "--output=out", "--example"]
    done = subprocess.run(
        command, cwd=tmp_path, input="user anna logged in\n", capture_output=True, text=True, check=True
    )
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("│ output ")]
    assert "│ user anna " in row
    assert "│ user usr_1_" in row

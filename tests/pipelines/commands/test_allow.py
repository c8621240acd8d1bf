"""`--allow`: from the file through the workers into records, ledger and report, and back through the verification."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from schemas.errors import PolicyError
from schemas.policy.allow import load_allow
from tests.conftest import NOW_MS
from tests.made_output import EVENTS_ROOT, read_records

NOW = ["--now", "2026-11-24T00:00:00"]
ALLOW = "words: [tomek]\npatterns: ['dbsnp_[0-9]{3}']\n"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Return an input of one event that names an allowed word twice, once as its own user."""
    path = tmp_path / "events.jsonl"
    lines = [
        {"__TIMESTAMP__": NOW_MS - 1000, "msg": "user=tomek read user=dbsnp_146 for user=wronat17"},
        {"__TIMESTAMP__": NOW_MS - 1000, "username": "tomek", "msg": "user=tomek read user=dbsnp_146"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def allow(tmp_path: Path) -> Path:
    """Return an allow list."""
    path = tmp_path / "allow.yaml"
    path.write_text(ALLOW)
    return path


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(map(str, arguments)))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_records_ledger_and_verification_agree_on_what_is_allowed(
    events: Path, allow: Path, tmp_path: Path
) -> None:
    root = tmp_path / "out"
    code, output = run("redact", events, "--output", root, "--allow", allow, "--json", *NOW)
    ledger = json.loads(output[output.index("{") :])
    assert code == 0
    texts = sorted(record["output"] for record in read_records(root, EVENTS_ROOT))
    assert texts[0].startswith("user=tomek read user=dbsnp_146 for user=usr_1_")
    assert texts[1].startswith("user=usr_1_")
    assert texts[1].endswith(" read user=dbsnp_146")
    assert {name: number for name, number in ledger["counts"].items() if name.startswith("allowed/")} == {
        "allowed/USERNAME/file.patterns.1": 2,
        "allowed/USERNAME/file.words.1": 1,
    }
    assert ledger["allow_digest"] == load_allow(ALLOW, "").digest
    assert "tomek" not in json.dumps(ledger)
    assert run("verify", root, "--allow", allow, *NOW)[0] == 0
    code, output = run("verify", root, *NOW)
    assert (code, "2 records have a text in which the detectors find something" in output) == (1, True)


def test_the_digest_is_that_of_the_entries() -> None:
    stated = {"words": ["tomek"], "prefixes": [], "patterns": ["dbsnp_[0-9]{3}"]}
    digest = hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
    assert load_allow(ALLOW, "").digest == digest


@pytest.mark.parametrize("command", ["redact", "explain", "preview"])
def test_a_list_that_lets_a_person_through_ends_a_command_before_it_reads_or_writes(
    command: str, events: Path, allow: Path, tmp_path: Path
) -> None:
    allow.write_text("words: [vep, zhangwei]")
    (tmp_path / "out").mkdir()
    arguments = {
        "redact": [events, "--output", tmp_path / "out"],
        "explain": ["user=tomek"],
        "preview": [events, "--policy", Path("schemas/policy/healthcare_omics.yaml").absolute()],
    }
    with pytest.raises(PolicyError, match=r"allow\.yaml:1: allow\.words\[1\]: a user name"):
        run(command, *arguments[command], "--allow", allow)
    assert list((tmp_path / "out").iterdir()) == []


def test_explain_shows_the_entry(allow: Path) -> None:
    assert "the allow list lets it be: file.words.1" in run("explain", "user=tomek", "--allow", allow)[1]


def test_a_policy_is_checked_for_what_it_allows(tmp_path: Path) -> None:
    policy = tmp_path / "own.yaml"
    shipped = Path("schemas/policy/healthcare_omics.yaml").read_text()
    policy.write_text(shipped + "\nallow: {words: [Jean-Baptiste]}\n")
    with pytest.raises(PolicyError, match=r"own\.yaml: allow\.words\[0\]: a person's name cannot be allowed"):
        run("policy", "check", policy)
    policy.write_text(shipped + "\nallow: {words: [Burrows-Wheeler]}\n")
    assert run("policy", "check", policy)[0] == 0

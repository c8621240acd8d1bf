"""`logveil explain` on the command line: what it prints, exactly, and that it leaves nothing behind."""

import json
import logging
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.commands.cli import app
from pipelines.commands.explain_report import in_context
from schemas.errors import InputError, LogveilError, OptionsError
from tests.conftest import NOW_MS

ANNA = "usr_0_w2kfx5hkf2eikrx53bq7"
BAY = """
recognizers:
  - name: Bay
    supported_language: en
    supported_entity: BAY
    context: [bay]
    patterns: [{name: weak, regex: '\\b\\d{5}\\b', score: 0.01}]
    score_thresholds: {default: 0.4}
"""


@pytest.fixture(autouse=True)
def no_key_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LOGVEIL_KEY", raising=False)
    monkeypatch.chdir(tmp_path)


def explain(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments], input=text, catch_exceptions=False)


def test_a_text_is_shown_redacted_with_what_was_taken_and_what_was_not(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(BAY)

    shown = explain(
        "note of anna and li, bay 12345", "--known", "anna", "--known", "li", "--recognizers", "own.yaml"
    )

    assert shown.stdout.splitlines() == [
        f"note of {ANNA} and li, bay <BAY>",
        f"+ anna → {ANNA}",
        "    USERNAME by own_people, score 0.99",
        "    pseudonymise: a field of the event holds it: replaced as there",
        "    note of [anna] and li, bay 12345",
        "+ 12345 → <BAY>",
        "    BAY by Bay, score 0.4",
        "    redact_text: an entry of the recognizers' file",
        "    …of anna and li, bay [12345]",
        "- li",
        "    USERNAME by own_people: the event's own, but short or a common word: taken only next to a cue",
        "    note of anna and [li], bay 12345",
    ]


def test_standard_input_is_explained_for_machines() -> None:
    shown = explain("-", "--json", text="mail a@b.cn")
    told = json.loads(shown.stdout)

    assert told["redacted"] == "mail <EMAIL>"
    assert told["taken"] == [
        {
            "start": 5,
            "end": 11,
            "value": "a@b.cn",
            "left": "mail ",
            "right": "",
            "kind": "EMAIL",
            "recognizer": "email",
            "score": 0.95,
            "becomes": "<EMAIL>",
            "treatment": "redact_text",
            "reason": "RFC 5322, 3.4.1 (addr-spec, without quoted strings); host names RFC 1123, 2.1",
        }
    ]


def test_an_event_of_a_file_is_shown_field_by_field(tmp_path: Path) -> None:
    event = {
        "__TIMESTAMP__": NOW_MS,
        "username": "anna",
        "state": "RUNNING",
        "shoe": "x",
        "output": "of anna\x1b[1m",
    }
    (tmp_path / "events.jsonl").write_text(f"not JSON\n{json.dumps(event)}\n")

    assert explain("--event", "events.jsonl:2").stdout.splitlines() == [
        "username: pseudonymise, the policy's treatment of this field",
        f"  anna → {ANNA}",
        "state: keep, the policy's treatment of this field",
        "  RUNNING",
        "output: redact_text, the policy's treatment of this field",
        f"  of {ANNA}\\x1b[1m",
        f"  + anna → {ANNA}",
        "      USERNAME by own_people, score 0.99",
        "      pseudonymise: a field of the event holds it: replaced as there",
        "      of [anna]\\x1b[1m",
        "left out: unknown_field/shoe, 1",
    ]
    assert explain("--event", "events.jsonl:1").stdout == "rejected by parse: not_json\n"


def test_an_event_is_explained_for_machines(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text(
        json.dumps({"__TIMESTAMP__": NOW_MS, "state": "RUNNING", "shoe": "x"})
    )

    assert json.loads(explain("--event", "events.jsonl:1", "--json").stdout) == {
        "rejection": None,
        "fields": [
            {
                "field": "state",
                "treatment": "keep",
                "reason": "the policy's treatment of this field",
                "before": "RUNNING",
                "after": "RUNNING",
                "text": None,
            }
        ],
        "left_out": {"unknown_field/shoe": 1},
    }


def test_a_given_key_makes_the_pseudonyms_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGVEIL_KEY", bytes(range(32)).hex())

    assert explain("x", "--known", "x", "--json").exit_code == 0
    assert "→ usr_1_" in explain("user=anna").stdout


def test_nothing_is_written_and_nothing_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "events.jsonl").write_text(json.dumps({"__TIMESTAMP__": NOW_MS, "username": "anna"}))
    caplog.set_level(logging.DEBUG)

    explain("--event", "events.jsonl:1")
    explain("user=anna from 203.0.113.77")

    assert [path.name for path in tmp_path.rglob("*")] == ["events.jsonl"]
    assert caplog.records == []


EITHER = "explain takes a text, - for standard input, --event FILE:LINE, or --file FILE"
PLACE = "--event takes FILE:LINE, a line number counted from 1"
OWN_PEOPLE = "--known goes with a text: an event states its own people"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param([], OptionsError, EITHER, id="nothing"),
        pytest.param(["x", "--event", "f:1"], OptionsError, EITHER, id="both"),
        pytest.param(["--event", "f:1", "--known", "x"], OptionsError, OWN_PEOPLE, id="names of an event"),
        pytest.param(["--event", "f"], OptionsError, PLACE, id="no line"),
        pytest.param(["--event", "f:0"], OptionsError, PLACE, id="line 0"),
        pytest.param(["--event", "f:1"], InputError, "f (--event): no file here to read", id="no file"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], error: type[LogveilError], message: str) -> None:
    with pytest.raises(error) as caught:
        explain(*arguments)

    assert caught.value.as_typed() == message


def test_a_line_beyond_the_end_is_named(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("{}\n")

    with pytest.raises(InputError) as caught:
        explain("--event", "f:2")

    assert caught.value.as_typed() == "f (--event): there is no event at line 2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a" * 20 + "X" + "b" * 20, "a" * 20 + "[X]" + "b" * 20, id="just fits"),
        pytest.param("a" * 21 + "X" + "b" * 21, "…" + "a" * 20 + "[X]" + "b" * 20 + "…", id="one too many"),
        pytest.param("X", "[X]", id="alone"),
    ],
)
def test_the_context_is_twenty_characters_each_side(text: str, expected: str) -> None:
    assert in_context(text, text.index("X"), text.index("X") + 1) == expected

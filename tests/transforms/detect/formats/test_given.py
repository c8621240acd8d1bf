"""Formats that others bring: grok in files of definitions, Logstash's configurations and ingest pipelines, format files."""

import json
import pickle

import pytest

from schemas.errors import DetectorError, FormatFileError
from schemas.policy.file import default_policy
from tests.transforms.detect.plain_path import plainly
from transforms.detect import Detection
from transforms.detect.formats import GivenFormats, given_formats
from transforms.detect.formats.given import ENDINGS
from transforms.detect.scan import ENGINES
from transforms.detect.triggers import ALWAYS

GROK = "LOGIN badge %{BADGE:user.id} of %{WORD:user.name} opened %{WORD:door}\nBADGE B-\\d{4}\n"
PIPELINE = {
    "runs": {
        "processors": [
            {
                "grok": {
                    "field": "message",
                    "patterns": [
                        '%{IP:source.ip} "%{NOTSPACE:url.original}" by %{EMAILADDRESS:client.user.email} served'
                    ],
                }
            },
            {
                "foreach": {
                    "field": "x",
                    "processor": {
                        "grok": {
                            "patterns": ["chart %{CHART:patient_id} shut"],
                            "pattern_definitions": {"CHART": "C\\d+"},
                        }
                    },
                }
            },
        ]
    }
}
LOGSTASH = r"""
input { beats { port => 5044 } }
filter {
  # the ward's terminals
  if "_grokparsefailure" not in [tags] and [type] == "ward" {
    grok {
      match => { "message" => [ "%{SYSLOGBASE} %{STAFF:[user][name]} signed", "ward lock by (?<login>\S+) set" ] }
      pattern_definitions => { "STAFF" => "[a-z]+\d" }
      tag_on_failure => []
    }
    mutate { remove_field => ["a", "b"] }
  }
}
"""
FORMAT = r"""
program: the door
source: its manual
patterns:
  door: '\bdoor (?P<username>\w+) opened'
lines: |
  door «username:anna» opened
  door «username:li» opened twice
  door shut
"""


def given(**texts: str) -> GivenFormats:
    """Return the formats of files whose names have an underscore where a dot is meant."""
    return given_formats({name.replace("_", "."): text for name, text in texts.items()}, default_policy())


def redacted(formats: GivenFormats, text: str, engine: str | None = None) -> str:
    """Return what a text becomes by these formats and all detectors."""
    detection = Detection.of(default_policy(), engine, formats.recognizers)
    return detection.build().redact([text], [()])[0].text


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("formats", "text", "expected"),
    [
        pytest.param(given(own=GROK), "badge B-1234 of anna opened north", "badge <UIN> of <USERNAME> opened north", id="definitions"),
        pytest.param(given(a_json=json.dumps(PIPELINE)), '192.0.2.7 "/r/7?q=x" by a@b.cn served', '192.0.2.0/24 "/r/7?q=<QUERY_VALUE>" by <EMAIL> served', id="pipeline"),
        pytest.param(given(a_yml=json.dumps(PIPELINE)), "chart C77 shut", "chart <PATIENT_ID> shut", id="pipeline in YAML"),
        pytest.param(given(a_conf=LOGSTASH), "Nov 24 08:00:01 h ward: li7 signed", "Nov 24 08:00:01 h ward: <USERNAME> signed", id="Logstash"),
        pytest.param(given(a_conf=LOGSTASH), "ward lock by anna set", "ward lock by <USERNAME> set", id="a named group"),
        pytest.param(given(a_yaml=FORMAT), "door anna opened", "door <USERNAME> opened", id="format file"),
    ],
)  # fmt: skip
def test_what_a_pattern_names_is_replaced_as_the_policys_field(
    formats: GivenFormats, text: str, expected: str, engine: str
) -> None:
    assert redacted(formats, text, engine) == expected


def test_names_without_a_field_are_told_and_their_values_stay() -> None:
    assert given(own=GROK).ignored == ("door",)
    assert given(a_yaml=FORMAT).ignored == ()


def test_the_scan_leads_to_what_each_recognizer_finds_alone() -> None:
    formats = given(own=GROK, a_json=json.dumps(PIPELINE), a_conf=LOGSTASH)
    redactor = Detection.of(default_policy(), extra=formats.recognizers).build()
    text = 'x\nbadge B-1234 of anna opened north\n192.0.2.7 "/r/7" by a@b.cn served\nward lock by li set\n\n'

    assert list(redactor.find(text)) == list(plainly(redactor, text))
    assert len(redactor.find(text)) >= 4


def test_a_format_has_a_trigger_of_its_own_words_and_reads_lines() -> None:
    by_name = {one.name: one for one in given(own=GROK, a_conf=LOGSTASH).recognizers}

    assert by_name["own:LOGIN"].trigger == r"\ opened\ "
    assert by_name["a.conf:6: patterns[1]"].trigger == r"ward\ lock\ by\ "
    assert all(getattr(one, "stays_in_line", False) for one in by_name.values())


def test_a_pattern_that_only_regex_reads_is_asked_for_every_text() -> None:
    (one,) = given(own=r"MARK (?<=a{1,3})%{WORD:user.name}(?:left)").recognizers

    assert one.trigger == ALWAYS


def test_a_definition_that_another_one_uses_is_no_format_of_its_own() -> None:
    formats = given(own="WHO %{WORD:user.name}\nLINE %{WHO} has come in\n")

    assert [one.name for one in formats.recognizers] == ["own:LINE"]


def test_a_definition_that_a_pipeline_uses_is_no_format_of_its_own() -> None:
    pipeline = {"processors": [{"grok": {"patterns": ["%{WHO} has come in"]}}]}
    formats = given(own="WHO %{WORD:user.name}\n", a_json=json.dumps(pipeline))

    assert [one.name for one in formats.recognizers] == ["a.json: processors[0].grok: patterns[0]"]
    assert redacted(formats, "anna has come in, the door not") == "<USERNAME> has come in, the door not"


def test_every_repeat_of_a_group_counts() -> None:
    formats = given(own="WENT gone:(?: %{WORD:user.name};)+\n")

    assert redacted(formats, "gone: anna; li; bo;") == "gone: <USERNAME>; <USERNAME>; <USERNAME>;"


def test_marks_of_nobody_stay() -> None:
    formats = given(own="WENT gone: %{NOTSPACE:user.name} from %{NOTSPACE:source.address}\n")

    assert redacted(formats, "gone: - from web-1") == "gone: - from web-1"


def test_formats_reach_other_processes() -> None:
    formats = pickle.loads(pickle.dumps(given(own=GROK)))

    assert redacted(formats, "badge B-1234 of anna opened x") == "badge <UIN> of <USERNAME> opened x"


def test_a_pattern_that_takes_too_long_rejects_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.detect.formats.grok_format.LONGEST_SEARCH_SECONDS", 0.05)
    (one,) = given(own=r"SLOW (?:(?:a|aa)+)+%{WORD:user.name}!").recognizers

    with pytest.raises(DetectorError, match=r"format own:SLOW: its pattern took over 0\.05 s"):
        list(one.find("a" * 5000))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        pytest.param({"own": "A %{NOPE:user.name}"}, "own: A: the pattern 'NOPE' is not defined", id="unknown pattern"),
        pytest.param({"own": "A (%{WORD:user.name}"}, "own: A: the pattern does not compile: missing ) at position 16", id="no expression"),
        pytest.param({"own": "A a\nA b"}, "own:2: A is defined twice in this file", id="defined twice"),
        pytest.param({"own": "A a", "b_grok": "A b"}, "b.grok: A is defined otherwise in another file", id="defined otherwise"),
        pytest.param({"own": "A %{B:user.name}\nB %{C}\nC %{B}"}, "own: A: its definitions refer to each other in a circle", id="circle"),
        pytest.param({"own": "A " + "%{B}%{B}%{WORD:user.name}\nB " + "%{C}" * 9 + "\nC " + "x" * 9000}, "own: A: expanded it has more than 65,536 characters", id="too long"),
        pytest.param({"own": "nothing"}, "own:1: expected a name, a blank and a pattern", id="no definition"),
        pytest.param({"own": "A %{WORD:door}"}, "no pattern names a part that the policy replaces", id="nothing to replace"),
        pytest.param({"a_txt": "x"}, f"a.txt: files with this ending are not read; endings that are: {', '.join(e or 'none' for e in ENDINGS)}", id="ending"),
        pytest.param({"a_json": "{"}, "a.json: not JSON: Expecting property name enclosed in double quotes", id="no JSON"),
        pytest.param({"a_json": "{}"}, "a.json: neither a format file (program, source, patterns, lines) nor a grok processor", id="no processor"),
        pytest.param({"a_json": '{"processors": [{"grok": {"patterns": "x"}}]}'}, "a.json: processors[0].grok: patterns: expected a list of patterns", id="patterns"),
        pytest.param({"a_json": '{"processors": [{"grok": {"patterns": ["x"], "pattern_definitions": ["x"]}}]}'}, "a.json: processors[0].grok: pattern_definitions: expected a mapping from names to patterns", id="pattern_definitions"),
        pytest.param({"a_json": '{"processors": [{"grok": {"patterns": ["%{NOPE:user.name}"]}}]}'}, "a.json: processors[0].grok: patterns[0]: the pattern 'NOPE' is not defined", id="unknown in a pipeline"),
        pytest.param({"a_json": "[" * 80 + "]" * 80}, "a.json: " + "[0]" * 65 + ": nested more than 64 levels deep", id="nested"),
        pytest.param({"a_conf": 'grok { match => { "m" => "%{NOPE:user.name}" } }'}, "a.conf:1: patterns[0]: the pattern 'NOPE' is not defined", id="unknown in Logstash"),
        pytest.param({"a_conf": 'grok { match => { "m" => "x'}, "a.conf:1: a quote is not closed", id="open quote"),
        pytest.param({"a_conf": '\ngrok { match => { "m" => "x" }'}, "a.conf:2: the configuration ends within a block", id="open block"),
        pytest.param({"a_conf": 'grok { match "x" }'}, "a.conf:1: expected =>, found 'x'", id="no arrow"),
        pytest.param({"a_conf": "grok { match => => }"}, "a.conf:1: expected a value, found '=>'", id="no value"),
        pytest.param({"a_conf": "grok { overwrite => [x] }"}, "a.conf:1: grok: match: expected fields with their patterns", id="no match"),
        pytest.param({"a_conf": 'grok { match => { "m" => "x" } pattern_definitions => [x] }'}, "a.conf:1: grok: pattern_definitions: expected names with their patterns", id="definitions in Logstash"),
        pytest.param({"a_yaml": "a: ["}, "a.yaml:2: not YAML: did not find expected node content", id="no YAML"),
        pytest.param({"a_yaml": FORMAT + "program: x\n"}, "a.yaml:10: not YAML: the key 'program' is repeated", id="repeated key"),
        pytest.param({"a_yaml": FORMAT.replace("source", "sauce")}, "a.yaml: the key 'source' is missing", id="missing key"),
        pytest.param({"a_yaml": FORMAT + "more: x\n"}, "a.yaml: unknown key 'more'; allowed: program, source, patterns, lines, definitions", id="unknown key"),
        pytest.param({"a_yaml": FORMAT.replace("username>", "door>")}, "a.yaml: door: 'door' is no field of the policy and no kind of personal data", id="unknown part"),
        pytest.param({"a_yaml": FORMAT.replace("P<username>", ":")}, "a.yaml: door: it names no part that is replaced", id="no part"),
        pytest.param({"a_yaml": FORMAT.replace(r"\bdoor ", "").replace(" opened'", "'")}, "a.yaml: door: no word is sure to stand in every match: give it a trigger", id="no trigger"),
        pytest.param({"a_yaml": FORMAT.replace(r"\w+)", r"\w+")}, "a.yaml: door: the pattern does not compile: missing ), unterminated subpattern at position 7", id="no expression in a file"),
        pytest.param({"a_yaml": FORMAT.replace("door shut", "door bo opened")}, "a.yaml: 'door bo opened': found [(5, 7, 'USERNAME')], missed []", id="a line that says otherwise"),
        pytest.param({"a_yaml": FORMAT.replace("  door shut\n", "")}, "a.yaml: lines: expected a block of at least 3 lines", id="two lines"),
        pytest.param({"a_yaml": FORMAT.replace("  door:", "  Door:")}, "a.yaml: Door: a name has lower-case letters, digits and _, at most 64", id="name"),
        pytest.param({"a_yaml": FORMAT.replace("'\\b", "{score: 2, pattern: '\\b").replace("opened'", "opened'}")}, "a.yaml: door: score: expected a number above 0 and at most 1", id="score"),
        pytest.param({"a_yaml": FORMAT.replace("'\\b", "{trigger: '(?=a)', pattern: '\\b").replace("opened'", "opened'}")}, "a.yaml: door: the trigger does not compile for hyperscan", id="trigger"),
        pytest.param({"a_yaml": FORMAT.replace("lines: |", "definitions: [x]\nlines: |")}, "a.yaml: definitions: expected a mapping from names to patterns", id="definitions"),
        pytest.param({"a_yaml": "program: x\nsource: y\npatterns: []\nlines: z\n"}, "a.yaml: patterns: expected a mapping from names to patterns", id="no patterns"),
        pytest.param({"a_yaml": FORMAT.replace("its manual", "[x]")}, "a.yaml: source: expected a text", id="source"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_pattern(texts: dict[str, str], message: str) -> None:
    with pytest.raises(FormatFileError) as caught:
        given(**texts)

    assert str(caught.value) == message

"""Patterns that are handed over find in the engine what they find in `re`."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.errors import DetectorError
from schemas.policy.file import default_policy
from transforms.detect import keyed
from transforms.detect.catalog import CATALOG
from transforms.detect.conditions import Valid, condition_of
from transforms.detect.configuration import Detection
from transforms.detect.detector import Detector
from transforms.detect.formats.shipped import shipped_files
from transforms.detect.programs import program_of
from transforms.detect.validators import VALIDATORS

if TYPE_CHECKING:
    from logveil_engine import Matcher

engine = pytest.importorskip("logveil_engine", reason="the event engine is not built: it needs cargo")
if "condition" not in (getattr(getattr(engine, "Matcher", None), "__text_signature__", None) or ""):
    pytest.skip("the event engine is older than its matcher: run setup.sh", allow_module_level=True)

Spans = list[list[tuple[int, int] | None]]


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each recognizer that has one, by its name, and those of keys and their values."""
    found = {name: one for name, one in vars(keyed).items() if isinstance(one, re.Pattern)}
    for recognizer in Detection.of(default_policy()).recognizers():
        pattern = getattr(recognizer, "compiled", None) or getattr(
            getattr(recognizer, "form", None), "pattern", None
        )
        if pattern is not None:
            found[recognizer.name] = pattern
    return found


@cache
def matcher(pattern: re.Pattern[str]) -> "Matcher":
    return engine.Matcher(json.dumps(program_of(pattern)))


@cache
def texts() -> tuple[str, ...]:
    """Return the examples of all detectors and the lines of all formats, without their marks."""
    marked = [text for one in CATALOG for text in (*one.examples, *one.counter_examples, one.boundary)]
    plain = [text.replace("«", "").replace("»", "") for text in marked]
    lines = (line for file in shipped_files().values() for line in file.lines)
    return (*plain, *(re.sub(r"«[\w.]+:([^«»]+)»", r"\1", line) for line in lines))


def by_re(pattern: re.Pattern[str], text: str, start: int = 0, end: int = 1 << 30) -> Spans:
    def span(match: re.Match[str], group: int) -> tuple[int, int] | None:
        return None if match.start(group) < 0 else match.span(group)

    groups = range(pattern.groups + 1)
    return [[span(match, group) for group in groups] for match in pattern.finditer(text, start, end)]


def fragments() -> Iterator[str]:
    for text in texts():
        yield from re.findall(r"\w+|\W", text)
    yield from "é ß İ ſ K Ж 中 用户 ： 😀 ٣ １".split()
    yield from "\u00a0 \u2028 \n \r\n \t \x00".split(" ")


CONDITIONED = [
    one for one in CATALOG if one.check is not None and condition_of(one.check, one.compiled) is not None
]


@cache
def conditioned(detector: Detector) -> "Matcher":
    assert detector.check is not None
    condition = condition_of(detector.check, detector.compiled)
    return engine.Matcher(json.dumps(program_of(detector.compiled)), json.dumps(condition))


def taken(detector: Detector, text: str) -> Spans:
    check = detector.check
    assert check is not None
    whole = by_re(detector.compiled, text)
    return [one for one, match in zip(whole, detector.compiled.finditer(text), strict=True) if check(match)]


@pytest.mark.parametrize("detector", CONDITIONED, ids=lambda one: one.name)
def test_checks_that_are_data_take_what_they_take_in_python(detector: Detector) -> None:
    for text in (*texts(), *cut(detector)):
        assert conditioned(detector).find(text) == taken(detector, text), text


@given(st.lists(st.sampled_from(sorted(set(fragments()))), max_size=24).map("".join), st.data())
def test_checks_that_are_data_take_what_they_take_in_python_of_any_text(
    text: str, data: st.DataObject
) -> None:
    detector = data.draw(st.sampled_from(CONDITIONED))
    example_of = data.draw(st.sampled_from((*detector.examples, *detector.counter_examples)))
    value = example_of.replace("«", "").replace("»", "")
    for joined in (f"{text}{value}", f"{value}{text}", f"{text} {value}{text}"):
        assert conditioned(detector).find(joined) == taken(detector, joined)


def test_only_checks_that_ask_lists_of_words_are_code() -> None:
    code = {one.name for one in CATALOG if one.check is not None} - {one.name for one in CONDITIONED}
    persons = {
        "person_bracketed",
        "person_capitals",
        "person_beside_word",
        "person_in_json",
        "person_in_carets",
        "person_surname_first",
        "person_with_handle",
    }
    paths = {"path_of_person", "path_of_spool", "path_of_application"}
    accounts = {
        "account_phrase",
        "account_quoted",
        "by_account",
        "directory_name",
        "account_before_request",
        "account_behind_uid",
        "account_done_by_zh",
    }
    assert code == persons | paths | accounts | {"password_said"}


@given(st.data())
def test_validators_say_the_same_of_any_number(data: st.DataObject) -> None:
    name, form = data.draw(st.sampled_from(sorted(_FORMS.items())))
    text = data.draw(st.from_regex(form, fullmatch=True))
    whole = re.compile(r"[\s\S]+")
    run = engine.Matcher(json.dumps(program_of(whole)), json.dumps(condition_of(Valid(name, 0), whole)))
    assert bool(run.find(text)) == VALIDATORS[name](text)


_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = rf"(?:(?:255|10|192)\.(?:255|0|168)|{_OCTET}\.{_OCTET})\.{_OCTET}\.(?:0|{_OCTET})"
_FORMS = {
    "card": "(?:4[0-9]{12,18}|5[0-9]{15}|3[0-9]{13,14}|6[0-9]{15,18}|4(?:000|111) ?1{4}-?1{4} ?11[0-9]{2})",
    "resident_id_cn": "[1-8][0-9]{5}[ -]?(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[ -]?[0-9]{3}[0-9Xx]",
    "iban": "(?:NO|BE|DE|GB|FR|MT|XX)[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}[A-Z0-9]{0,3}",
    "ipv6": "(?:[0-9a-fA-F]{0,5}:){1,9}(?:[0-9a-f]{0,4}|1\\.2\\.03?\\.4)(?:%eth0)?(?:/64)?|fe[89ab]0::[0-9a-g]{1,4}|::[01]?",
    "above_versions": rf"{_ADDRESS}(?:/[12]?[0-9])?",
    "netmask": _ADDRESS,
    "network": rf"{_ADDRESS}(?:/(?:[12]?[0-9]|3[0-2]))?",
    "mebibytes": "[0-9]{1,19}|1048576|17179869184",
}


def cut(detector: Detector) -> Iterator[str]:
    """Yield the texts of a detector with their values changed by a digit, and cut at each of their characters."""
    for marked in (*detector.examples, *detector.counter_examples):
        text = marked.replace("«", "").replace("»", "")
        yield from (text[at:] for at in range(1, len(text)))
        yield from (text[:at] for at in range(1, len(text)))
        yield from (re.sub(was, now, text) for was, now in (("7", "8"), ("1", "2"), ("0", "1"), (" ", "-")))


def test_every_pattern_finds_what_re_finds_in_all_examples() -> None:
    for name, pattern in patterns().items():
        run = matcher(pattern).find
        for text in texts():
            assert run(text) == by_re(pattern, text), (name, text)


@given(st.lists(st.sampled_from(sorted(set(fragments()))), max_size=24).map("".join), st.data())
def test_every_pattern_finds_what_re_finds_in_any_text(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    for name, pattern in patterns().items():
        assert matcher(pattern).find(text) == by_re(pattern, text), name
        assert matcher(pattern).find(text, start, end) == by_re(pattern, text, start, end), name


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw an expression of `re`: classes, repeats, groups, looks, places, references."""
    part = expressions(depth - 1) if depth else st.sampled_from(_CLASSES)
    kind = draw(st.sampled_from(("class", "sequence", "either", "repeat", "run", "group", "look", "place")))
    match kind:
        case "sequence":
            return "".join(draw(st.lists(part, max_size=3)))
        case "either":
            return f"(?:{draw(part)}|{draw(part)})"
        case "repeat":
            return f"(?:{draw(part)}){draw(st.sampled_from(('*', '+', '?', '{2}', '{1,3}')))}{draw(st.sampled_from(('', '?')))}"
        case "run":
            return f"{draw(st.sampled_from(_CLASSES))}{draw(st.sampled_from(('*', '+', '{1,2}')))}{draw(st.sampled_from(('', '?', '+')))}"
        case "group":
            return f"{draw(st.sampled_from(('(', '(?>', '(?i:')))}{draw(part)})"
        case "look":
            behind = draw(st.booleans())
            inner = draw(st.sampled_from(_CLASSES) if behind else part)
            return f"(?{'<' if behind else ''}{draw(st.sampled_from('=!'))}{inner})"
        case "place":
            return draw(st.sampled_from((r"\b", r"\B", "^", "$", r"\A", r"\Z")))
    return draw(st.sampled_from(_CLASSES))


_LETTERS = "abA_1- \n\u00e9\u00df\u017f\u212a\u4e2d\u0663\u00a0\U0001f600."
_CLASSES = (
    *map(re.escape, _LETTERS),
    *(r"\w \d \s \W \D \S . [a-c] [^a] [^\W_] [A-Z\u4e00-\u9fff] [^\u00e0-\u00ff\s]".split()),
)


@given(expressions(), st.integers(0, 15), st.text(_LETTERS, max_size=12), st.data())
@example("(?i:\u017f)", 0, "sS\u017f", None)
def test_any_expression_finds_what_re_finds(
    source: str, flags: int, text: str, data: st.DataObject | None
) -> None:
    chosen = [flag for bit, flag in enumerate((re.A, re.I, re.M, re.S)) if flags >> bit & 1]
    pattern = re.compile(source, sum(chosen))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2))) if data else (0, len(text))
    assert matcher(pattern).find(text, start, end) == by_re(pattern, text, start, end)


@pytest.mark.parametrize("source", [r"(a|b)\1", r"(?P<q>['\"`]).(?P=q)", r"(\()?a(?(1)\)|\Z)"])
def test_references_and_choices_follow_their_group(source: str) -> None:
    pattern = re.compile(source, re.A | re.I)
    for text in ("aA", "ab", "'x'", "'x\"", "(a)", "(a", "a"):
        assert matcher(pattern).find(text) == by_re(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (re.compile(b"a"), "over characters"),
        (re.compile(r"(a)\1", re.I), "beyond ASCII"),
        (re.compile("(?:ab)++"), "possessive repeats of single characters alone"),
    ],
)
def test_what_the_engine_does_not_run_is_refused_by_name(pattern: re.Pattern[str], why: str) -> None:
    with pytest.raises(DetectorError, match=why):
        program_of(pattern)


def test_what_takes_too_many_steps_is_given_back() -> None:
    assert matcher(re.compile(r"(?:\w+-?)+!\Z", re.A)).find("a" * 60 + "!a") is None


def test_halves_of_pairs_are_no_text_of_the_engine() -> None:
    with pytest.raises(UnicodeEncodeError):
        matcher(re.compile("a")).find("\ud800")

import json
import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.detect.plain_path import plainly
from transforms.detect import CATALOG, Detection, Detector, Known, Span, TextRedactor
from transforms.detect.scan import ENGINES
from transforms.detect.search import OVERLAP, WINDOW, Search
from transforms.detect.triggers import ALWAYS

_ALPHABET = "abcXYZ019 \t\n=:;,.@/\\%&-_+'\"()[]{}<>用户张伟：，１é\u200b\x1b\x00"
_FRAGMENTS = [
    text.replace("«", "").replace("»", "")
    for one in CATALOG
    for text in (*one.examples, *one.counter_examples)
]
TEXTS = st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(_ALPHABET, max_size=12)), max_size=6).map(
    "".join
)


def _extents(spans: Sequence[Span]) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.kind) for span in spans]


@pytest.fixture(scope="module")
def engines() -> dict[str, TextRedactor]:
    return {name: Detection(engine=name).build() for name in ENGINES}


@settings(deadline=None, max_examples=300)
@given(text=TEXTS | st.lists(TEXTS, max_size=4).map("\n".join))
def test_the_scan_leads_to_the_same_spans_as_each_recognizer_alone(
    text: str, engines: dict[str, TextRedactor]
) -> None:
    expected = _extents(plainly(engines["re"], text))

    assert {name: _extents(one.find(text)) for name, one in engines.items()} == dict.fromkeys(
        ENGINES, expected
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("user-=sarah and secretId.=AKIDz8kbSEXAMPLE", id="separator-behind-the-key"),
        pytest.param("Set-c-ookie: id=a3f9c2; pa-yer=Bo$G, m.ail:x", id="separator-inside-a-word-of-the-key"),
        pytest.param('"principalId":"AIDAJDPLRKLG7UEXAMPzLE:bob"', id="case-of-an-account-number"),
        pytest.param("[Ludwig van Damme] for Maria del Rey", id="particle-in-a-name"),
        pytest.param(f'"Li Na" <{"张" * 25}n@example.cn>', id="characters-of-several-bytes"),
    ],
)
def test_the_scan_leads_to_the_same_spans_in(text: str, engines: dict[str, TextRedactor]) -> None:
    expected = _extents(plainly(engines["re"], text))

    assert {name: _extents(one.find(text)) for name, one in engines.items()} == dict.fromkeys(
        ENGINES, expected
    )


@pytest.mark.data
def test_the_scan_leads_to_the_same_spans_on_real_lines(
    shared_data: Path, engines: dict[str, TextRedactor]
) -> None:
    chosen = random.Random(5)
    lines: list[str] = []
    for entry in json.loads((shared_data / "manifest.json").read_text()):
        text = (shared_data / entry["file"]).read_text(errors="replace").split("\n")
        lines += chosen.sample(text, min(40, len(text)))
    fast = engines["hyperscan"].spans(lines, [()] * len(lines))

    assert [_extents(spans) for spans in fast] == [_extents(plainly(engines["re"], line)) for line in lines]


@settings(deadline=None, max_examples=300)
@given(lines=st.lists(st.sampled_from(_FRAGMENTS), max_size=6))
def test_redaction_of_lines_is_idempotent(lines: list[str], redactor: TextRedactor) -> None:
    once = redactor.redact(["\n".join(lines)], [()])[0].text

    assert redactor.redact([once], [()])[0].text == once


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param(
            "Authorization: Digest username=x, response=01=o'neil@example.com;mail:a@b.cn。",
            "Authorization: Digest <SECRET>;mail:<EMAIL>。",
            id="a-header-that-ends-at-a-quote",
        ),
        pytest.param(
            "from ::ffff:203.0.113.9:3306C:", "from ::ffff:203.0.113.0/24:3306C:", id="half-a-mapped-address"
        ),
        pytest.param("021-51234567+44 20 7946 0123", "<PHONE_CN><PHONE>", id="two-telephone-numbers"),
        pytest.param("/home/x/home/y", "/home/<USERNAME>/home/y", id="a-home-in-a-home"),
        pytest.param(
            "-token 0123abcd list</", "-token <SECRET> list</", id="a-token-that-looks-like-an-element"
        ),
    ],
)
def test_nothing_is_left_for_a_second_run_of(text: str, redacted: str, redactor: TextRedactor) -> None:
    for read in (text, redacted):
        assert redactor.redact([read], [()])[0].text == redacted


@pytest.mark.parametrize("key", ["qq", "uid", "mrn", "pwd", "wechat"])
def test_a_pseudonym_that_ends_in_a_key_is_no_key(key: str, redactor: TextRedactor) -> None:
    text = f"https://usr_1_{'a2' * 10}"[: -len(key)] + f"{key}:8443/v1/runs"

    assert redactor.redact([text], [()])[0].text == text


@settings(deadline=None, max_examples=100)
@given(texts=st.lists(TEXTS, max_size=5))
def test_a_batch_gives_what_its_texts_give_alone(texts: list[str], redactor: TextRedactor) -> None:
    together = redactor.redact(texts, [()] * len(texts))

    assert together == [redactor.redact([text], [()])[0] for text in texts]


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=200))
def test_no_text_breaks_the_redactor(text: str, redactor: TextRedactor) -> None:
    redacted = redactor.redact([text, text + "\ud800"], [(), ()])

    assert len(redacted) == 2


@pytest.mark.parametrize("length", [70_000, 140_000])
def test_a_long_text_is_read_to_its_end(redactor: TextRedactor, length: int) -> None:
    text = "x " * (length // 2) + "mail a.b@example.com" + " y" * 9000 + " and c@example.org"

    assert redactor.redact([text], [()])[0].detections == (("EMAIL", 2),)


HOSTILE = [
    "a" * 50, "a.", "a@", "a-", "1", "1 ", "1-", "1.", ":", "::", "a:", "1:", "/", "/home/", "\\", "=", "a=", "user ", "user=",
    "'", '"', "<", "[", "Abc ", "Ab-", "张", "王", "姓名", "eyJ", "eyJaaaaaa.", "-----BEGIN PRIVATE KEY-----", "%41", "%25", "\\u0041",
    "&#65;", "\u200b", "ssh ", "arn:aws:iam::", "Bearer ", "Cookie: ", "http://", "://a", "86 ", "+1 ", "(1", "AKID", " by ", "user_",
    "a.b@", "for A", "sample ", "sample1", "省市区路", "路1", "北京市", "<a>", "</", "<user>", "--token ", "1-1-1-", "by a_", "PG@", "\n", "\t",
]  # fmt: skip

WHOLE = [
    "user=anna ",
    "<EMAIL> a@b.cn ",
    "%40a@b.cn;",
    "zhang.wei ",
    "张伟 ",
    "203.0.113.7,",
    "usr_1_zzzzzzzzzzzzzzzzzzzz@h ",
]
UNNOTICED = 0.05
"""Seconds under which a growth cannot be told from noise, and need not be."""


def cut_cases(detector: Detector) -> list[str]:
    """Return the detector's own cases cut at their quarters: what almost matches is what costs."""
    cases = (*detector.examples, *detector.counter_examples, detector.boundary)
    texts = [text.replace("«", "").replace("»", "") for text in cases]
    cuts = [
        (text[: len(text) * n // 4], text[len(text) * (4 - n) // 4 :]) for text in texts for n in range(1, 5)
    ]
    return [part for part in dict.fromkeys(part for pair in cuts for part in pair) if part]


@pytest.mark.parametrize("unit", [pytest.param(unit, id=repr(unit)) for unit in HOSTILE])
def test_time_grows_no_faster_than_a_hostile_text(redactor: TextRedactor, unit: str) -> None:
    for recognizer in redactor.search.recognizers:
        assert grows_linearly(lambda text, ask=recognizer.find: list(ask(text)), unit, 100_000), (
            recognizer.name
        )


@pytest.mark.parametrize("detector", CATALOG, ids=lambda detector: detector.name)
def test_time_grows_no_faster_than_a_text_of_almost_matches(detector: Detector) -> None:
    for unit in cut_cases(detector):
        assert grows_linearly(lambda text: list(detector.find(text)), unit, 100_000), unit


@pytest.mark.parametrize("unit", WHOLE)
def test_time_of_the_whole_redaction_grows_no_faster_than_the_text(detection: Detection, unit: str) -> None:
    people = (Known("zhang.wei", "usr_1_zzzzzzzzzzzzzzzzzzzz", "USERNAME"),)
    redactor = detection.build()

    assert grows_linearly(lambda text: redactor.redact([text], [people]), unit, 200_000)
    assert grows_linearly(lambda text: redactor.redact_url([text], [people]), unit, 200_000)


def grows_linearly(work: Callable[[str], object], unit: str, size: int) -> bool:
    """Tell whether four times the text takes about four times as long, and not sixteen times, as a square would."""
    short, long = (unit * (length // len(unit)) for length in (size // 4, size))
    if _seconds(work, long) < UNNOTICED:
        return True
    return any(_seconds(work, long) < 8 * _seconds(work, short) for _ in range(5))


def _seconds(work: Callable[[str], object], text: str) -> float:
    begin = time.process_time()
    work(text)
    return time.process_time() - begin


def test_a_text_of_ten_megabytes_is_handed_over_in_windows_that_overlap_by_an_eighth() -> None:
    read: list[int] = []

    class Counting:
        name = "counting"
        trigger = ALWAYS

        def find(self, text: str) -> Sequence[Span]:
            read.append(len(text))
            return [Span(0, 1, "A", 0.5, "counting")]

    redactor = TextRedactor(Search([Counting()], lambda span, value: span))
    redacted = redactor.redact(["x" * 10_000_000], [()])[0]

    assert max(read) == WINDOW
    assert 10_000_000 <= sum(read) <= 10_000_000 * WINDOW / (WINDOW - OVERLAP) + WINDOW
    assert redacted.detections == (("A", len(read)),)


@pytest.mark.parametrize("bound", ["CACHED_TEXTS", "CACHED_CHARACTERS"])
def test_what_is_remembered_is_bounded_by_number_and_by_length(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = {"CACHED_TEXTS": 100, "CACHED_CHARACTERS": 100_000}[bound]
    monkeypatch.setattr(f"transforms.detect.redactor.{bound}", limit)
    redactor = TextRedactor(Search([], lambda span, value: span))
    tracemalloc.start()
    for number in range(2000):
        assert redactor.redact([text := f"{number:<1000}"], [()])[0].text == text
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 1_000_000

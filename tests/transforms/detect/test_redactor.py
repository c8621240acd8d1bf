import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.detect import CATALOG, Detection, Span, TextRedactor
from transforms.detect.scan import ENGINES
from transforms.detect.spans import merge, without_protected
from transforms.detect.views import decode

_ALPHABET = "abcXYZ019 \t\n=:;,.@/\\%&-_+'\"()[]{}<>用户张伟：，１é\u200b\x1b\x00"
_FRAGMENTS = [
    text.replace("«", "").replace("»", "")
    for one in CATALOG
    for text in (*one.examples, *one.counter_examples)
]
TEXTS = st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(_ALPHABET, max_size=12)), max_size=6).map(
    "".join
)


def plainly(redactor: TextRedactor, text: str) -> Sequence[Span]:
    """Ask every recognizer for the text and its view, without any scan."""
    spans = [span for recognizer in redactor.recognizers for span in recognizer.find(text)]
    view = decode(text)
    if view is not None:
        found = [span for recognizer in redactor.recognizers for span in recognizer.find(view.text)]
        spans += [Span(*view.original(s.start, s.end), s.kind, s.score, s.recognizer) for s in found]
    return merge(without_protected(text, spans))


def _extents(spans: Sequence[Span]) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.kind) for span in spans]


@pytest.fixture(scope="module")
def engines() -> dict[str, TextRedactor]:
    return {name: Detection(engine=name).build() for name in ENGINES}


@settings(deadline=None, max_examples=300)
@given(text=TEXTS)
def test_the_scan_leads_to_the_same_spans_as_each_recognizer_alone(
    text: str, engines: dict[str, TextRedactor]
) -> None:
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
@given(text=TEXTS)
def test_redaction_is_idempotent(text: str, redactor: TextRedactor) -> None:
    once = redactor.redact([text], [()])[0].text

    assert redactor.redact([once], [()])[0].text == once


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


@pytest.mark.parametrize("unit", [pytest.param(unit, id=repr(unit)) for unit in HOSTILE])
def test_time_grows_no_faster_than_the_length_of_a_hostile_text(redactor: TextRedactor, unit: str) -> None:
    """Each recognizer's pattern is bounded: four times the text may take no more than ten times as long."""
    short, long = (unit * (size // len(unit)) for size in (25_000, 100_000))
    for recognizer in redactor.recognizers:
        taken = [_seconds(recognizer, text) for text in (short, long)]
        assert taken[1] < 0.05 or taken[1] < 10 * taken[0], recognizer.name


def _seconds(recognizer: object, text: str) -> float:
    begin = time.process_time()
    for _ in recognizer.find(text):  # type: ignore[attr-defined]
        pass
    return time.process_time() - begin

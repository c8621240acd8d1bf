"""Nothing is lost: every record read has one outcome, whatever the bytes."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources.inputs import plan_parts, snapshot
from pipelines.sources.read_files import Reading, read_part
from schemas.errors import InputError
from schemas.formats import Compression
from schemas.ledger import total
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS, SHARED, absent
from tests.made_output import EVENTS_ROOT, event_ids, read_records
from transforms.classify import ClassifyStep, UnknownFields
from transforms.framing.magic import detect_compression
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter
from transforms.repeats import DropRepeatsStep
from transforms.tag import TagStep

KEY = PseudonymKey(bytes(range(32)), "1")
POLICY = default_policy()
REJECT = Rejecter(KEY, "2027-05-23")
STEPS = [
    ParseStep(REJECT).build(),
    ClassifyStep(POLICY, REJECT, UnknownFields.REDACT).build(),
    RedactStep(POLICY, KEY, REJECT).build(),
    TagStep(POLICY, "1", NOW_MS, REJECT).build(),
    DropRepeatsStep().build(),
]
WRITTEN = {"written"}
OUTCOMES = {
    "truncated_json": {"not_json"},
    "truncated_utf8": {"not_json"},
    "wrong_type": {"written", "bad_time", "missing_time"},
    "invalid_utf8": WRITTEN,
    "gbk_bytes": WRITTEN,
    "huge_line": {"too_long"},
    "missing_time": {"missing_time"},
    "bad_time": {"written", "bad_time", "missing_time"},
    "missing_required": WRITTEN,
    "not_object": {"not_an_object"},
    "empty_line": {"empty_line"},
    "not_json": {"not_json"},
    "nul_byte": WRITTEN,
    "duplicate_keys": WRITTEN,
    "nan_literal": WRITTEN,
    "deep_nesting": {"too_deep"},
    "lone_surrogate": WRITTEN,
    "two_objects": {"not_json"},
    "big_int": WRITTEN,
    "single_quotes": {"not_json"},
    "raw_control_char": WRITTEN,
    "bom": WRITTEN,
}


def outcome_of_steps(records):
    """Return how many records were written and the total of all counts, by the steps without Beam."""
    counts, rejections = Counter(), 0
    for step in STEPS:
        outcome = step(records)
        counts.update(outcome.counts)
        rejections += len(outcome.rejections)
        records = outcome.kept
    return len(records), rejections, counts


@pytest.mark.data
def test_the_ledger_balances_and_agrees_with_the_files_on_made_events(make_events, redact, tmp_path):
    shares = {"bad_share": 0.1, "old_share": 0.02, "dup_share": 0.02, "unknown_share": 0.1}
    path = make_events(count=1500, start="2026-11-20", **shares)
    ledger = redact(path, max_event_bytes=1 << 20)
    lines = path.read_bytes().split(b"\n")
    ledger.balance()
    assert ledger.counts["read"] == len(lines) - 1 == 1500
    assert ledger.counts["written"] == len(read_records(tmp_path / "out", EVENTS_ROOT)) > 1200
    rejections = Counter(
        f"rejected/{item['reason']}" for item in read_records(tmp_path / "out", "category=rejected")
    )
    assert rejections == {name: n for name, n in ledger.counts.items() if name.startswith("rejected/")}
    assert ledger.counts["expired_on_arrival"] > 0


@pytest.fixture(scope="module")
def bad_lines(tmp_path_factory):
    """Return (kind, line) of bad lines of every kind."""
    if not (SHARED / "data" / "manifest.json").exists():
        absent("../shared/data")
    folder = tmp_path_factory.mktemp("bad")
    files = {"--out": folder / "events.jsonl", "--labels": folder / "labels.jsonl"}
    options = ["--count=900", "--bad-share=1", "--huge-keep=1", "--start=2026-11-20"]
    command = [sys.executable, SHARED / "tools" / "make_events.py", "--data", SHARED / "data", *options]
    subprocess.run([*map(str, command), *(str(part) for pair in files.items() for part in pair)], check=True)
    labels = [json.loads(line) for line in files["--labels"].read_bytes().splitlines()]
    assert {label["bad"] for label in labels} == set(OUTCOMES)
    return labels, files["--out"]


@pytest.mark.data
@pytest.mark.parametrize("kind", OUTCOMES)
def test_each_kind_of_bad_line_ends_as_documented(bad_lines, kind):
    labels, path = bad_lines
    records = [
        item
        for part in plan_parts([snapshot(path)])
        for batch in read_part(part, Reading(1 << 20))
        for item in batch
    ]
    assert len(records) == len(labels)
    found = set()
    for label, record in zip(labels, records, strict=True):
        if label["bad"] == kind:
            written, rejections, counts = outcome_of_steps([record])
            assert written + rejections + counts["expired_on_arrival"] == 1
            found |= (
                {"written"}
                if written
                else {name.removeprefix("rejected/") for name in counts if "rejected/" in name}
            )
    assert found
    assert found <= OUTCOMES[kind]


BYTES = st.one_of(
    st.binary(max_size=400),
    st.lists(
        st.sampled_from(
            [
                *(b"{", b"}", b'"uin":', b'"1000"', b",", b'"', b"[", b"]", b"\n", b"\r\n", b"\x00", b"\xff"),
                *(b"1e999", b"\\ud800", b'"__TIMESTAMP__":-1', b"\xef\xbb\xbf"),
                b'{"__TIMESTAMP__":%d,"state":"OK"}\n' % (NOW_MS - 1),
            ],
        ),
        max_size=30,
    ).map(b"".join),
)
UNPACKED = BYTES.filter(lambda content: detect_compression(content) is Compression.NONE)
FORMATS = st.sampled_from([None, "json", "csv", "text", "protobuf", "searchlog"])
REUSED = [HealthCheck.function_scoped_fixture]


@settings(max_examples=150, deadline=None, suppress_health_check=REUSED)
@given(content=UNPACKED, format=FORMATS, limit=st.sampled_from([16, 1 << 20]))
def test_every_record_of_any_bytes_has_one_outcome(tmp_path, content, format, limit):
    path = tmp_path / "any"
    path.write_bytes(content)
    try:
        file = snapshot(path, format)
    except InputError as error:
        assert "is not read; nothing was written" in str(error)  # noqa: PT017
        return
    records = [
        item for part in plan_parts([file]) for batch in read_part(part, Reading(limit)) for item in batch
    ]
    written, rejections, counts = outcome_of_steps(records)
    assert counts["read"] + counts["blank_lines"] == len(records)
    assert counts["written"] == written
    assert total(counts, "rejected/") == rejections
    accounted = written + rejections + counts["expired_on_arrival"] + counts["duplicates_dropped"]
    assert accounted == counts["read"]


@settings(max_examples=3, deadline=None, suppress_health_check=REUSED)
@given(content=BYTES)
def test_a_whole_run_on_any_bytes_balances(tmp_path, redact, content):
    path = tmp_path / "any.jsonl"
    path.write_bytes(content)
    ledger = redact(path, again=True, skips_bad_input=True)
    ledger.balance()
    assert len(ledger.inputs) + len(ledger.skipped) == 1


def test_the_same_input_twice_gives_nothing_new(redact, write_lines, tmp_path):
    lines = [b'{"__TIMESTAMP__":%d,"state":"OK","request_id":"%d"}' % (NOW_MS - 1, n) for n in range(20)]
    path = write_lines(lines)
    redact(path)
    ids = event_ids(tmp_path / "out")
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(path.read_bytes())
    second = redact(path, copy)
    assert (second.inputs, dict(second.counts)) == ((), {})
    assert event_ids(tmp_path / "out") == ids
    assert len(set(ids)) == len(ids) == 20


def test_again_gives_the_same_set(redact, write_lines, tmp_path):
    lines = [b'{"__TIMESTAMP__":%d,"state":"OK","request_id":"%d"}' % (NOW_MS - 1, n) for n in range(20)]
    path = write_lines(lines)
    redact(path)
    before = read_records(tmp_path / "out", EVENTS_ROOT)
    second = redact(path, again=True)
    assert len(second.inputs) == 1
    assert read_records(tmp_path / "out", EVENTS_ROOT) == before


def test_a_packed_file_and_the_plain_one_give_equal_values(redact, write_lines, tmp_path):
    lines = [b'{"__TIMESTAMP__":%d,"state":"OK","uin":"%d"}' % (NOW_MS - 1, n) for n in range(20)]
    plain = write_lines(lines)
    packed = Path(f"{plain}.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    values = []
    for path in (plain, packed):
        root = tmp_path / path.suffix
        redact(path, root=root)
        values.append([(item["uin"], item["state"]) for item in read_records(root, EVENTS_ROOT)])
    assert values[0] == values[1]

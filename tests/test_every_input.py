"""All kinds of bad input, all formats, all encodings and packings in one run: one ledger that balances."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.ledger import Ledger, total
from tests import fixtures_formats as fixtures
from tests.conftest import NOW_MS, ROOT
from tests.made_output import EVENTS_ROOT, read_records
from tests.pipelines.conftest import redact as redact
from tests.pipelines.sources.test_contents import tar, zipped

TIME = "2026-11-23T00:00:00Z"
EVENT = {"time": TIME, "username": "\u6797\u4e54", "message": "\u7528\u6237\u767b\u5f55"}
LINE = json.dumps(EVENT, ensure_ascii=False) + "\n"
OTLP = {"timeUnixNano": f"{fixtures.TIME_MS}000000", "body": {"stringValue": "hi"}}
CRI = f"{TIME} stdout P a\n{TIME} stdout F b\n".encode()
FILES: dict[str, tuple[bytes, int]] = {
    **{f"form_{name}": (make(), 1) for name, (_, make) in fixtures.FORMS.items()},
    **{
        f"encoding_{code}": (LINE.encode(code) * 2, 2) for code in ("utf-8", "utf-16", "utf-16-le", "gb18030")
    },
    "array": (json.dumps([EVENT, EVENT], indent=1).encode(), 2),
    "pretty": (json.dumps(EVENT, indent=2).encode() * 2, 2),
    "wrapper": (json.dumps({"Records": [EVENT, EVENT]}).encode(), 2),
    "otlp": (json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [OTLP]}]}]}).encode(), 1),
    "journald": (json.dumps({"__REALTIME_TIMESTAMP": f"{fixtures.TIME_MS}000", "MESSAGE": "hi"}).encode(), 1),
    "docker": (json.dumps({"log": "hi\n", "stream": "stdout", "time": TIME}).encode(), 1),
    "cri": (CRI, 1),
    "excel": (f"sep=;\ntime;username;message;\n{TIME};lin;hi;\n".encode("utf-8-sig"), 1),
    "w3c": (b"#Fields: date time cs-username\n2026-11-23 00:00:00 lin\n", 1),
    "text": (b"2026-11-23 00:00:00 ERROR x\n  at y\n2026-11-23 00:00:01 ok\n", 2),
    "padded": (bytes(4096) + LINE.encode() * 3, 3),
    "tar": (gzip.compress(tar({"a": LINE.encode() * 4, "b": CRI + CRI})), 6),
    "zip": (zipped({"a": LINE.encode() * 5}), 5),
}
DOCUMENTED = ROOT / "docs" / "bad-input.md"
BROKEN = {"parquet": b"PAR1\x15\x00", "cut.gz": gzip.compress(LINE.encode())[:-4]}


def documented_kinds() -> set[str]:
    """Return the kinds whose outcome the documentation states."""
    _, _, text = DOCUMENTED.read_text().partition("## The 22 kinds")
    return set(re.findall(r"^\| (\w+) \|", text.partition("\n## ")[0], re.MULTILINE)) - {"kind"}


def kinds_of(labels: Path) -> set[str]:
    """Return the kinds of bad lines that a file of labels names."""
    return {label["bad"] for label in map(json.loads, labels.read_text().splitlines()) if label.get("bad")}


@pytest.mark.data
def test_everything_at_once_balances(
    redact: Callable[..., Ledger], make_events: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (data, _) in FILES.items():
        (folder / name).write_bytes(data)
    for name, data in BROKEN.items():
        (folder / name).write_bytes(data)
    labels = tmp_path / "labels.jsonl"
    bad = make_events(
        count=3000, bad_share=0.2, start=NOW_MS - 86_400_000, span_days=0.5, huge_keep=1, labels=labels
    )
    assert kinds_of(labels) == documented_kinds()
    ledger = redact(folder, bad, skips_bad_input=True)
    ledger.balance()
    made = sum(count for _, count in FILES.values())
    read = ledger.counts["read"]
    assert read - made == len(bad.read_bytes().split(b"\n")) - 1
    assert sorted(one.reason for one in ledger.skipped) == [
        "a Parquet file, which is not read",
        "the gzip stream ends early",
    ]
    assert ledger.counts["repaired/nul_prefix"] == 1
    assert len(list(read_records(tmp_path / "out", EVENTS_ROOT))) == ledger.counts["written"] >= made
    assert total(ledger.counts, "rejected/") > 0

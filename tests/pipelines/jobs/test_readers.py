"""Readers other than ours open what a run wrote, and read the very records that the steps made."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.inputs import plan_parts, snapshot
from pipelines.sources.read_files import read_part
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS, ROOT, absent
from tests.made_output import EVENTS_ROOT, record_of
from transforms.avro.blocks import Codec
from transforms.classify import ClassifyStep, UnknownFields
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter
from transforms.tag import MS_A_DAY, TagStep, iso_day

KEY = PseudonymKey(bytes(range(32)), "1")
POLICY = default_policy()
TOOLS = ROOT / ".tools"
JAR = TOOLS / "avro-tools-1.12.0.jar"
DUCKDB = TOOLS / "duckdb"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DATES = ("expires_on",)

Record = Mapping[str, Any]


def lines() -> Iterator[bytes]:
    """Return events with text in several scripts, absent fields, other fields and detections, and bad lines."""
    for number in range(300):
        event = {
            "__TIMESTAMP__": NOW_MS - 1 - number % 3 * MS_A_DAY,
            "uin": str(100012340000 + number),
            "output": f"用户登录失败 {number} 😀 from 203.0.113.{number % 200}, a{number}@example.org",
            "note": f"a{number}",
        }
        yield json.dumps(event, ensure_ascii=number % 2 == 0).encode()
    yield from (b"{", b"", b"[]")
    yield b'{"__TIMESTAMP__":%d,"state":"OK"}' % (NOW_MS - 1)


def plain(value: Any) -> Any:
    """Return a value with times as milliseconds and dates as ISO text, whatever the reader made of them."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (aware - EPOCH) // timedelta(milliseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def in_order(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: json.dumps(record, sort_keys=True))


@pytest.fixture(params=list(Codec))
def codec(request: pytest.FixtureRequest) -> Codec:
    return Codec(request.param)


@pytest.fixture
def expected(
    redact: Callable[..., Any], write_lines: Callable[..., Path], codec: Codec
) -> tuple[list[Record], list[Record]]:
    """Write a root `tmp_path / "out"` and return what must be read from it: the steps' own results."""
    path = write_lines(list(lines()))
    ledger = redact(path, unknown_fields=UnknownFields.REDACT, codec=codec)
    part = plan_parts([snapshot(path)], lambda _: path.name)[0]
    reject = Rejecter(KEY, "2027-05-23")
    records: Sequence[Any] = [record for batch in read_part(part) for record in batch]
    rejections = []
    for step in (
        ParseStep(reject),
        ClassifyStep(POLICY, reject, UnknownFields.REDACT),
        RedactStep(POLICY, KEY, reject),
        TagStep(POLICY, "1", NOW_MS, reject),
    ):
        outcome = step.build()(records)
        rejections += outcome.rejections
        records = outcome.kept
    assert (len(records), len(rejections)) == (ledger.counts["written"], 3) == (301, 3)
    return in_order([event_record(tagged) for tagged in records]), in_order(
        [
            {
                "stage": str(item.stage),
                "reason": str(item.reason),
                "source": item.source.name,
                "checksum": item.source.checksum,
                "offset": item.offset,
                "line": item.line,
                "part": item.source.part,
                "length": item.length,
                "digest": item.digest,
                "expires_on": item.expires_on,
            }
            for item in rejections
        ]
    )


def event_record(tagged: Any) -> Record:
    record = record_of(tagged)
    return {**record, "tags": [{**tag, "expires_on": iso_day(tag["expires_on"])} for tag in record["tags"]]}


def files_under(root: Path, category: str) -> list[Path]:
    return sorted(root.glob(f"{category}/expires_on=*/*.avro"))


def check(
    read: Callable[[Path], list[Record]], expected: tuple[list[Record], list[Record]], root: Path
) -> None:
    for category, wanted in zip((EVENTS_ROOT, "category=rejected"), expected, strict=True):
        records = [record for path in files_under(root, category) for record in read(path)]
        assert len(records) == len(wanted)
        for found, made in zip(in_order(plain(records)), wanted, strict=True):
            assert found == made


FASTAVRO = """
import json, sys, fastavro
for record in fastavro.reader(open(sys.argv[1], "rb")):
    print(json.dumps(record, default=str))
assert not {"schemas", "transforms", "pipelines"} & set(sys.modules)
"""


def test_fastavro_alone_reads_every_record(expected: Any, tmp_path: Path) -> None:
    def read(path: Path) -> list[Record]:
        command = [sys.executable, "-c", FASTAVRO, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        return [with_times(json.loads(line)) for line in done.stdout.splitlines()]

    check(read, expected, tmp_path / "out")


def with_times(record: dict[str, Any]) -> Record:
    times = {
        name: datetime.fromisoformat(record[name]) for name in ("event_time", "expires_at") if name in record
    }
    return {**record, **times}


def test_avro_for_java_reads_every_record(expected: Any, tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or not JAR.exists():
        absent("Java with avro-tools")

    def read(path: Path) -> list[Record]:
        command = [str(java), "-Dfile.encoding=UTF-8", "-jar", str(JAR), "tojson", str(path)]
        done = subprocess.run(command, capture_output=True, check=True)
        return [from_avro_json(json.loads(line)) for line in done.stdout.splitlines()]

    check(read, expected, tmp_path / "out")


def from_avro_json(value: Any, name: str = "") -> Any:
    """Return a value of Avro's JSON encoding without the names of union branches, and its dates as dates."""
    if isinstance(value, dict):
        if list(value) == ["string"]:
            return value["string"]
        return {key: from_avro_json(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [from_avro_json(inner) for inner in value]
    return date(1970, 1, 1) + timedelta(days=value) if name in DATES else value


DUCK = """
import glob, json, sys
sys.path.insert(0, sys.argv[1])
import duckdb
connection = duckdb.connect()
(extension,) = glob.glob(sys.argv[1] + "/duckdb_extension_avro/extensions/*/avro.duckdb_extension")
connection.execute(f"LOAD '{extension}'")
rows = connection.execute("SELECT * FROM read_avro(?, hive_partitioning=false)", [sys.argv[2]])
names = [column[0] for column in rows.description]
for row in rows.fetchall():
    print(json.dumps(dict(zip(names, row, strict=True)), default=str))
"""


@pytest.mark.parametrize("codec", [Codec.DEFLATE], indirect=True)
def test_duckdb_reads_every_record_of_deflated_files(expected: Any, tmp_path: Path) -> None:
    if not (DUCKDB / "duckdb_extension_avro").exists():
        absent("DuckDB's avro extension")

    def read(path: Path) -> list[Record]:
        command = [sys.executable, "-I", "-c", DUCK, str(DUCKDB), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
        return [with_times(json.loads(line)) for line in done.stdout.splitlines()]

    check(read, expected, tmp_path / "out")

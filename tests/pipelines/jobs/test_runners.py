"""The same job on every runner at hand: equal records, equal rejections, equal counts."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import fixtures_formats as fixtures
from tests.conftest import NOW_MS, ROOT, absent
from tests.made_output import EVENTS_ROOT, read_records
from tests.prism import PRISM, prism_server
from transforms.tag import MS_A_DAY

BUNDLE_RUNNER = "BundleBasedDirectRunner"


class Outputs(NamedTuple):
    """What a run left, in an order that no runner can change."""

    runner: str
    records: list[str]
    rejections: list[str]
    counts: dict[str, int]


def lines() -> Iterator[bytes]:
    for number in range(2500):
        event = {
            "__TIMESTAMP__": NOW_MS - 1 - number * MS_A_DAY // 500,
            "uin": str(100012340000 + number % 50),
            "username": f"lin.qiao{number % 50}",
            "output": f"user lin.qiao{number % 50} from 36.110.4.{number % 200} wrote to a{number}@example.org",
            "request_id": f"{number:032x}",
            "colour": "red",
        }
        yield json.dumps(event).encode()
    yield from (b"", b"{", b"[1]", b'{"uin": "7"}')
    yield json.dumps({"__TIMESTAMP__": NOW_MS - 200 * MS_A_DAY, "uin": "100012340000"}).encode()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "events.jsonl").write_bytes(b"\n".join(lines()))
    for name, (_, make) in fixtures.FORMS.items():
        (folder / name).write_bytes(make())
    return folder


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "key"
    path.write_text(bytes(range(32)).hex())
    path.chmod(0o600)
    return path


def outputs_of(inputs: Path, key_file: Path, root: Path, *options: str) -> Outputs:
    command = [ROOT / ".venv/bin/logveil", "redact", inputs, f"--output={root}", f"--keys={key_file}"]
    command += ["--now=2026-11-24", "--max-rejected=1", "--json", *options]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    ledger = json.loads(done.stdout)

    def rows(category: str) -> list[str]:
        return sorted(
            json.dumps(row, default=str, sort_keys=True, ensure_ascii=False)
            for row in read_records(root, category)
        )

    return Outputs(ledger["runner"], rows(EVENTS_ROOT), rows("category=rejected"), ledger["counts"])


@pytest.fixture(scope="module")
def usual(inputs: Path, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    outputs = outputs_of(inputs, key_file, tmp_path_factory.mktemp("usual"), "--workers=1")
    assert (outputs.runner, len(outputs.rejections)) == ("FnApiRunner", 4)
    assert len(outputs.records) == 2500 + len(fixtures.FORMS)
    return outputs


@pytest.fixture
def prism(tmp_path: Path) -> Iterator[str]:
    """Return the endpoint of a Prism of the test's own."""
    if not PRISM.exists():
        absent("Prism")
    with prism_server(tmp_path / "prism.log") as endpoint:
        yield endpoint


@pytest.mark.server
def test_prism_gives_the_records_of_the_usual_runner(
    usual: Outputs, prism: str, inputs: Path, key_file: Path, tmp_path: Path
) -> None:
    options = ["--runner", "PortableRunner", f"--job_endpoint={prism}", "--environment_type=LOOPBACK"]
    outputs = outputs_of(inputs, key_file, tmp_path / "out", "--", *options)
    assert outputs == usual._replace(runner="PortableRunner")


@pytest.mark.server
def test_an_input_that_fails_on_prism_is_one_line(
    prism: str, inputs: Path, key_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress((inputs / "events.jsonl").read_bytes())[:-20])
    command = [
        str(ROOT / ".venv/bin/logveil"),
        "redact",
        "cut.jsonl.gz",
        "--output=out",
        f"--keys={key_file}",
    ]
    options = ["--runner=PortableRunner", f"--job_endpoint={prism}", "--environment_type=LOOPBACK"]
    done = subprocess.run([*command, "--", *options], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("logveil: ")
    assert line.endswith(": the gzip stream ends early; nothing was written")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "runner"),
    [
        pytest.param(["--workers=2"], "FnApiRunner in 2 processes", id="two_worker_processes"),
        pytest.param(["--", f"--runner={BUNDLE_RUNNER}"], BUNDLE_RUNNER, id="one_element_at_a_time"),
    ],
)
def test_another_runner_gives_the_records_of_the_usual_one(
    options: list[str], runner: str, usual: Outputs, inputs: Path, key_file: Path, tmp_path: Path
) -> None:
    assert outputs_of(inputs, key_file, tmp_path / "out", *options) == usual._replace(runner=runner)

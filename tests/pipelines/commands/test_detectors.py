"""Detectors of others, of an installed package or in a file: in the worker processes, and in the verification."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.commands.detectors import detection_of, installed_recognizers
from schemas.errors import DetectorError, FormatFileError, OptionsError, RecognizerFileError
from schemas.ledger import Ledger
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS, ROOT
from tests.made_output import EVENTS_ROOT, POLICY, read_records
from transforms.detect import Detection
from transforms.detect.scan import ENGINES

MODULE = (
    (ROOT / "tests/acme_detectors.py").read_text()
    + r"""
UNPICKLABLE = Detector("own", "OWN", "a", "a", "", (), (), "", check=lambda match: True)
BAD_TRIGGER = Detector("own", "OWN", "a", "(?=a)a", "", (), (), "")
TAKEN = Detector("ipv4", "OWN", "a", "a", "", (), (), "")
NONE = object()
"""
)
RECOGNIZERS = r"""
recognizers:
  - name: Bay
    supported_language: en
    supported_entity: BAY
    context: [bay]
    patterns: [{name: weak, regex: '\b\d{5}\b', score: 0.01}]
    score_thresholds: {default: 0.4}
"""
FOUND = "1 records have a text in which the detectors find something"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that makes a package whose entry point names something of `MODULE` importable."""

    def make(target: str) -> Path:
        site = tmp_path / "site"
        info = site / "acme_detectors-1.0.dist-info"
        info.mkdir(parents=True)
        (site / "acme_detectors.py").write_text(MODULE)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-detectors\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[logveil.detectors]\nacme = {target}\n")
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, "acme_detectors", raising=False)
        return site

    return make


@pytest.fixture
def bay_codes(tmp_path: Path) -> Path:
    """Return a file of recognizers that finds bay codes."""
    path = tmp_path / "own.yaml"
    path.write_text(RECOGNIZERS)
    return path


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    """Return a folder of formats that finds whoever opened a door."""
    folder = tmp_path / "formats"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref")
    (folder / "doors.grok").write_text("DOOR took %{NOTSPACE:user.name} to %{WORD:kind} %{INT:number}")
    return folder


@pytest.fixture
def redacted(
    redact: Callable[..., Ledger], write_lines: Callable[..., Path], tmp_path: Path
) -> Callable[..., Path]:
    """Return a function that redacts an event with a bay code and a ticket and returns the root."""
    event = {"__TIMESTAMP__": NOW_MS - 1000, "description": "took ACME-1234 to bay 12345"}

    def run(recognizers: Path | None = None, formats: Path | None = None) -> Path:
        detection = detection_of(POLICY, recognizers, formats)
        redact(write_lines([json.dumps(event).encode()]), detection=detection)
        return tmp_path / "out"

    return run


def verify(root: Path, *options: str | Path) -> tuple[int, str]:
    """Return the exit code and the output of `logveil verify`."""
    command = ["verify", str(root), "--now=2026-11-24", *map(str, options)]
    result = CliRunner().invoke(app, command)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def only_file(root: Path) -> Path:
    (path,) = root.glob("category=*/*/*.avro")
    return path.relative_to(root)


def test_nothing_is_added_where_no_package_and_no_file_does() -> None:
    assert installed_recognizers() == ()
    assert detection_of(default_policy()).extra == ()


@pytest.mark.parametrize("target", ["acme_detectors:DETECTORS", "acme_detectors:TICKET"])
def test_an_installed_package_adds_its_detectors(install: Callable[[str], Path], target: str) -> None:
    install(target)
    redactor = detection_of(default_policy()).build()

    assert redactor.redact(["see ACME-1234"], [()])[0].text == "see <TICKET>"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("no_such_module:X", "No module named 'no_such_module'", id="no module"),
        pytest.param("acme_detectors:X", "module 'acme_detectors' has no attribute 'X'", id="no such name"),
        pytest.param("acme_detectors:NONE", "expected recognizers, each with name, trigger and find", id="none"),
        pytest.param("acme_detectors:BAD_TRIGGER", "own: a trigger does not compile for ", id="a bad trigger"),
        pytest.param("acme_detectors:UNPICKLABLE", "own: it cannot be pickled for the workers: ", id="not picklable"),
        pytest.param("acme_detectors:TAKEN", "two recognizers have the name 'ipv4'", id="a taken name"),
    ],
)  # fmt: skip
def test_an_entry_point_that_adds_no_usable_recognizer_is_refused(
    install: Callable[[str], Path], target: str, message: str
) -> None:
    install(target)

    with pytest.raises(DetectorError) as caught:
        detection_of(default_policy())

    assert message in str(caught.value)
    assert target in str(caught.value) or target.endswith("TAKEN")


UNREADABLE = "the file of recognizers cannot be read: No such file or directory"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecognizerFileError) as caught:
        detection_of(default_policy(), tmp_path / "none.yaml")

    assert str(caught.value) == f"{tmp_path}/none.yaml: {UNREADABLE}"


def test_both_reach_every_worker_process_of_the_job(install: Callable[[str], Path], tmp_path: Path) -> None:
    site = install("acme_detectors:DETECTORS")
    (tmp_path / "own.yaml").write_text(RECOGNIZERS)
    texts = ["took ACME-1234 to bay 12345", "took ACME-4321 to 12345"]
    inputs = []
    for number, text in enumerate(texts):
        event = json.dumps({"__TIMESTAMP__": NOW_MS - 1000, "username": "lin.qiao", "description": text})
        inputs.append(tmp_path / f"{number}.jsonl")
        inputs[-1].write_text(f"{event}\n" * 50)
    command = [
        sys.executable,
        "-m",
        "pipelines",
        "redact",
        *map(str, inputs),
        "--output",
        str(tmp_path / "out"),
    ]
    command += ["--recognizers", str(tmp_path / "own.yaml"), "--workers", "2", "--now", "2026-11-24T00:00:00"]
    environ = os.environ | {"PYTHONPATH": str(site)}

    subprocess.run(command, check=True, capture_output=True, env=environ)

    records = read_records(tmp_path / "out", EVENTS_ROOT)
    assert Counter(record["description"] for record in records) == {
        "took <TICKET> to bay <BAY>": 50,
        "took <TICKET> to 12345": 50,
    }


def test_a_wrong_file_ends_the_command_with_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(RECOGNIZERS.replace("regex: '", "regex: '("))
    command = [sys.executable, "-m", "pipelines", "redact", str(tmp_path), "--output", str(tmp_path / "out")]

    ended = subprocess.run(
        [*command, "--recognizers", str(tmp_path / "own.yaml")], check=False, capture_output=True, text=True
    )

    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1] == (
        f"logveil: {tmp_path}/own.yaml: recognizers[0] 'Bay': pattern 'weak' does not compile: missing ) at position 10"
    )


def test_every_scan_engine_gives_what_is_added_the_same_texts(install: Callable[[str], Path]) -> None:
    install("acme_detectors:DETECTORS")
    extra = detection_of(default_policy()).extra
    texts = ["see ACME-1234", "acme", "x\nACME-0001"]
    found = [Detection(engine=engine, extra=extra).build().redact(texts, [()] * 3) for engine in ENGINES]

    assert [[one.text for one in result] for result in found] == [["see <TICKET>", "acme", "x\n<TICKET>"]] * 3


def test_what_was_redacted_with_a_file_leaves_nothing_to_find_with_it(
    redacted: Callable[..., Path], bay_codes: Path
) -> None:
    root = redacted(bay_codes)

    assert [record["description"] for record in read_records(root, EVENTS_ROOT)] == [
        "took ACME-1234 to bay <BAY>"
    ]
    assert verify(root, "--recognizers", bay_codes) == (0, f"{root} is as it should be\n")


def test_what_was_redacted_without_a_file_has_a_text_problem_with_it(
    redacted: Callable[..., Path], bay_codes: Path
) -> None:
    root = redacted()

    code, output = verify(root, "--recognizers", bay_codes)

    assert verify(root) == (0, f"{root} is as it should be\n")
    assert (code, output.splitlines()) == (1, [f"text: {only_file(root)}: {FOUND}"])


def test_verification_knows_the_detectors_of_installed_packages(
    redacted: Callable[..., Path], install: Callable[[str], Path]
) -> None:
    root = redacted()
    install("acme_detectors:DETECTORS")

    code, output = verify(root)

    assert (code, output.splitlines()) == (1, [f"text: {only_file(root)}: {FOUND}"])
    assert verify(root, "--no-detect") == (0, f"{root} is as it should be\n")


def test_a_file_of_recognizers_without_detection_is_refused(tmp_path: Path, bay_codes: Path) -> None:
    (tmp_path / "_runs").mkdir()
    with pytest.raises(OptionsError, match="--recognizers has no use with --no-detect"):
        verify(tmp_path, "--recognizers", bay_codes, "--no-detect")


def test_what_was_redacted_with_formats_leaves_nothing_to_find_with_them(
    redacted: Callable[..., Path], doors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = redacted(formats=doors)

    (record,) = read_records(root, EVENTS_ROOT)
    assert re.fullmatch(r"took usr_1_[a-z2-7]{20} to bay 12345", record["description"])
    assert capsys.readouterr().err == f"{doors}: no field of the policy, so not replaced: kind, number\n"
    assert verify(root, "--formats", doors)[0] == 0


def test_what_was_redacted_without_formats_has_a_text_problem_with_them(
    redacted: Callable[..., Path], doors: Path
) -> None:
    root = redacted()

    code, output = verify(root, "--formats", doors)

    assert (code, output.splitlines()[-1]) == (1, f"text: {only_file(root)}: {FOUND}")


def test_formats_without_detection_are_refused(tmp_path: Path, doors: Path) -> None:
    (tmp_path / "_runs").mkdir()
    with pytest.raises(OptionsError, match="--formats has no use with --no-detect"):
        verify(tmp_path, "--formats", doors, "--no-detect")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({}, "no file of formats is there", id="empty"),
        pytest.param({"a.grok": b"\xff"}, "the formats cannot be read: UnicodeDecodeError", id="not UTF-8"),
    ],
)
def test_a_folder_that_gives_no_formats_is_named(
    tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    folder = tmp_path / "none"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)

    with pytest.raises(FormatFileError) as caught:
        detection_of(default_policy(), formats=folder)

    assert str(caught.value) == f"{folder}: {message}"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatFileError) as caught:
        detection_of(default_policy(), formats=tmp_path / "none")

    assert str(caught.value) == f"{tmp_path}/none: no folder of formats is there"

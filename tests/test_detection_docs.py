"""The page about detection tells the truth: what it shows of `logveil explain`, and its examples of own detectors.

`python -m tests.test_detection_docs` writes the outputs anew after a change of the catalogue.
"""

import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from schemas.policy.allow import load_allow
from schemas.policy.file import default_policy
from schemas.recognizer_file import load_recognizers
from tests.conftest import ROOT
from tests.transforms.detect.test_catalog import unmarked
from transforms.detect import Detection
from transforms.detect.allow import Allowed
from transforms.detect.formats import given_formats, shipped_files
from transforms.detect.formats.given import ENDINGS

PAGE = ROOT / "docs" / "detection.md"
EXPLAINED = re.compile(r"^```console\n\$ (logveil explain .*)\n((?:.*\n)*?)```$", re.MULTILINE)


def output_of(command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "logveil"
    return CliRunner().invoke(app, arguments, catch_exceptions=False).stdout


def block_of(language: str, begin: str = "") -> str:
    found = re.search(rf"^```{language}\n({begin}.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("command", "shown"), EXPLAINED.findall(PAGE.read_text()), ids=str)
def test_explain_prints_what_the_page_shows(
    command: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOGVEIL_KEY", raising=False)

    assert output_of(command) == shown


def test_the_allow_list_of_the_page_lets_be_what_the_page_says() -> None:
    allowed = Allowed([load_allow(block_of("yaml", "words:"), "page.yaml")])
    names = ("Smith-Waterman", "nf-core-tools", "nf-core-zhangwei", "dbsnp_146")
    assert [allowed.entry(name) is not None for name in names] == [True, True, False, True]


def test_five_dialects_are_explained() -> None:
    assert len(EXPLAINED.findall(PAGE.read_text())) == 5


def test_the_detector_of_the_page_finds_what_its_cases_mark() -> None:
    names: dict[str, object] = {}
    exec(block_of("python"), names)
    (ticket,) = names["DETECTORS"]  # type: ignore[misc]
    redactor = Detection.of(default_policy(), extra=(ticket,)).build()

    for marked in (*ticket.examples, *ticket.counter_examples, ticket.boundary):
        text, expected = unmarked(marked)
        found = [(span.start, span.end) for span in redactor.find(text) if span.kind == "TICKET"]
        assert found == expected


def test_the_recognizers_of_the_page_are_read() -> None:
    entries = load_recognizers(block_of("yaml"), "page.yaml")

    assert [entry.name for entry in entries] == ["Zip code", "CryptoRecognizer"]


def test_the_format_file_of_the_page_is_one() -> None:
    given = given_formats({"neighbour.yaml": block_of("yaml", "program:")}, default_policy())

    assert [one.name for one in given.recognizers] == ["neighbour_entry", "neighbour_denied"]


def test_the_page_says_how_many_formats_there_are_and_what_is_read() -> None:
    page = PAGE.read_text()

    assert f"`transforms/detect/formats/`, {len(shipped_files())} of them" in page
    assert all(f"`{ending}`" in page for ending in ENDINGS if ending)


def _renew(page: Path) -> None:
    text = page.read_text()
    page.write_text(EXPLAINED.sub(lambda match: f"```console\n$ {match[1]}\n{output_of(match[1])}```", text))


if __name__ == "__main__":
    sys.exit(_renew(PAGE))

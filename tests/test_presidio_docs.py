"""The page about Presidio tells the truth: its example runs from top to bottom and prints what it shows."""

import doctest
import re
from pathlib import Path

import pytest
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

from tests.conftest import ROOT
from transforms.detect.recognizers import LogveilRecognizer

PAGE = ROOT / "docs" / "presidio.md"
BLOCKS = re.findall(r"^```pycon\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_example_runs_and_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGVEIL_KEY", "00" * 32)
    monkeypatch.delenv("LOGVEIL_KEY_EPOCH", raising=False)
    example = doctest.DocTestParser().get_doctest("\n".join(BLOCKS), {}, PAGE.name, str(PAGE), 0)
    complaints: list[str] = []

    result = doctest.DocTestRunner().run(example, out=complaints.append)

    assert not complaints, "".join(complaints)
    assert result.attempted > 40


def test_the_registry_file_of_the_page_is_read(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    file = tmp_path / "registry.yaml"
    file.write_text(f"supported_languages: [en]\n{block}")

    (recognizer,) = RecognizerRegistryProvider(conf_file=file).create_recognizer_registry().recognizers

    assert isinstance(recognizer, LogveilRecognizer)
    assert "SECRET" in recognizer.supported_entities


def test_every_block_of_the_page_is_run() -> None:
    assert len(BLOCKS) + 1 == PAGE.read_text().count("```") // 2

"""The page about Presidio tells the truth: its example runs from top to bottom and prints what it shows."""

import doctest
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

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


def test_every_block_of_the_page_is_run() -> None:
    assert len(BLOCKS) == PAGE.read_text().count("```") // 2

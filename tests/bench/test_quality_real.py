import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from quality_real import read_real


@pytest.fixture
def data(tmp_path: Path) -> Path:
    files = [
        {"file": "infra/sshd.log", "kind": "line"},
        {"file": "labelled/prose.json", "kind": "array"},
    ]
    (tmp_path / "manifest.json").write_text(json.dumps(files), encoding="utf-8")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "sshd.log").write_bytes(b"from 10.0.0.7\r\nversion 1.2\n\xff from 10.99.3.4\n")
    return tmp_path


def truncated(lines: Sequence[str]) -> list[str]:
    return [line.replace("10.0.0.7", "10.0.0.0/24").replace("1.2", "<ID>") for line in lines]


def test_words_that_are_gone_are_counted_file_by_file(data: Path) -> None:
    [file] = read_real(data, truncated).files
    assert (file.name, file.lines, file.changed, file.words) == ("infra/sshd.log", 3, 2, 13)
    assert dict(file.kinds) == {"network": 1, "ID": 1}


def test_lost_addresses_are_told_from_other_lost_words(data: Path) -> None:
    [file] = read_real(data, truncated).files
    assert (file.lost, file.lost_by_form) == (6, 4)


def test_replacements_that_are_no_addresses_are_counted_by_kind_and_masked_shape(data: Path) -> None:
    changes = read_real(data, truncated)
    assert dict(changes.shapes) == {("ID", "0.0"): 1}
    assert changes.places["ID", "0.0"][0] == "infra/sshd.log:2:8-11"


def test_untouched_lines_lose_nothing(data: Path) -> None:
    [file] = read_real(data, list).files
    assert (file.changed, file.lost) == (0, 0)

"""Finding inputs and taking their snapshots: one clear error each, and nothing of the output root."""

import io
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.inputs import check_unchanged, find_inputs, part_ends, plan_parts, snapshot
from schemas.errors import InputError


def test_a_directory_is_searched_without_hidden_files_and_without_the_output_root(tmp_path: Path) -> None:
    for name in ("a.log", "sub/b.log", ".hidden", ".git/c", "out/part.avro"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    found = find_inputs([str(tmp_path), str(tmp_path / "*.log")], tmp_path / "out")
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.log", "sub/b.log"]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        pytest.param("absent", "no file here to read", id="absent"),
        pytest.param("*.none", "no file here to read", id="empty_glob"),
        pytest.param("empty", "no file here to read", id="empty_directory"),
        pytest.param("out", "inside the output root", id="output_root"),
        pytest.param("out/x", "inside the output root", id="file_of_the_root"),
        pytest.param("pipe", "not a regular file", id="pipe"),
    ],
)
def test_an_unusable_input_is_one_clear_line(named: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").write_text("{}")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=message) as caught:
        find_inputs([str(tmp_path / named)], tmp_path / "out", lambda _: "safe")
    assert str(caught.value).startswith("safe: ")
    assert "\n" not in str(caught.value)


def test_a_link_into_the_output_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "out/x")
    with pytest.raises(InputError, match="inside the output root"):
        find_inputs([str(tmp_path / "link")], tmp_path / "out")


def test_standard_input_is_kept_in_a_file_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"a":1}\n')))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    [path] = find_inputs(["-"], tmp_path / "out")
    read = subprocess.run([sys.executable, "-c", f"print(open({str(path)!r}).read())"], capture_output=True)
    file = snapshot(path)
    assert read.stdout.strip() == b'{"a":1}'
    assert (file.name, file.size, list(tmp_path.iterdir())) == ("stdin", 8, [])


def test_a_file_that_grew_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("{}\n")
    file = snapshot(path)
    check_unchanged(file)
    with path.open("a") as more:
        more.write("{}\n")
    with pytest.raises(
        InputError, match=r"\Asafe: the file changed while it was read; nothing was written\Z"
    ):
        check_unchanged(file, lambda _: "safe")


def test_the_format_can_be_given_and_is_one_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("{}\n")
    assert snapshot(path, "text").format == "text"
    with pytest.raises(InputError, match="json, csv, searchlog, protobuf, text"):
        snapshot(path, "xml")


def test_parts_are_equal_ranges_under_a_safe_name(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b'{"a":1}\n' * 10)
    parts = plan_parts([snapshot(path)], lambda _: "safe", part_bytes=32)
    assert [(part.start, part.end, part.part, part.name) for part in parts] == [
        (0, 20, 0, "safe"),
        (20, 40, 1, "safe"),
        (40, 60, 2, "safe"),
        (60, 80, 3, "safe"),
    ]
    assert str(path) not in repr(parts)


@given(st.integers(1, 1 << 33), st.integers(1 << 20, 64 << 20))
def test_parts_cover_a_file_and_are_as_many_as_workers_can_share(size: int, part_bytes: int) -> None:
    ends = part_ends(size, part_bytes)
    sizes = [end - start for start, end in pairwise([0, *ends])]
    assert sum(sizes) == size
    assert 0 < min(sizes) <= max(sizes) <= min(part_bytes, min(sizes) + 1)
    assert len(ends) == 1 if size <= part_bytes else len(ends) % 4 == 0

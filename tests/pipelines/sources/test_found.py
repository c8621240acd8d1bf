"""Finding inputs: one clear error each, by the name that was typed, and nothing of the output root."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.sources.found import FoundInput, find_inputs, said_as_typed
from pipelines.sources.inputs import snapshot
from schemas.errors import InputError


def test_a_directory_is_searched_without_hidden_files_and_without_the_output_root(tmp_path: Path) -> None:
    for name in ("a.log", "sub/b.log", ".hidden", ".git/c", "out/part.avro"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    found = find_inputs([str(tmp_path), str(tmp_path / "*.log")], tmp_path / "out")
    assert [str(file.path.relative_to(tmp_path)) for file in found] == ["a.log", "sub/b.log"]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        pytest.param("absent", "no file here to read", id="absent"),
        pytest.param("*.none", "no file here to read", id="empty_glob"),
        pytest.param("empty", "no file here to read", id="empty_directory"),
        pytest.param("out", "the input lies inside the output root; write elsewhere", id="output_root"),
        pytest.param(
            "out/x", "the input lies inside the output root; write elsewhere", id="file_of_the_root"
        ),
        pytest.param("pipe", "this is not a regular file", id="pipe"),
    ],
)
def test_an_unusable_input_is_one_clear_line(named: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").write_text("{}")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "fine").write_text("{}")
    with pytest.raises(InputError) as caught:
        find_inputs([str(tmp_path / "fine"), str(tmp_path / named)], tmp_path / "out")
    assert str(caught.value) == f"argument 2: {message}"
    assert caught.value.as_typed() == f"{tmp_path / named} (argument 2): {message}"


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
    [found] = find_inputs(["-"], tmp_path / "out")
    path = found.path
    read = subprocess.run([sys.executable, "-c", f"print(open({str(path)!r}).read())"], capture_output=True)
    file = snapshot(path)
    assert read.stdout.strip() == b'{"a":1}'
    assert (file.name, file.size, list(tmp_path.iterdir())) == ("stdin", 8, [])


def test_a_file_of_a_folder_is_named_by_what_was_typed_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a.log").write_text("{}")
    monkeypatch.chdir(tmp_path)
    found = find_inputs(["./logs", "logs/*.log"], tmp_path / "out")
    assert found == [FoundInput(tmp_path / "logs/a.log", "./logs/a.log (argument 1)")]


def test_a_link_that_leads_to_itself_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError, match=r"\Aargument 1: this is not a regular file\Z"):
        find_inputs([str(tmp_path / "loop")], tmp_path / "out")


def test_an_error_by_a_safe_name_is_said_of_every_file_that_it_may_mean() -> None:
    files = [
        FoundInput(Path(path), f"{path} (argument {n})") for n, path in enumerate(["/a/x", "/b/x", "/y"], 1)
    ]
    error = said_as_typed(InputError("~x: ends early"), files, lambda path: f"~{Path(path).name}")
    assert str(error) == "~x: ends early"
    assert error.as_typed() == "/a/x (argument 1) or /b/x (argument 2): ends early"


def test_an_error_that_names_no_input_stays_as_it_is() -> None:
    assert said_as_typed(InputError("the format: odd"), [], str).as_typed() == "the format: odd"

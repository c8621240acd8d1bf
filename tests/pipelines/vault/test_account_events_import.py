"""A watched folder of account events: files are taken as they come and as they grow."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.keys.rings import load_keys, make_ring
from pipelines.vault.account_events_import import import_events, watch
from pipelines.vault.disclosure import count_states
from pipelines.vault.vault import Vault, open_vault
from schemas.errors import InputError
from schemas.policy.file import default_policy

NOW_MS = 1_795_478_400_000


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """Return an empty vault."""
    make_ring(tmp_path / "keys")
    opened = open_vault(f"sqlite:///{tmp_path}/vault.db", load_keys(tmp_path / "keys", {}), default_policy())
    yield opened
    opened.database.close()


def line(number: int) -> str:
    return json.dumps({"id": str(number), "type": "created", "time": NOW_MS - 1, "uin": number}) + "\n"


def test_files_are_taken_as_they_come_and_as_they_grow(vault: Vault, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "a.jsonl").write_text(line(1))
    watching = watch(vault, folder, 0.01, lambda: NOW_MS)
    assert next(watching) == (folder / "a.jsonl", {"applied": 1})
    (folder / "b.jsonl").write_text(line(2))
    assert next(watching) == (folder / "b.jsonl", {"applied": 1})
    with (folder / "a.jsonl").open("a") as file:
        file.write(line(3))
    assert next(watching) == (folder / "a.jsonl", {"applied": 1, "repeated": 1})


def test_a_line_read_before_it_was_whole_is_applied_when_it_is(vault: Vault, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "a.jsonl").write_text(line(1)[:10])
    watching = watch(vault, folder, 0.01, lambda: NOW_MS)
    assert next(watching)[1] == {"rejected/not_json": 1}
    (folder / "a.jsonl").write_text(line(1))
    assert next(watching)[1] == {"applied": 1}
    assert count_states(vault, NOW_MS)["active"] == 1


def test_a_file_of_many_batches_is_applied_whole(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(line(number) for number in range(1, 2502)))
    assert import_events(vault, path, NOW_MS) == {"applied": 2501}


def test_a_file_that_is_not_there_is_an_input_error(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.jsonl"):
        import_events(vault, tmp_path / "absent.jsonl", NOW_MS)


def test_a_file_that_was_taken_away_meanwhile_stops_nothing(vault: Vault, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "a.jsonl").write_text(line(1))
    (folder / "b.jsonl").write_text(line(2))
    watching = watch(vault, folder, 0.01, lambda: NOW_MS)
    assert next(watching)[0].name == "a.jsonl"
    (folder / "b.jsonl").unlink()
    (folder / "c.jsonl").write_text(line(3))
    assert next(watching) == (folder / "c.jsonl", {"applied": 1})


def test_a_folder_that_is_not_there_is_not_watched(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        next(watch(vault, tmp_path / "absent", 0.01, lambda: NOW_MS))


def test_the_command_tells_of_each_file_as_it_comes(vault: Vault, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    command = [sys.executable, "-m", "pipelines", "account", "import", str(folder), "--watch-seconds=0.1"]
    options = ["--json", "--vault", vault.database.url, "--keys", str(tmp_path / "keys")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for number, name in enumerate(("a.jsonl", "b.jsonl"), start=1):
            (folder / f".{name}").write_text(line(number))
            (folder / f".{name}").rename(folder / name)
            assert json.loads(process.stdout.readline()) == {"file": name, "applied": 1}
        process.terminate()
    assert count_states(vault, NOW_MS)["active"] == 2

"""A staging folder appears with its owner in it, or not at all."""

from pathlib import Path

import pytest

from pipelines.root import staging
from pipelines.root.erasure_claim import rewriting
from pipelines.root.liveness import OWNER, is_dead
from pipelines.root.staging import make_staging
from pipelines.root.temporary import is_being_written
from schemas.errors import OutputError


def test_a_folder_has_its_owner(tmp_path: Path) -> None:
    folder = make_staging(tmp_path, "20261124T040000Z-0123abcd")
    assert [path.name for path in folder.iterdir()] == [OWNER]
    assert not is_dead(folder)


class Killed(BaseException):
    """Stands for a process that ends here."""


def test_a_process_that_dies_before_it_is_named_leaves_only_a_temporary_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: Path) -> None:
        raise Killed

    monkeypatch.setattr(staging, "write_owner", die)
    with pytest.raises(Killed):
        make_staging(tmp_path, "20261124T040000Z-0123abcd")
    (left,) = (tmp_path / "_staging").iterdir()
    assert is_being_written(left)


def test_a_disk_that_refuses_the_owner_keeps_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staging, "write_owner", refuse)
    with pytest.raises(OutputError, match="No space left on device"):
        make_staging(tmp_path, "20261124T040000Z-0123abcd")
    assert list((tmp_path / "_staging").iterdir()) == []


def test_a_process_that_dies_while_it_clears_up_leaves_no_folder_without_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(folder: Path, **_: object) -> None:
        (folder / OWNER).unlink()
        raise Killed

    monkeypatch.setattr(staging.shutil, "rmtree", die)
    with pytest.raises(Killed), rewriting(tmp_path):
        pass
    monkeypatch.undo()
    (left,) = (tmp_path / "_staging").iterdir()
    assert is_being_written(left)
    with rewriting(tmp_path):
        assert len(list((tmp_path / "_staging").glob("rewriting-*"))) == 1

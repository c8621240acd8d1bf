"""Readers of a root while partitions are deleted under them."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.retention.calendar import calendar_rows
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.retention.verify import verify_root
from pipelines.root.partition_folders import list_files
from schemas.verification import ProblemKind
from tests.made_output import POLICY, commit_run, make_event

NOW = datetime(2027, 6, 1, tzinfo=UTC)
DAYS = [str(date(2027, 5, 1) + timedelta(days=day)) for day in range(25)]
READERS: dict[str, Callable[[Path], object]] = {
    "verify": lambda root: verify_root(root, NOW, POLICY),
    "calendar": lambda root: calendar_rows(root, NOW),
    "plan": lambda root: plan_expiry(root, NOW.date(), NOW),
}
MAY_SHOW = {ProblemKind.EXPIRED, ProblemKind.UNFINISHED, ProblemKind.MISSING}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "out"
    commit_run(root, [make_event(number, day) for number, day in enumerate(DAYS)])
    return root


@pytest.mark.parametrize("reader", READERS)
def test_what_is_deleted_meanwhile_stops_no_reader(made: Path, tmp_path: Path, reader: str) -> None:
    for number in range(3):
        root = tmp_path / str(number) / "out"
        shutil.copytree(made, root)
        path = write_plan(plan_expiry(root, NOW.date(), NOW))
        with ThreadPoolExecutor(1) as pool:
            applying = pool.submit(apply_plan, root, path, NOW)
            while not applying.done():
                found = READERS[reader](root)
                if reader == "verify":
                    assert {problem.kind for problem in found} <= MAY_SHOW  # type: ignore[attr-defined]
            assert len(applying.result().body["partitions"]) == len(DAYS)


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_goes_between_two_looks_is_passed_over(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    root = tmp_path / "out"
    shutil.copytree(made, root)
    gone = iter(sorted(root.glob("category=*/*/*.avro"))[::3])

    def list_and_lose(descriptor: int, path: str, count: object) -> object:
        doomed = next(gone, None)
        if doomed is not None:
            doomed.unlink()
        return list_files(descriptor, path, count)  # type: ignore[arg-type]

    monkeypatch.setattr("pipelines.root.partition_folders.list_files", list_and_lose)
    READERS[reader](root)

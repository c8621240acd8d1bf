"""What may stand in a file's way: it is named with its run, stops no other run, and is never written through."""

import errno
import os
from itertools import islice
from pathlib import Path

import orjson
import pytest

from pipelines.root import places
from pipelines.root.commit import commit, commit_steps, open_run, recover
from pipelines.root.ledger_files import read_ledgers
from schemas.errors import LedgerError, OutputError
from schemas.ledger import COMMIT_KEY
from tests.made_output import EVENTS_ROOT, SECOND, STARTED, commit_run, event_ids, make_event, staged_run
from tests.pipelines.root.test_commit import COMMIT_POINT, kill

DAY = "2027-05-23"
PARTITION = f"{EVENTS_ROOT}/expires_on={DAY}"
OBSTACLES = {
    "a folder in the file's place": ("folder", f"{PARTITION}/{{name}}", "a folder stands in its place"),
    "a file in the partition's place": (
        "file",
        PARTITION,
        "a file or link stands where its folder should be",
    ),
    "a link in the partition's place": (
        "link",
        PARTITION,
        "a file or link stands where its folder should be",
    ),
    "a dangling link": ("dangling", PARTITION, "a file or link stands where its folder should be"),
    "a file in the category's place": (
        "file",
        EVENTS_ROOT,
        "a file or link stands where its folder should be",
    ),
    "a link in the category's place": (
        "link",
        EVENTS_ROOT,
        "a file or link stands where its folder should be",
    ),
}


def put_in_the_way(root: Path, kind: str, place: str, name: str) -> Path:
    path = root / place.format(name=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    outside = root.with_name("outside")
    outside.mkdir(exist_ok=True)
    match kind:
        case "folder":
            (path / "of somebody").mkdir(parents=True)
        case "file":
            path.touch()
        case "link":
            path.symlink_to(outside)
        case "dangling":
            path.symlink_to(root.with_name("nowhere"))
    return path


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_an_obstacle_is_named_before_anything_is_promised(tmp_path: Path, obstacle: str) -> None:
    root = tmp_path / "out"
    kind, place, said = OBSTACLES[obstacle]
    run, ledger, files = staged_run(root, [make_event(1, DAY)])
    put_in_the_way(root, kind, place, files[0].final)
    with pytest.raises(OutputError) as caught:
        commit(run, ledger, files)
    assert str(caught.value) == f"{PARTITION}/{files[0].final}: {said}; move that away"
    assert not run.pending.exists()
    assert list(tmp_path.glob("outside/*")) == []


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_an_obstacle_past_the_commit_point_names_the_run_and_stops_no_other(
    tmp_path: Path, obstacle: str
) -> None:
    root = tmp_path / "out"
    kind, place, said = OBSTACLES[obstacle]
    run, ledger, files = staged_run(root, [make_event(1, DAY)])
    list(islice(commit_steps(run, ledger, files), COMMIT_POINT))
    kill(run)
    path = put_in_the_way(root, kind, place, files[0].final)
    with pytest.raises(OutputError) as caught:
        recover(root)
    assert str(caught.value) == (
        f"run {run.id} can't be finished: {PARTITION}/{files[0].final}: {said}; move that away"
    )
    other = commit_run(root, [make_event(2, "2027-05-24", SECOND)]) if place != EVENTS_ROOT else None
    assert [one.run_id for one in read_ledgers(root)] == ([] if other is None else [other.run_id])
    assert list(tmp_path.glob("outside/*")) == []
    path.rename(root.with_name("moved away"))
    assert recover(root) == [run.id]
    assert make_event(1).event.event_id in event_ids(root)


def test_one_run_that_cannot_be_finished_keeps_no_other_from_it(tmp_path: Path) -> None:
    runs = [staged_run(tmp_path, [make_event(1, DAY)]), staged_run(tmp_path, [make_event(2, DAY, SECOND)])]
    for run, ledger, files in runs:
        list(islice(commit_steps(run, ledger, files), COMMIT_POINT))
        kill(run)
    stuck = min(runs, key=lambda one: one[0].id)
    put_in_the_way(tmp_path, "folder", f"{PARTITION}/{{name}}", stuck[2][0].final)
    with pytest.raises(OutputError, match=stuck[0].id):
        recover(tmp_path)
    assert [ledger.run_id for ledger in read_ledgers(tmp_path)] == [max(run.id for run, *_ in runs)]


def test_another_file_system_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, ledger, files = staged_run(tmp_path, [make_event(1, DAY)])
    list(islice(commit_steps(run, ledger, files), COMMIT_POINT))

    def replace(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(places.os, "replace", replace)
    with pytest.raises(OutputError, match=f"run {run.id} can't be finished: .*is on another file system"):
        recover(tmp_path)


def test_a_link_in_a_file_s_place_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    run, ledger, files = staged_run(tmp_path / "out", [make_event(1, DAY)])
    target = tmp_path / "out" / PARTITION / files[0].final
    target.parent.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.write_text("precious")
    target.symlink_to(outside)
    commit(run, ledger, files)
    assert outside.read_text() == "precious"
    assert not target.is_symlink()


CRAFTED = {
    "a staged name that leads out": lambda stated, _: stated["moves"].update(
        dict.fromkeys(stated["moves"], "../../../secret")
    ),
    "a place outside the root": lambda stated, _: stated["moves"].update({"../stolen": "0" * 32 + ".avro"}),
    "a place that is no partition's": lambda stated, _: stated["moves"].update(
        {"_runs/x.json": "0" * 32 + ".avro"}
    ),
    "a removal outside the root": lambda stated, checksum: stated["removals"].update({"../secret": checksum}),
    "a removal of another input's file": lambda stated, _: stated["removals"].update(
        {f"{PARTITION}/part-{'b2' * 8}-00000.avro": "b2" * 32}
    ),
    "claims of nobody's": lambda stated, _: stated["claims"].clear(),
    "no moves": lambda stated, _: stated.pop("moves"),
    "moves that are none": lambda stated, _: stated.update(moves=[1]),
}


@pytest.mark.parametrize("crafted", CRAFTED)
def test_a_crafted_pending_file_moves_and_removes_nothing(tmp_path: Path, crafted: str) -> None:
    root = tmp_path / "out"
    secret = tmp_path / "secret"
    secret.write_text("precious")
    run, ledger, files = staged_run(root, [make_event(1, DAY)])
    list(islice(commit_steps(run, ledger, files), COMMIT_POINT))
    kill(run)
    content = orjson.loads(run.pending.read_bytes())
    CRAFTED[crafted](content[COMMIT_KEY], ledger.inputs[0].checksum)
    run.pending.write_bytes(orjson.dumps(content))
    with pytest.raises(
        LedgerError, match=f"_runs/{run.id}.pending.json says what no run of this root would do"
    ):
        recover(root)
    assert secret.read_text() == "precious"
    assert event_ids(root) == []


def test_a_staging_folder_that_is_a_link_gives_nothing_away(tmp_path: Path) -> None:
    root = tmp_path / "out"
    run, ledger, files = staged_run(root, [make_event(1, DAY)])
    list(islice(commit_steps(run, ledger, files), COMMIT_POINT))
    elsewhere = tmp_path / "elsewhere"
    os.rename(run.staging, elsewhere)
    run.staging.symlink_to(elsewhere)
    with pytest.raises(OutputError, match="holds a link where a file was staged"):
        recover(root)
    assert event_ids(root) == []


@pytest.mark.parametrize(
    "change",
    [
        {"files": [{"partition": "../..", "name": "x", "records": 1, "bytes": 1, "checksum": "ab" * 32}]},
        {"replaces": {"ab" * 32: "../../x"}},
        {"inputs": [{"name": "a", "bytes": -1, "checksum": "ab" * 32, "format": "json", "parts": 1}]},
        {"counts": {"read": "many"}},
        {"ended": "yesterday"},
        {"run_id": "20261124T040000Z-0123abcd"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_crafted_ledger_is_not_believed(tmp_path: Path, change: dict[str, object]) -> None:
    commit_run(tmp_path, [make_event(1, DAY)])
    (path,) = tmp_path.glob("_runs/*.json")
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), **change}))
    with pytest.raises(LedgerError, match=f"_runs/{path.name}"):
        read_ledgers(tmp_path)


@pytest.mark.parametrize("folder", ["_staging", "_runs", "_receipts", "_plans"])
def test_a_folder_of_ours_that_is_a_link_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / folder).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match=f"{folder} in .* is a symbolic link; move that away"):
        open_run(tmp_path / "out", STARTED)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_run_of_an_earlier_version_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    run, ledger, files = staged_run(tmp_path, [make_event(1, DAY)])
    list(islice(commit_steps(run, ledger, files), COMMIT_POINT))
    kill(run)
    content = orjson.loads(run.pending.read_bytes())
    del content[COMMIT_KEY]["claims"]
    run.pending.write_bytes(orjson.dumps(content))
    assert recover(tmp_path) == [run.id]

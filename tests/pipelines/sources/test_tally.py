"""The tally of a reading: bytes as they lie on the disk, each once, seen by another process; never a reason to fail."""

import gzip
from pathlib import Path

import pytest

from pipelines.sources.inputs import plan_parts, snapshot
from pipelines.sources.read_files import read_part
from pipelines.sources.tally import Done, Tally, tallied

LINES = b"".join(b'{"n": %d, "text": "%s"}\n' % (number, b"x" * (number % 90)) for number in range(40_000))


def test_what_other_readers_tell_is_added_up(tmp_path: Path) -> None:
    for size, events in ((10, 2), (30, 5)):
        tally = Tally(tmp_path / "progress")
        tally.begin(size)
        tally.read(7)
        tally.count(events)
        tally.end()
        tally.close()
    Tally(tmp_path / "progress")
    assert tallied(tmp_path / "progress") == Done(40, 7)


def test_a_folder_that_is_not_there_or_cannot_be_written_costs_nothing_but_the_tally(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    tally = Tally(tmp_path / "file" / "progress")
    tally.begin(3)
    tally.end()
    tally.close()
    assert tally.done == Done(3, 0)
    assert tallied(tmp_path / "file" / "progress") == Done()


@pytest.mark.parametrize("packed", [False, True])
def test_the_parts_of_a_file_add_up_to_its_bytes_on_the_disk(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(gzip.compress(LINES) if packed else LINES)
    tally, seen = Tally(), []
    for part in plan_parts([snapshot(path)], part_bytes=300_000):
        tally.begin((part.size if part.end is None else part.end) - part.start)
        for batch in read_part(part, heed=tally.read):
            tally.count(len(batch))
            seen.append(tally.done)
        tally.end()
    assert tally.done == Done(path.stat().st_size, 40_000)
    assert seen == sorted(seen)
    assert len({done.bytes for done in seen}) > 2

"""Taking snapshots of inputs and planning their parts: one clear error each."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.inputs import check_unchanged, part_ends, plan_parts, snapshot
from schemas.errors import InputError


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
    with pytest.raises(
        InputError, match="json, json_document, searchlog, otlp, docker, cri, csv, protobuf, text"
    ):
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

"""Old segments are folded into one file a block, and no writer finds a place among them."""

import os

import pytest

from pipelines.lanes import fold as folding
from pipelines.lanes.fold import fold
from pipelines.lanes.log import commit_segment, position
from pipelines.root.segment_files import is_done, last_sequence, read_lane, read_segment
from schemas.errors import LaneError
from tests.pipelines.lanes.made_lanes import commit, dealt, staged

BLOCK = 3


@pytest.fixture
def lane(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.root.segment_files.BLOCK_SEGMENTS", BLOCK)
    return dealt(tmp_path)[0]


def test_full_blocks_are_folded_and_read_as_before(lane, tmp_path):
    segments = [commit(lane, {0: 1}) for _ in range(2 * BLOCK + 1)]
    assert [path.name for path in fold(lane)] == ["000000.json", "000001.json"]
    assert list(read_lane(lane)) == segments
    assert sorted(os.listdir(lane.folder)) == ["000000.json", "000001.json", "000002", "last.json"]
    assert is_done(lane, 2)
    assert read_segment(lane, 2) == (segments[1], {})
    assert not list((tmp_path / "_staging").iterdir())


def test_the_block_of_the_last_segment_is_not_folded(lane):
    for _ in range(BLOCK):
        commit(lane, {0: 1})
    assert fold(lane) == []
    assert last_sequence(lane) == BLOCK


def test_a_lane_goes_on_after_folding(lane):
    for _ in range(BLOCK + 1):
        commit(lane, {0: 1})
    fold(lane)
    commit(lane, {0: 1})
    assert position(lane).next == {0: BLOCK + 2}
    assert fold(lane) == []


def test_a_writer_that_slept_until_its_block_was_folded_commits_nothing(lane):
    slow = staged(lane, {0: 1})
    for _ in range(BLOCK + 1):
        commit(lane, {0: 1})
    fold(lane)
    with pytest.raises(LaneError):
        commit_segment(*slow)
    assert position(lane).next == {0: BLOCK + 1}


def test_a_writer_that_slept_between_its_check_and_its_claim_commits_nothing(lane, monkeypatch):
    stood, slow = position(lane), staged(lane, {0: 1})
    for _ in range(BLOCK + 1):
        commit(lane, {0: 1})
    fold(lane)
    monkeypatch.setattr("pipelines.lanes.log._check_before", lambda *_: stood)
    with pytest.raises(LaneError, match="another process has gone on with lane 0"):
        commit_segment(*slow)
    assert not lane.block(1).exists()


def test_folding_that_was_cut_short_is_finished(lane, monkeypatch):
    segments = [commit(lane, {0: 1}) for _ in range(BLOCK + 1)]
    with monkeypatch.context() as patch:
        patch.setattr(folding, "_remove", lambda *_: None)
        fold(lane)
    assert list(read_lane(lane)) == segments
    fold(lane)
    assert sorted(os.listdir(lane.folder)) == ["000000.json", "000001", "last.json"]
    assert list(read_lane(lane)) == segments

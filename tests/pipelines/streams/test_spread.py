"""Lanes fall evenly on a cluster's subtasks."""

from collections import Counter

import pytest

from pipelines.streams.spread import lane_elements, lane_of, subtask_of


@pytest.mark.parametrize("parallelism", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("lanes", [1, 2, 4, 7, 16])
def test_no_subtask_has_two_lanes_more_than_another(lanes, parallelism):
    elements = lane_elements(lanes, parallelism)
    assert [lane_of(element) for element in elements] == list(range(lanes))
    used = Counter(subtask_of(element, parallelism, 128) for element in elements)
    loads = [used[subtask] for subtask in range(parallelism)]
    assert max(loads) - min(loads) <= 1

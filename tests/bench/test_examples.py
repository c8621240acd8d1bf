import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name", ["events", "figures", "growth", "lines", "machine", "more_detectors", "report", "same_records"]
)
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert (failed, tried > 0) == (0, True)

from importlib.resources import files

import pytest

LISTS = sorted(
    one.name for one in (files("transforms.detect") / "data").iterdir() if one.name.endswith(".txt")
)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_states_its_source_and_holds_each_word_once(name: str) -> None:
    lines = (files("transforms.detect") / "data" / name).read_text("utf-8").splitlines()
    words = [line for line in lines if not line.startswith("#")]

    assert lines[0].startswith("# ")
    assert len(lines[0]) > 20
    assert all(words)
    assert len(words) == len(set(words))

import re

import pytest

from transforms.detect.formats.literals import literal_trigger


@pytest.mark.parametrize(
    ("pattern", "trigger"),
    [
        pytest.param(r"Accepted \w+ for", r"Accepted\ ", id="the longest of several"),
        pytest.param(r"(?:came|went) \w", "came|went", id="each branch has one"),
        pytest.param(r"(?:came|\w+) \d", None, id="one branch has none"),
        pytest.param(r"(?:session)?\d", None, id="what may be left out"),
        pytest.param(r"(?:session ){2,3}", r"session\ ", id="what is repeated"),
        pytest.param(r"(?=.*session)\d", "session", id="what is looked for ahead"),
        pytest.param(r"(?!session)\d", None, id="what must not follow"),
        pytest.param(r"(?i)session", "(?i:session)", id="in any case"),
        pytest.param(r"(?i:ses)sion", "(?i:sion)", id="a part in any case"),
        pytest.param(r"用户login", "login", id="beyond ASCII"),
        pytest.param("ab\ncd", None, id="over two lines"),
        pytest.param(r"in\d", None, id="too short"),
    ],
)
def test_a_trigger_is_made_of_the_literals_that_every_match_holds(pattern: str, trigger: str | None) -> None:
    assert literal_trigger(re.compile(pattern)) == trigger

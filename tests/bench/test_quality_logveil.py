import pytest
from quality_logveil import Logveil
from quality_samples import Sample


@pytest.fixture(scope="module")
def logveil() -> Logveil:
    return Logveil()


def sample(field: str, text: str, username: str = "lin.wei") -> Sample:
    known = (("uin", "100012345678"), ("username", username), ("client_ip", "203.0.113.9"))
    return Sample("7/nested", 1, field, text, (), (), (), known)


def test_an_events_own_people_are_known_without_a_cue(logveil: Logveil) -> None:
    texts = ["lin.wei left", "203.0.113.9 left"]
    name, address = logveil.redact([sample("description", text) for text in texts])
    assert name.startswith("usr_1_")
    assert name.endswith(" left")
    assert address == "203.0.113.0/24 left"


def test_people_of_other_events_are_not_known(logveil: Logveil) -> None:
    texts = [sample("description", "lin.wei left"), sample("description", "lin.wei left", "someone")]
    known, unknown = logveil.redact(texts)
    assert known != "lin.wei left"
    assert unknown == "lin.wei left"


def test_urls_are_treated_as_urls_and_texts_keep_their_order(logveil: Logveil) -> None:
    url = "https://api.example.com/v1/runs?note=red"
    first, second, third = logveil.redact(
        [sample("description", "one"), sample("url", url), sample("output", "three")]
    )
    assert (first, third) == ("one", "three")
    assert second.startswith("https://api.example.com/v1/runs?note=")
    assert "red" not in second


def test_lines_of_which_nothing_is_known_are_redacted(logveil: Logveil) -> None:
    assert logveil.redact_lines(["from 203.0.113.9", "ok"]) == ["from 203.0.113.0/24", "ok"]

import json
from pathlib import Path

import pytest
from run_peer import PEERS, PeerError, check_answer, run_peer
from text_engines import HERE, Engine


def write(path: Path, *texts: str) -> Path:
    path.write_text("".join(json.dumps({"description": text}) + "\n" for text in texts), encoding="utf-8")
    return path


def test_an_answer_without_planted_mail_addresses_is_counted(tmp_path: Path) -> None:
    events = write(tmp_path / "in", "from a@example.com", "to b@lab.example.edu.cn")
    out = write(tmp_path / "out", "from <EMAIL>", "to <EMAIL>")
    assert check_answer(events, out) == {"events": 2, "mail_addresses": 2, "mail_addresses_left": 0}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        pytest.param(
            ["a@example.com"], ["a@example.com"], "1 of 1 planted mail addresses are left", id="left"
        ),
        pytest.param(["a@example.com", "b"], ["<EMAIL>"], "1 of 2 events came out", id="an event is lost"),
        pytest.param(["a"], ["a"], "no planted mail address", id="nothing to check"),
    ],
)
def test_a_wrong_answer_is_refused(tmp_path: Path, before: list[str], after: list[str], reason: str) -> None:
    with pytest.raises(PeerError, match=reason):
        check_answer(write(tmp_path / "in", *before), write(tmp_path / "out", *after))


def test_a_failing_peer_is_named_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"KeyError|not built"):
        run_peer("presidio", write(tmp_path / "in", "an event without the nine fields"))


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_has_a_program_that_runs_it(name: str) -> None:
    assert (HERE / name / "run").read_text(encoding="utf-8").rstrip().endswith(f'run_peer.py" {name} "$1"')


def test_an_engine_behind_its_pipe_cleans_texts_of_any_script() -> None:
    engine = Engine("presidio_patterns")
    try:
        assert engine("邮箱 lin@example.com\n") == "邮箱 <EMAIL_ADDRESS>\n"
        assert engine("at 203.0.113.9") == "at <IP_ADDRESS>"
    finally:
        engine.close()

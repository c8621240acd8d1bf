"""Who makes the records is chosen by what the run needs; what the engine can't do is said by name."""

from dataclasses import replace

import pytest

from schemas.errors import OptionsError
from transforms.engine import choice, native
from transforms.engine.choice import EngineChoice, chosen_engine
from transforms.engine.step import EngineWork

AUTO, NATIVE, PYTHON = EngineChoice.AUTO, EngineChoice.NATIVE, EngineChoice.PYTHON


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(choice, "VERSION", choice.WANTED)


@pytest.mark.usefixtures("installed")
def test_the_engine_is_used_where_it_can_be_unless_told_otherwise(body):
    assert chosen_engine(AUTO, body) == chosen_engine(NATIVE, body) == f"native {choice.WANTED}"
    assert chosen_engine(PYTHON, body) == "python"


@pytest.mark.usefixtures("installed")
def test_what_the_engine_cannot_do_is_left_to_the_steps_or_refused(body):
    other = replace(body, sight_accounts=True)
    assert chosen_engine(AUTO, other) == "python"
    with pytest.raises(OptionsError, match="vault"):
        chosen_engine(NATIVE, other)


@pytest.mark.usefixtures("installed")
def test_what_takes_whole_events_is_told(body):
    assert chosen_engine(AUTO, body, "events go elsewhere") == "python"
    with pytest.raises(OptionsError, match="events go elsewhere"):
        chosen_engine(NATIVE, body, "events go elsewhere")


def test_a_worker_without_an_engine_says_so(monkeypatch, body):
    monkeypatch.setattr(native, "VERSION", None)
    with pytest.raises(OptionsError, match="--engine=python"):
        EngineWork(body)


@pytest.mark.parametrize(("version", "why"), [(None, "not installed"), ("0.0.1", "of version")])
def test_an_engine_that_is_absent_or_of_another_version_is_not_used(monkeypatch, body, version, why):
    monkeypatch.setattr(choice, "VERSION", version)
    assert chosen_engine(AUTO, body) == "python"
    with pytest.raises(OptionsError, match=why):
        chosen_engine(NATIVE, body)

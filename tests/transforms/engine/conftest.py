"""The engine, where it is installed, and the plain steps beside it."""

import pytest

from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from transforms.engine.step import EngineWork
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents


@pytest.fixture(scope="session")
def body() -> RedactLogEvents:
    """Return what a run is to do, by the default policy."""
    return RedactLogEvents(default_policy(), PseudonymKey(bytes(range(32)), "1"), NOW_MS)


@pytest.fixture(scope="session")
def engine(engine_is_there: None, body: RedactLogEvents) -> EngineWork:
    """Return the engine with the plain steps behind it."""
    return EngineWork(body)


@pytest.fixture(scope="session")
def steps(engine_is_there: None, body: RedactLogEvents) -> EngineWork:
    """Return the plain steps, that encode what they make."""
    work = EngineWork(body)
    work.uses_engine = False
    return work

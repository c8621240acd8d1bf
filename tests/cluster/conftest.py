"""One broker for the tests of a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kafka import Kafka, kafka_broker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Return a running broker, shared by the tests of a session."""
    with kafka_broker(Path(tmp_path_factory.mktemp("kafka"))) as started:
        yield started

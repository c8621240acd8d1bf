import pytest

from schemas.policy.file import default_policy
from transforms.detect import Detection, TextRedactor


@pytest.fixture(scope="session")
def detection() -> Detection:
    return Detection.of(default_policy())


@pytest.fixture(scope="session")
def redactor(detection: Detection) -> TextRedactor:
    return detection.build()

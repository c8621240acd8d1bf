"""A verification finds personal data in a text, and not what the policy lets stand there."""

import pytest

from schemas.policy.file import default_policy
from transforms.checks.texts import checking_redactor
from transforms.detect import Detection

POLICY = default_policy()
REDACTOR = checking_redactor(POLICY, Detection.of(POLICY))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mail from jane.roe@example.org", id="e-mail"),
        pytest.param("connection from 203.0.113.77 refused", id="address"),
    ],
)
def test_personal_data_is_found(text):
    assert REDACTOR.redact([text], [()])[0].text != text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mail from <EMAIL>", id="token"),
        pytest.param("connection from 203.0.113.0/24 refused", id="network"),
        pytest.param(f"login of usr_1_{'a' * 20} failed", id="pseudonym"),
        pytest.param("instance ins-1a2b3c4d stopped", id="resource-that-the-policy-keeps"),
        pytest.param("chr1:10,000-20,000 of SRR1234567", id="science"),
    ],
)
def test_what_the_policy_lets_stand_is_not_found(text):
    assert REDACTOR.redact([text], [()])[0].text == text

"""The detectors as a verification needs them: what the policy lets stand in a text is not found in it."""

from schemas.policy.policy import Policy
from transforms.detect import Detection, TextRedactor
from transforms.pseudonyms import PseudonymKey
from transforms.token_treatments import text_treatment

_NO_KEY = PseudonymKey(bytes(32), "0")
"""Only whether a value would be replaced counts here, not by what; so no secret is needed."""


def checking_redactor(policy: Policy, detection: Detection) -> TextRedactor:
    """Return a redactor that leaves a text alone if it was redacted under the policy with this detection."""
    return detection.build(text_treatment(policy, _NO_KEY))

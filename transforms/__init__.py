"""What is done to log events: pure functions, and thin PTransforms around them."""

from transforms.redact_text import redact_text

__all__ = ["redact_text"]

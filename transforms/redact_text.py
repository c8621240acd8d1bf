"""Redact one text with the default policy: for notebooks, tests and whoever evaluates the detectors."""

from collections.abc import Iterable
from functools import lru_cache

from schemas.policy.file import default_policy
from transforms.detect import Detection, Known, TextRedactor


@lru_cache(maxsize=1)
def default_redactor() -> TextRedactor:
    """Return the redactor of the default policy, which has no key and writes tokens in place of pseudonyms."""
    return Detection.of(default_policy()).build()


def redact_text(text: str, *, known: Iterable[Known | str] = ()) -> str:
    """Return a text without personal data.

    `known` are values of the text's own people, which are then found wherever they stand; a plain string is taken
    as an account name and replaced by the kind's token.

    Example:
        >>> redact_text("Failed password for anna from 203.0.113.77 port 22, mail a.smith@example.com")
        'Failed password for <USERNAME> from 203.0.113.0/24 port 22, mail <EMAIL>'
        >>> redact_text("job of zhang.wei done", known=["zhang.wei"])
        'job of <USERNAME> done'
    """
    people = tuple(Known(one, "<USERNAME>", "USERNAME") if isinstance(one, str) else one for one in known)
    return default_redactor().redact([text], [people])[0].text

"""Derive a trigger for the shared scan from patterns that others wrote, or say that there is none."""

import re
import warnings
from collections.abc import Sequence

from transforms.detect.scan import ENGINES, compiles

ALWAYS = r"\n"
"""Occurs in every text, for the scan wraps each in line feeds: its recognizer is asked for all of them."""

NEVER = r"\n\x00\n\x01\n"
"""Stands in the scan for a trigger that occurs in every text: to report each costs more than to know it."""

_UNLIKE = r"[^\t\n\r -~][^\n]*\n"
"""Where `regex` over characters and the scan over bytes may differ: their classes agree on printable ASCII alone.

It runs to the end of its line, so that Hyperscan reports it once and not for each byte.
"""

_SHARED_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.UNICODE
_NOT_ALIKE = re.compile(
    r"[^\x00-\x7f]"  # a letter beyond ASCII is several bytes
    r"|\\[AZzGvhRXKmMNC]"  # ends of the whole text, and classes that are not the same everywhere
    r"|\[\[|\[:|&&|--|\|\||~~"  # sets in sets
    r"|\{(?!\d{1,4}(?:,\d{0,4})?\})"  # {,n} and the fuzzy {e<=1}
)


def derive_trigger(patterns: Sequence[str], flags: int) -> str:
    r"""Return an expression that occurs in every text in which one of the patterns matches.

    `flags` are those of the patterns. Texts with anything but printable ASCII are always asked, and so are all
    texts where a pattern uses what the scan engines do not share, such as look-around or back-references.

    Example:
        >>> derive_trigger([r"\bZ-\d{5}\b"], 26)
        '(?ims:(?:\\bZ-\\d{5}\\b))|[^\\t\\n\\r -~][^\\n]*\\n'
        >>> derive_trigger([r"(?<=x)\d"], 26) == ALWAYS
        True
    """
    if flags & ~_SHARED_FLAGS or any(_NOT_ALIKE.search(pattern) for pattern in patterns):
        return ALWAYS
    letters = "ims" if flags & re.IGNORECASE else "ms"
    trigger = f"(?{letters}:{'|'.join(f'(?:{pattern})' for pattern in patterns)})|{_UNLIKE}"
    return (
        trigger if all(_means_the_same(pattern) for pattern in patterns) and _is_shared(trigger) else ALWAYS
    )


def _means_the_same(pattern: str) -> bool:
    """Tell whether a pattern stands by itself and matches something: an empty match is in every text."""
    try:
        with warnings.catch_warnings(action="error"):
            return re.compile(pattern).match("") is None
    except (re.error, Warning, OverflowError, RecursionError):
        return False


def _is_shared(trigger: str) -> bool:
    return all(compiles(trigger, engine) for engine in ENGINES)

"""Letters and their marks as one character (NFC, Unicode Standard Annex 15), whoever wrote them as two: macOS names files so."""

import re
import unicodedata
from collections.abc import Iterator

_MOST_MARKS = 30
"""So many marks a letter has at most in Unicode's Stream-Safe Text Format; ordering more would take their square."""

_RUN = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_JAMO_THAT_FOLLOW = range(0x1160, 0x1200)


def composed(text: str) -> str:
    """Return a text in which letters and their marks are one character wherever Unicode has one.

    Example:
        >>> composed("Mu\u0308ller") == "M\u00fcller", composed("\u1112\u1161\u11ab"), composed("plain")
        (True, '한', 'plain')
    """
    if is_composed(text):
        return text
    parts: list[str] = []
    last = 0
    for start, end in decomposed(text):
        parts += (text[last:start], unicodedata.normalize("NFC", text[start:end]))
        last = end
    return "".join(parts) + text[last:]


def is_composed(text: str) -> bool:
    """Tell whether a text is the same composed, as nearly all are.

    Example:
        >>> is_composed("M\u00fcller"), is_composed("Mu\u0308ller")
        (True, False)
    """
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def decomposed(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches [start, end) of a text that are another one composed: a letter and its marks each.

    Example:
        >>> list(decomposed("Mu\u0308ller"))
        [(1, 3)]
    """
    for run in _RUN.finditer(text):
        if unicodedata.is_normalized("NFC", run[0]):
            continue
        start = run.start()
        for end in range(start + 1, run.end() + 1):
            if end < run.end() and _follows(text[end]) and end - start <= _MOST_MARKS:
                continue
            if not unicodedata.is_normalized("NFC", text[start:end]):
                yield start, end
            start = end


def _follows(character: str) -> bool:
    """Tell whether a character may become one with what stands before it: a mark, or the vowel or end of a Hangul syllable."""
    return unicodedata.category(character)[0] == "M" or ord(character) in _JAMO_THAT_FOLLOW

r"""What may stand beside a value: decided here for all detectors, by classes of characters.

A value ends where a character stands that could not go on in it. Quotes of any kind, brackets, separators, `%`, `=`,
`_`, blanks and dashes of Unicode, Han characters and escapes can't; letters and digits can, and a dot, comma or hyphen
only if a digit follows it. Blanks and dashes of Unicode are read as ASCII's (`views`).
"""

import unicodedata
from collections.abc import Iterable
from itertools import groupby

_CASED = ((0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1FFF))
_ACCENTS = "\u0300-\u036f"
_OTHER_SCRIPTS = range(0x530, 0x1100)
"""From Armenian to Georgian: Hebrew, Arabic, the scripts of India, Thai and others, whose vowels are marks."""


def _ranges(codes: Iterable[int]) -> str:
    """Return sorted characters as in a character class."""
    runs = groupby(enumerate(codes), lambda placed: placed[1] - placed[0])
    ends = ([code for _, code in run] for _, run in runs)
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in ends)


def _of_category(first: str) -> list[int]:
    return [code for code in _OTHER_SCRIPTS if unicodedata.category(chr(code)).startswith(first)]


MARKS = _ACCENTS + _ranges(_of_category("M"))
"""What stands on, below or beside a letter and is a part of it, as in a character class."""

LETTERS = "".join(f"{chr(first)}-{chr(last)}" for first, last in _CASED) + _ranges(_of_category("L")) + MARKS
"""Letters of alphabets beyond ASCII with their marks, as in a character class.

Han characters, kana and Hangul are none: they stand beside anything.
"""

SYLLABLES = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
"""Kana, Han characters and Hangul, as in a character class, for where other signs say where a name begins and ends."""

_BEYOND_ASCII = [chr(code) for first, last in _CASED for code in range(first, last + 1)]
UPPER = "A-Z" + "".join(filter(str.isupper, _BEYOND_ASCII))
LOWER = "a-z" + "".join(filter(str.islower, _BEYOND_ASCII)) + _ACCENTS
"""Letters that a name begins with, and those that it goes on with."""

ESCAPED = r"(?!(?<=%)[0-7][0-9A-Fa-f]|(?<=\\)(?:[nrt]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}))"
r"""Refuses to begin inside an escape such as %27, \n or \u0027: the decoded text shows what follows it."""

BEFORE_WORD = rf"(?<![A-Za-z0-9_{LETTERS}]){ESCAPED}"
AFTER_WORD = rf"(?![A-Za-z0-9_{LETTERS}])"
"""Ends of a word of letters: no letter, digit or underscore goes on."""

BEFORE_CODE = r"(?<![A-Za-z0-9])"
AFTER_CODE = r"(?![A-Za-z0-9])"
"""Ends of a code of letters and digits: an underscore joins it with what it is not a part of, as in file names."""

BEFORE_NUMBER = r"(?<![A-Za-z0-9])(?<!\d[.-])"
AFTER_NUMBER = r"(?![A-Za-z0-9]|[.-]\d)"
"""Ends of a number that is whole: what stands behind a dot or a hyphen with a digit is a part of another one."""

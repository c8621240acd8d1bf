r"""What may stand beside a value: decided here for all detectors, by classes of characters.

A value ends where a character stands that could not go on in it. Quotes of any kind, brackets, separators, `%`, `=`,
`_`, blanks and dashes of Unicode, Han characters and escapes can't; letters and digits can, and a dot, comma or hyphen
only if a digit follows it. Blanks and dashes of Unicode are read as ASCII's (`views`).
"""

_BLOCKS = ((0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1FFF))

LETTERS = "".join(f"{chr(first)}-{chr(last)}" for first, last in _BLOCKS)
"""Letters of alphabets beyond ASCII, as in a character class; Han characters are none, for they stand beside anything."""

_BEYOND_ASCII = [chr(code) for first, last in _BLOCKS for code in range(first, last + 1)]
UPPER = "A-Z" + "".join(filter(str.isupper, _BEYOND_ASCII))
LOWER = "a-z" + "".join(filter(str.islower, _BEYOND_ASCII))
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

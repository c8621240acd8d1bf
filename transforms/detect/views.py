"""Read a text as its reader would: escapes decoded, invisible characters gone, wide forms narrow; offsets kept."""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

MAX_ROUNDS = 4
"""How often escapes are decoded again, for text that was encoded more than once."""

_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_DIGITS = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f"
_WIDE = "\uff10-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a\uff0b\uff0d\uff0e\uff1d\U0001d400-\U0001d7ff"
_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[nrt\"'/\\]"
    r"|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|commat|colon|equals|period|lowbar|nbsp);"
    r"|\x1b\[[0-9;?]{0,32}[ -/]?[@-~]"
    rf"|[{_INVISIBLE}]|[{_DIGITS}{_WIDE}]"
)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}

TRIGGER = (
    r"%[0-9A-Fa-f]{2}|\\[nrt\"'/\\ux]|&(?:#[0-9xX]|amp;|lt;|gt;|quot;|apos;|commat;|colon;|equals;|period;|lowbar;|nbsp;)"
    r"|\x1b\[|\xc2\xad|\xe1\xa0\x8e|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa9]|\xef\xbb\xbf"
    r"|\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0\xa5[\xa6-\xaf]|\xef\xbc[\x8b-\xbf]|\xef\xbd[\x80-\x9a]|\xf0\x9d[\x90-\x9f]"
)
"""Occurs in the UTF-8 bytes of every text whose view differs from it."""


@dataclass(frozen=True, slots=True)
class View:
    """A decoded text; character i of it stands for [starts[i], ends[i]) of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original that a stretch of the view stands for."""
        return self.starts[start], self.ends[end - 1]


def decode(text: str) -> View | None:
    r"""Return the view of a text, or None if it is the text itself.

    Example:
        >>> decode("a%40b.cn").text, decode("plain"), decode("\\u0061\u200bb").text
        ('a@b.cn', None, 'ab')
        >>> decode("x=%2540y").original(2, 3)
        (2, 7)
    """
    view: View | None = None
    for _ in range(MAX_ROUNDS):
        decoded = _round(view or View(text, range(len(text)), range(1, len(text) + 1)))
        if decoded is None:
            break
        view = decoded
    return view


def _round(view: View) -> View | None:
    characters: list[str] = []
    starts, ends = array("I"), array("I")  # a list would take 36 bytes for each character of a long text
    last = 0
    for match in _ESCAPE.finditer(view.text):
        start, end = match.span()
        characters.append(view.text[last:start])
        starts.extend(view.starts[last:start])
        ends.extend(view.ends[last:start])
        for character, begin, stop in _decoded(match.group()):
            characters.append(character)
            starts.append(view.starts[start + begin])
            ends.append(view.ends[start + stop - 1])
        last = end
    if last == 0:
        return None
    characters.append(view.text[last:])
    starts.extend(view.starts[last:])
    ends.extend(view.ends[last:])
    return View("".join(characters), starts, ends)


def _decoded(escape: str) -> Iterator[tuple[str, int, int]]:
    """Yield the characters that an escape stands for, each with its stretch of the escape."""
    match escape[0]:
        case "%":
            yield from _percent_decoded(escape)
        case "\\":
            code = escape[2:]
            yield chr(int(code, 16)) if code else _SIMPLE.get(escape[1], escape[1]), 0, len(escape)
        case "&":
            for character in unescape(escape)[:1]:
                yield character, 0, len(escape)
        case "\x1b":
            return
        case _:
            for character in _narrow(escape):
                yield character, 0, 1


def _percent_decoded(escape: str) -> Iterator[tuple[str, int, int]]:
    data = bytes.fromhex(escape.replace("%", ""))
    at = 0
    for character in data.decode("utf-8", "surrogateescape"):
        size = len(character.encode("utf-8", "surrogateescape"))
        yield character, 3 * at, 3 * (at + size)
        at += size


def _narrow(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    decimal = unicodedata.decimal(character, None)
    return str(decimal) if decimal is not None else unicodedata.normalize("NFKC", character)

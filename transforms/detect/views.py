"""Read a text as its reader would: escapes decoded, invisible characters gone, wide forms narrow, marks on letters; offsets kept."""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import accumulate

from transforms.detect.composed import decomposed, is_composed

MAX_ROUNDS = 4
"""How often escapes are decoded again, for text that was encoded more than once."""

_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_DIGITS = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f"
_WIDE = "\uff10-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a\uff0b\uff0d\uff0e\uff1d\U0001d400-\U0001d7ff"
_BLANKS = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63"
_AS_DASH = re.compile(f"[{_DASHES}]")
_AS_BLANK = re.compile(f"[{_BLANKS}]")
_CHARACTERS = f"{_INVISIBLE}{_DIGITS}{_WIDE}{_BLANKS}{_DASHES}"
_ESCAPE = re.compile(
    # Where none of these stands, `re` need not try every form.
    rf"(?=[%\\&\x1b\[{_CHARACTERS}])(?:"
    r"(?:%[0-9A-Fa-f]{2})+|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[nrt\"'/\\]"
    r"|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|commat|colon|equals|period|lowbar|nbsp);"
    r"|\x1b\[[0-9;?]{0,32}[ -/]?[@-~]|\[(?:[0-9]{1,2};)?[0-9]{1,2}m"
    rf"|[{_CHARACTERS}])"
)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}

TRIGGER = (
    r"%[0-9A-Fa-f]{2}|\\[nrt\"'/\\ux]|&(?:#[0-9xX]|amp;|lt;|gt;|quot;|apos;|commat;|colon;|equals;|period;|lowbar;|nbsp;)"
    r"|\x1b\[|\[(?:[0-9]{1,2};)?[0-9]{1,2}m|\xc2\xad|\xe1\xa0\x8e|\xc2\xa0|\xe2\x80[\x80-\x95\xaa-\xaf]|\xe2\x81[\x9f-\xa9]|\xe2\x88\x92|\xe3\x80\x80|\xef\xb9[\x98\xa3]|\xef\xbb\xbf"
    r"|\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0\xa5[\xa6-\xaf]|\xef\xbc[\x8b-\xbf]|\xef\xbd[\x80-\x9a]|\xf0\x9d[\x90-\x9f]"
)
"""Occurs in the UTF-8 bytes of every text whose view differs from it, but for those that are not composed (`is_composed`)."""


_Character = tuple[str, int, int]
"""A character, and of which part [begin, end) of what was replaced it stands for."""

_Replaced = tuple[tuple[int, int], Iterable[_Character]]


@dataclass(frozen=True, slots=True)
class View:
    """A text with one round of escapes decoded, in pieces: what stood between escapes, and each character of one.

    Piece i begins at `begins[i]` of this text, and with `origins[i]` of what was read; what its last character stands
    for is longer than that character by `widths[i]`. `before` is the view that was read, None if it was the original.
    """

    text: str
    begins: Sequence[int]
    origins: Sequence[int]
    widths: Sequence[int]
    before: "View | None"

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original that a stretch [start, end) of the view, not empty, stands for."""
        first, last = bisect_right(self.begins, start) - 1, bisect_right(self.begins, end - 1) - 1
        start += self.origins[first] - self.begins[first]
        end += self.origins[last] - self.begins[last] + self.widths[last]
        return (start, end) if self.before is None else self.before.original(start, end)


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
        decoded = _round(text if view is None else view.text, view)
        if decoded is None:
            break
        view = decoded
    read = text if view is None else view.text
    return view if is_composed(read) else _read(read, _compositions(read), view)


def as_read(text: str) -> str:
    """Return a text as its reader would read it.

    Example:
        >>> as_read("anna%40example.com"), as_read("anna@example.com")
        ('anna@example.com', 'anna@example.com')
    """
    view = decode(text)
    return text if view is None else view.text


def _round(text: str, before: View | None) -> View | None:
    escapes = ((match.span(), _decoded(match.group())) for match in _ESCAPE.finditer(text))
    return _read(text, escapes, before)


def _read(text: str, replaced: Iterable[_Replaced], before: View | None) -> View | None:
    """Return the view in which stretches of a text are replaced; without any what was read before."""
    pieces: list[str] = []
    # A text may be escapes throughout: lists of numbers would take several times as much.
    origins, widths = array("I"), array("I")
    last = 0
    for (start, end), characters in replaced:
        pieces.append(text[last:start])
        origins.append(last)
        widths.append(0)
        for character, begin, stop in characters:
            pieces.append(character)
            origins.append(start + begin)
            widths.append(stop - begin - 1)
        last = end
    if last == 0:
        return None
    pieces.append(text[last:])
    origins.append(last)
    widths.append(0)
    begins = array("I", accumulate(map(len, pieces[:-1]), initial=0))
    return View("".join(pieces), begins, origins, widths, before)


def _compositions(text: str) -> Iterator[_Replaced]:
    for start, end in decomposed(text):
        yield (start, end), _composed(text[start:end])


def _composed(cluster: str) -> Iterator[_Character]:
    """Yield the characters that a letter and its marks become: the last one stands for all that is left of them."""
    whole, size = unicodedata.normalize("NFC", cluster), len(cluster)
    for at, character in enumerate(whole):
        yield character, min(at, size - 1), size if at == len(whole) - 1 else min(at + 1, size)


def _decoded(escape: str) -> Iterator[_Character]:
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
        case "\x1b" | "[":
            return
        case _:
            for character in _narrow(escape):
                yield character, 0, 1


def _percent_decoded(escape: str) -> Iterator[_Character]:
    data = bytes.fromhex(escape.replace("%", ""))
    at = 0
    for character in data.decode("utf-8", "surrogateescape"):
        size = len(character.encode("utf-8", "surrogateescape"))
        yield character, 3 * at, 3 * (at + size)
        at += size


def _narrow(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    if _AS_BLANK.match(character) or _AS_DASH.match(character):
        return " " if _AS_BLANK.match(character) else "-"
    decimal = unicodedata.decimal(character, None)
    return str(decimal) if decimal is not None else unicodedata.normalize("NFKC", character)

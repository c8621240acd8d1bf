"""Find values behind a key: JSON, key=value, query strings, HTTP headers, Java maps, environment dumps."""

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain

from transforms.detect.catalog.capitals import NAME_IN_CAPITALS, cut_capitals
from transforms.detect.catalog.people import NAME_APART_ZH, NAME_EN
from transforms.detect.neighbours import MARKS
from transforms.detect.spans import Span
from transforms.detect.value_shapes import Value, fits
from transforms.detect.vocabulary import DIGITS, NAMED, NUMBERED, PASSWORD, PERSON, SUSPECT, Vocabulary

KEYED, KEYED_ELEMENT, KEYED_MEMBER = "keyed_value", "keyed_element", "keyed_member"
"""Names of these recognizers."""

KEYED_SCORE = 0.985
_KEY = re.compile(
    r"(?P<key>(?<!\w)[A-Za-z0-9_][\w.\-]{0,63}+|[\u4e00-\u9fff])(?P<closing>[\"'\])]{0,2})[ \t]{0,24}"
    r"(?P<sep>=>|:=|==?|[:：＝]|(?<=[\u4e00-\u9fff])(?=[\[【（(“]))(?P<space>[ \t]{0,24})",
    re.ASCII,
)
_ELEMENT = re.compile(
    r"<(?:[A-Za-z][\w.-]{0,30}:)?(?P<key>[A-Za-z_][\w.\-]{0,63})(?P<closing>)(?: [^<>]{0,200})?(?P<sep>>)(?P<space>[ \t]{0,8})(?=[^<>\s][^<>]{0,256}</)"
)
_NAMED_ELEMENT = re.compile(
    r"<(?:[A-Za-z][\w.-]{0,30}:)?[A-Za-z][\w.-]{0,30} (?:[^<>\n]{0,120} )?(?:[Nn]ame|[Kk]ey|[Ff]ield|id)=[\"'](?P<key>[A-Za-z_][\w.\-]{0,63})[\"']"
    r"(?P<closing>)[^<>\n]{0,120}(?P<sep>>)(?P<space>[ \t]{0,8})(?=[^<>\s][^<>]{0,256}</)"
)
_MEMBER_KEY = r"\"(?:[Kk]ey|[Nn]ame|[Ff]ield|[Ll]abel|[Aa]ttribute)\"[ \t]{0,4}:[ \t]{0,4}\""
_MEMBER_VALUE = r"\"[ \t]{0,4},[ \t]{0,4}\"(?:[Vv]alue|[Vv]al|[Nn]ew[Vv]alue|[Dd]isplay[Vv]alue|[Cc]ontent)\"[ \t]{0,4}:[ \t]{0,4}"
_MEMBER = re.compile(
    rf"{_MEMBER_KEY}(?P<key>[A-Za-z_][\w.\-]{{0,63}})(?P<closing>){_MEMBER_VALUE}(?P<sep>)(?P<space>)(?:\{{[ \t]{{0,4}}\"\w{{1,16}}\"[ \t]{{0,4}}:[ \t]{{0,4}})?(?=\")"
)
_VALUE = re.compile(
    r"\"\"(?P<twice>[^\"\n]{1,256})\"\"|\"(?P<double>[^\"\n]{0,256})|'(?P<single>[^'\n]{0,256})"
    r"|[<\[(“‘【「（](?P<bracket>[^<>\[\]()“”‘’【】「」（）\n]{1,128})[>\])”’】」）]"
    r"|(?P<plain>[^\s,;&|\"'<>()\[\]{}“”‘’【】「」（），；。、\\]{1,256})"
)
_SECRET_VALUE = re.compile(
    r"\"(?P<double>[^\"\\\n]{0,256}\\[^\n](?:[^\"\\\n]|\\[^\n]){0,256})\"|'(?P<single>[^'\\\n]{0,256}\\[^\n](?:[^'\\\n]|\\[^\n]){0,256})'"
    r"|\{(?P<brace>(?:[^{}\n]|\}\}){1,128})\}(?=[;\s]|\Z)"
)
"""Quotes with escapes (JSON, shells, C), and the braces of ODBC connection strings, in which }} is a brace."""

_NAME = re.compile(f"{NAME_EN}|{NAME_APART_ZH}")
_NAME_IN_CAPITALS = re.compile(NAME_IN_CAPITALS)
_IN_DOMAIN = re.compile(
    rf"[A-Za-z0-9][\w.-]{{0,62}}(?:\\\\|\\(?![nrtux0]))(?P<account>\w[\w.@${MARKS}-]{{0,63}})", re.ASCII
)
"""A domain and a name, if the backslash between them can't begin an escape."""

_NEXT_KEY = re.compile(r":(?=[A-Za-z_]{1,24}=)")
_MORE_DIGITS = re.compile(r"(?:[ -]\d{2,8}){1,6}(?![\w:])")
_MORE_SECRET = re.compile(r"(?:[&;,|!*#(){}\[\]](?![\w.\-]{1,64}=)[^\s&;,|\"'<>]{1,256}){1,16}")
_BEFORE = re.compile(r"(?:[A-Za-z]{1,16} ){1,2}\Z")
_LAST_WORDS = frozenset("name id number no key code by account".split())
_HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]+\Z")
_LONGEST_HAN = 12
_FIRST_HAN = "\u4e00"
_WHOLE_NUMBER = 11
_LOOK_BACK = 40


class _Keyed:
    """Tells whether a key is known and what behind it is its value."""

    name: str

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._classify = vocabulary.classify

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of personal data that the known keys stand before."""
        return self._vocabulary.kinds

    def _values_of(self, keys: Iterable[re.Match[str]], text: str) -> Iterator[Span]:
        has_han = not text.isascii()
        for key in keys:
            name = _whole_key(text, key) if has_han else key["key"]
            found = self._classify(name)
            if found is None and name.lower() in _LAST_WORDS:
                found = self._with_words_before(text, key)
            value = _value_of(text, key, found)
            if found is None or value is None or _is_no_key(text, key):
                continue
            kind, shape = found
            start, end = _bounds(text, value, shape)
            if value.lastgroup == "plain" and _is_empty(text, key, value, kind):
                continue
            content = text[start:end]
            if self._is_column(content) or not fits(_described(key, value, content), shape):
                continue
            if kind == "UIN" and not any(map(str.isdigit, content)):
                kind = "USERNAME"
            yield Span(start, end, kind, KEYED_SCORE, self.name)

    def _is_column(self, value: str) -> bool:
        """Tell whether a value is a key itself, as where SQL compares two columns."""
        table, dot, _column = value.rpartition(".")
        return bool(dot) and table.isidentifier() and self._classify(value) is not None

    def _with_words_before(self, text: str, key: re.Match[str]) -> tuple[str, str] | None:
        before = _BEFORE.search(text, max(0, key.start() - _LOOK_BACK), key.start())
        return None if before is None else self._classify(before.group() + key.group("key"))


class KeyedValues(_Keyed):
    """Recognizes values by the key before them."""

    name = KEYED
    stays_in_line = True

    @property
    def trigger(self) -> str:
        """Return an expression that occurs wherever a known key stands before its value."""
        return self._vocabulary.trigger

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield the values of known keys in a text, or in its part [start, end), from left to right."""
        return self._values_of(_KEY.finditer(text, start, end), text)


class KeyedElements(_Keyed):
    """Recognizes the contents of elements, as of XML, by the elements' names."""

    name = KEYED_ELEMENT
    trigger = "</"

    def find(self, text: str) -> Iterator[Span]:
        """Yield the contents of elements of known names, from left to right."""
        return self._values_of(chain(_elements(text), _NAMED_ELEMENT.finditer(text)), text)


class KeyedMembers(_Keyed):
    """Recognizes the values of pairs that name their key in a member of its own, as OpenTelemetry's attributes do."""

    name = KEYED_MEMBER
    trigger = rf"{_MEMBER_KEY}[^\"\n]{{1,64}}{_MEMBER_VALUE}"
    stays_in_line = True

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Span]:
        """Yield the values of known keys in a text, or in its part [start, end), from left to right."""
        return self._values_of(_MEMBER.finditer(text, start, end), text)


def _elements(text: str) -> Iterator[re.Match[str]]:
    """Yield the start tags of elements; what may be a token that redaction has written needs its end tag."""
    for tag in _ELEMENT.finditer(text):
        key = tag.group("key")
        if not key.isupper() or re.compile(rf"[^<>]*</(?:[\w.-]+:)?{re.escape(key)}>").match(text, tag.end()):
            yield tag


def _whole_key(text: str, key: re.Match[str]) -> str:
    """Return a key with the Han characters before it: only its end was matched."""
    start = key.start("key")
    if text[start - 1 : start] < _FIRST_HAN:
        return key.group("key")
    han = _HAN_BEFORE.search(text, max(0, start - _LONGEST_HAN), start)
    return key.group("key") if han is None else han.group() + key.group("key")


def _value_of(text: str, key: re.Match[str], found: tuple[str, str] | None) -> re.Match[str] | None:
    """Return the value behind a known key; a secret goes on to the quote or brace that its syntax says."""
    if found is None:
        return None
    secret = _SECRET_VALUE.match(text, key.end()) if found[0].startswith("SECRET") else None
    if secret is not None and (secret.lastgroup != "brace" or key["sep"] == "="):
        return secret
    return _VALUE.match(text, key.end())


def _is_no_key(text: str, key: re.Match[str]) -> bool:
    """Tell whether the colon is not a key's: in `arn:aws:…:secret:name`, `/bin/login: x`, `[gdm-password]: x`, `pam_unix(su:auth)`."""
    if key.group("sep") != ":":
        return False
    before = text[max(0, key.start() - 2) : key.start()]
    if before[-1:] == "/" or ("]" in key.group("closing") and before[-1:] != "["):
        return True
    if ")" in key.group("closing") and before[-1:] in ("(", ":"):
        return True
    return not key.group("space") and (before[-1:] == ":" or (before[-1:] == "(" and before[:1].isalnum()))


def _bounds(text: str, value: re.Match[str], shape: str) -> tuple[int, int]:
    group = value.lastgroup or "plain"
    start, end = value.span(group)
    if group == "plain":
        content = text[start:end] if shape == PASSWORD else _NEXT_KEY.split(text[start:end], maxsplit=1)[0]
        end = start + len(content.rstrip(".:!?"))
        if (account := _IN_DOMAIN.match(text, start)) is not None and shape in (NAMED, SUSPECT, NUMBERED):
            return account.span("account")
        if shape == PERSON:
            end = max(end, _end_of_name(text, start))
        more = (
            _MORE_DIGITS
            if shape == DIGITS and not _is_whole(text[start:end])
            else _MORE_SECRET
            if shape == PASSWORD
            else None
        )
        if more is not None and (rest := more.match(text, end)):
            end = rest.end()
    return start, end


def _end_of_name(text: str, start: int) -> int:
    """Return where a person's name of several words ends that begins at a place: there if none does."""
    if (name := _NAME.match(text, start)) is not None:
        return name.end()
    capitals = _NAME_IN_CAPITALS.match(text, start)
    return start if capitals is None else start + cut_capitals(capitals[0])


def _is_empty(text: str, key: re.Match[str], value: re.Match[str], kind: str) -> bool:
    """Tell whether what follows is no value: the next key or a severity behind `user= `, or a word such as `Token{`."""
    plain = value.group("plain")
    if kind.startswith("SECRET") and text[value.end() : value.end() + 1] == "{":
        return True
    return bool(key.group("space")) and "=" in key.group("sep") and (plain.endswith(":") or "=" in plain)


def _is_whole(number: str) -> bool:
    """Tell whether a number needs no more groups: those that are written in groups start with a shorter one."""
    return sum(map(str.isdigit, number)) >= _WHOLE_NUMBER


def _described(key: re.Match[str], value: re.Match[str], content: str) -> Value:
    quoted = value.lastgroup != "plain"
    colon = key.group("sep") in (":", "：") and not key.group("closing")
    prose = colon and not quoted and bool(key.group("space"))
    return Value(key.group("key"), content, quoted, colon, prose)

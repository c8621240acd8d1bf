"""Find the members of lists behind a key: `uins=[…]`, `users: anna, tomek and li`, `uin in (…)`, `uin=1000…,1000…`."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from transforms.detect.keyed import KEYED_SCORE
from transforms.detect.neighbours import MARKS
from transforms.detect.spans import Span
from transforms.detect.value_shapes import Value, fits
from transforms.detect.vocabulary import DIGITS, NAMED, NUMBERED, PERSON, SUSPECT, TEXT, TOKEN, Vocabulary
from transforms.detect.words import NO_NAME, is_chinese_name

KEYED_PLURAL, KEYED_LIST = "keyed_plural", "keyed_list"
"""Names of these recognizers."""

_WORD_OF_KEY = r"(?P<key>(?<!\w)[A-Za-z0-9_][\w.\-]{0,63}+|[\u4e00-\u9fff]{1,12})"
_BEFORE_LIST = r"[\"'`\])]{0,2}[ \t]{0,24}(?:(?:=>|:=|==?|[:：＝])[ \t]{0,24}|(?P<in>(?i:(?:not[ \t]{1,4})?in))[ \t]{0,4}(?=[\[(])|(?=[\[({])"
_KEY = re.compile(rf"{_WORD_OF_KEY}{_BEFORE_LIST})", re.ASCII)
_PLURAL = re.compile(rf"{_WORD_OF_KEY}(?<=[sStTyY表单]){_BEFORE_LIST}|(?P<blank>(?<=[ \t])))", re.ASCII)
"""Ends as plurals and words for lists end: nearly all other words are passed over at sight."""

_NAME = rf"\w[\w.@+$\\{MARKS}-]{{0,63}}"
_MARK = "[,;|、，；]"
_FIRST = re.compile(_NAME)
_NEXT = re.compile(
    rf"[ \t]{{0,4}}(?:{_MARK}(?:[ \t]{{0,4}}(?:and|or|和|与)(?![A-Za-z]))?|[ \t](?:and|or|&)[ \t]|[ \t]{{1,4}}(?=\d{{8}})|和|与|及|以及)[ \t]{{0,4}}(?P<name>{_NAME})"
)
_CLOSE = re.compile(rf"[,;|、](?P<name>{_NAME})")
_GOES_ON = re.compile(r"[=:/(\[]|[ \t]{0,4}=|[ \t]{1,4}(?!(?:and|or)\b)[A-Za-z]")
_SEGMENT = re.compile(r"[^,;|、，；\n]{1,256}")
_WORD = re.compile(r"\S{1,256}")
_NO_MEMBER = re.compile(r"[=:<>\"'`]")
_QUOTES = "\"'`"
_AROUND = _QUOTES + " \t\r"
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_INSIDE = {opening: re.compile(r"[^\[\](){}]*") for opening in _CLOSING} | {
    quote: re.compile(rf"[^\n{quote}]*") for quote in _QUOTES
}
_ITEM = re.compile(
    rf"[ \t]{{0,8}}\r?\n[ \t]{{0,32}}-[ \t]{{1,4}}[\"']?(?P<name>{_NAME})[\"']?(?=[ \t]{{0,8}}\r?(?:\n|\Z))"
)
_VALUE_BYTES = r"[0-9a-z_.@+$\\\x80-\xff-]+"
_MARK_BYTES = r"(?:[,;|]|、)"
_SHORTEST_NUMBER = 8
_SHAPES = frozenset((NAMED, SUSPECT, NUMBERED, DIGITS, PERSON, TEXT))
"""What is said of single values and holds for members too; any other key's members are tokens."""


class _Member(NamedTuple):
    start: int
    end: int
    text: str
    ends: bool
    """Nothing but another member, or the end of the list, stands behind it."""


_Classify = Callable[[str], tuple[str, str] | None]


class _Lists:
    """Finds the lists behind keys and gives their members the kind that the key says."""

    name: str

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.kinds = vocabulary.kinds

    def _lists(
        self, text: str, keys: re.Pattern[str], classify: _Classify, following: re.Pattern[str]
    ) -> Iterator[Span]:
        """Yield the members behind keys, from left to right; what is a member begins no list."""
        reached = 0
        for key in keys.finditer(text):
            found = classify(key["key"]) if key.start() >= reached else None
            if found is not None:
                members, enclosed = _list_of(text, key.end(), following)
                reached = members[-1].end if members else reached
                if len(members) > 1 or self._may_stand_alone(key):
                    yield from self._spans(members, found, enclosed)

    def _may_stand_alone(self, key: re.Match[str]) -> bool:
        """Tell whether one value behind a key is a list too."""
        raise NotImplementedError

    def _spans(self, members: Sequence[_Member], found: tuple[str, str], enclosed: bool) -> Iterator[Span]:
        kind, shape = found
        listed = [member for member in members if self._vocabulary.classify(member.text) is None]
        for member in _taken(listed, kind, shape if shape in _SHAPES else TOKEN, enclosed):
            is_name = kind == "UIN" and not any(map(str.isdigit, member.text))
            yield Span(member.start, member.end, "USERNAME" if is_name else kind, KEYED_SCORE, self.name)


class KeyedPlurals(_Lists):
    """Recognizes what stands behind the plural of a key, one or several.

    Ordinary words are taken for names only in the company of one that is none, and a number alone is a count if it is
    short.
    """

    name = KEYED_PLURAL

    @property
    def trigger(self) -> str:
        """Return an expression that occurs wherever the plural of a known key stands before something."""
        return rf"(?i){self._vocabulary.last_plurals}[\"'`\])]{{0,2}}[ \t]{{0,24}}(?:[=:(\[{{ \t]|：|＝)"

    def find(self, text: str) -> Iterator[Span]:
        """Yield the members of lists in a text, from left to right."""
        return self._lists(text, _PLURAL, self._vocabulary.classify_plural, _NEXT)

    def _may_stand_alone(self, key: re.Match[str]) -> bool:
        return key["blank"] is None


class KeyedLists(_Lists):
    """Recognizes several values behind a key of one: they stand close together, or in brackets."""

    name = KEYED_LIST

    @property
    def trigger(self) -> str:
        """Return an expression that occurs wherever a known key stands before several values."""
        return (
            rf"(?i){self._vocabulary.last_words}[\"'`\])]{{0,2}}[ \t]{{0,24}}(?:(?:not[ \t]{{1,4}})?in[ \t]{{0,4}}[(\[]"
            rf"|(?:[=:]|：|＝)[ \t]{{0,24}}(?:{_VALUE_BYTES}{_MARK_BYTES}[^\x00- \"']|[\"'`]{_VALUE_BYTES}{_MARK_BYTES})"
            rf"|(?:(?:[=:]|：|＝)[ \t]{{0,24}})?[(\[{{]\s{{0,24}}[\"'`]?{_VALUE_BYTES}[\"'`]?[ \t]?{_MARK_BYTES})"
        )

    def find(self, text: str) -> Iterator[Span]:
        """Yield the members of lists in a text, from left to right."""
        return self._lists(text, _KEY, self._listed, _CLOSE)

    def _listed(self, key: str) -> tuple[str, str] | None:
        found = self._vocabulary.classify(key)
        return found if found is not None and found[1] in (NAMED, SUSPECT, NUMBERED, DIGITS) else None

    def _may_stand_alone(self, key: re.Match[str]) -> bool:
        return key["in"] is not None


def _list_of(text: str, start: int, following: re.Pattern[str]) -> tuple[list[_Member], bool]:
    """Return the members of the list that begins at a place, and whether brackets or quotes enclose it."""
    opening = text[start : start + 1]
    if opening in ("", "\r", "\n"):
        return list(_items(text, start)), False
    inside = _INSIDE[opening].match(text, start + 1) if opening in _INSIDE else None
    if inside is None:
        return list(_plain_members(text, start, following)), False
    closed = text[inside.end() : inside.end() + 1] in ("", _CLOSING.get(opening, opening))
    parts = _parts_of(inside[0], blanks=opening in _CLOSING)
    return (list(_enclosed(text, *inside.span(), parts)) if closed else []), True


def _items(text: str, start: int) -> Iterator[_Member]:
    """Yield the items of a list of YAML, one a line."""
    item = _ITEM.match(text, start)
    while item is not None:
        yield _Member(*item.span("name"), item["name"], True)
        item = _ITEM.match(text, item.end())


def _plain_members(text: str, start: int, following: re.Pattern[str]) -> Iterator[_Member]:
    found = _FIRST.match(text, start)
    group: str | int = 0
    while found is not None:
        value = found[group].rstrip(".-:")
        begin = found.start(group)
        end = begin + len(value)
        after = following.match(text, end)
        if after is None and text[end : end + 1] in ("=", ":", "/", "(", "["):
            return
        yield _Member(begin, end, value, after is not None or _GOES_ON.match(text, end) is None)
        found, group = after, "name"


def _parts_of(inside: str, blanks: bool) -> re.Pattern[str]:
    """Return what the members between brackets or quotes are: apart by marks, or where there are none by blanks."""
    is_marked = any(mark in inside for mark in ",;|、，；\n\"'`")
    return _SEGMENT if is_marked or not blanks else _WORD


def _enclosed(text: str, start: int, end: int, parts: re.Pattern[str]) -> Iterator[_Member]:
    for part in parts.finditer(text, start, end):
        bare = part[0].strip(_AROUND)
        begin = part.start() + len(part[0]) - len(part[0].lstrip(_AROUND))
        if bare and not _NO_MEMBER.search(bare):
            yield _Member(begin, begin + len(bare), bare, True)


def _taken(members: Sequence[_Member], kind: str, shape: str, enclosed: bool) -> list[_Member]:
    """Return the members that are what the key says; of names, ordinary words too if half of them are none."""
    fitting = {member for member in members if _fits(member, kind, shape, enclosed)}
    in_company = shape in (NAMED, SUSPECT) and 0 < len(members) <= 2 * len(fitting)
    return [member for member in members if member in fitting or (in_company and _may_be_name(member))]


def _fits(member: _Member, kind: str, shape: str, enclosed: bool) -> bool:
    text = member.text
    digits = sum(map(str.isdigit, text))
    if "@" in text:  # what no more is said of is for the detector of mail addresses
        return shape in (NAMED, TEXT)
    if kind == "EMAIL":
        return False
    if shape in (NUMBERED, DIGITS) and text[0].isdigit() and not enclosed and digits < _SHORTEST_NUMBER:
        return False
    if shape == NAMED or (shape == NUMBERED and text[0].isalpha()):
        shape = SUSPECT
    # What follows an account behind a Chinese comma is most often what became of it.
    if _is_han(text) and shape in (SUSPECT, NAMED):
        return is_chinese_name(text)
    if shape == SUSPECT and not text.isascii():
        shape = NAMED
    return fits(Value("", text, enclosed, False, False), shape)


def _may_be_name(member: _Member) -> bool:
    text = member.text
    return (
        member.ends
        and text[0].isalpha()
        and not _is_han(text)
        and " " not in text
        and text.lower() not in NO_NAME
    )


def _is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"

"""What the value behind a key must look like to be taken for what the key promises."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from transforms.detect.neighbours import MARKS
from transforms.detect.vocabulary import (
    DIGITS,
    NAMED,
    NUMBERED,
    PASSWORD,
    PERSON,
    SECRET,
    SESSION,
    SUSPECT,
    TEXT,
    TOKEN,
)
from transforms.detect.words import GIVEN_NAMES, NO_NAME, NOT_PERSONS, ORDINARY, is_ordinary


class Value(NamedTuple):
    """A value, its key, and how they were written: in quotes or brackets, behind a bare colon, behind `: `."""

    key: str
    text: str
    quoted: bool
    colon: bool
    prose: bool


_EMPTY = re.compile(
    r"(?i)(?:null|none|nil|undefined|n/?a|true|false|yes|no|on|off|unknown|anonymous|empty|unset|required|success|succeeded|failure|failed|ok|error|denied|allowed|unauthenticated|\[?(?:redacted|filtered|masked|hidden|protected|scrubbed|removed)\]?|-+|\?+|\*+|x+|\.+"
    r"|%\w|\$\{.*|\{.*|<.*)\Z",
    re.DOTALL,
)
_PATH = re.compile(r"/|~|[A-Za-z]:[\\/]")
_NUMBER = re.compile(r"[\d.,:]+(?:ms|us|ns|s|%)?\Z")
_TOKEN = re.compile(r"(?=.*[\dA-Z+/=_-]).{6,}\Z", re.DOTALL)
_NAME = re.compile(rf"\w[\w.@+$\\/{MARKS} -]{{0,127}}\Z")
_SERVER_SESSION = re.compile(r"0x[0-9a-f]{1,16}|[0-9a-f]{8}\.[0-9a-f]{1,6}")
"""Connections, not people: ZooKeeper's session ids (ZooKeeperServer.java), PostgreSQL's %c (elog.c)."""
_TIME_OR_ADDRESS = re.compile(r"[/\\:]|\d\.\d|\A\d+[a-z]{1,2}\Z")
_PARTS = re.compile(r"[\d._@+-]+")
_SHORTEST_TOKEN = 6
_SCHEME = re.compile(r"[A-Z0-9]{2,8}-HMAC-SHA\d{1,4}\Z")
"""Authentication schemes of clouds, which stand before the secret."""

_LONGEST_SUSPECT = 40
_SHORTEST_UIN = 8
_SHORTEST_EXTENSION = 3
_SHORTEST_SECRET = 4
_SHORTEST_NUMBER = 5
_LONGEST_NAME = 64


def fits(value: Value, shape: str) -> bool:
    """Tell whether a value has the shape; a word that says that there is none never has.

    Example:
        >>> fits(Value("user", "bob", False, False, False), NAMED)
        True
        >>> fits(Value("user", "null", True, False, False), NAMED)
        False
    """
    if not value.text.strip() or _EMPTY.match(value.text):
        return False
    return _SHAPES[shape](value)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _is_password(value: Value) -> bool:
    """Refuse the working directory, which the same three letters name, and words of prose."""
    if value.key.lower().endswith(("pwd", "pw")) and _PATH.match(value.text):
        return False
    if value.colon and not value.quoted and value.text.lower() in ORDINARY:
        return False
    return not value.prose or _TOKEN.match(value.text) is not None or value.text.lower() not in NO_NAME


def _is_token(value: Value) -> bool:
    """Tell whether a value behind a key of many meanings is a secret: letters and digits, long, and no path."""
    text = value.text
    return (
        len(text) >= _SHORTEST_TOKEN
        and any(map(str.isdigit, text))
        and any(map(str.isalpha, text))
        and _is_secret(value)
        and _TIME_OR_ADDRESS.search(text) is None
        and _SCHEME.match(text) is None
    )


def _is_secret(value: Value) -> bool:
    text = value.text
    if (
        len(text) < _SHORTEST_SECRET
        or any(map(str.isspace, text))
        or (value.colon and text.lower() in ORDINARY)
    ):
        return False
    return not value.prose or _TOKEN.match(text) is not None


def _is_account(value: Value) -> bool:
    text = value.text
    if _NUMBER.match(text) and (len(text) < 6 or not text.isdigit()):
        return False
    if value.key.lower() == "logname" and "/" in text:
        return False
    if value.colon and not value.quoted and (text.lower() in NO_NAME or not text[0].isalnum()):
        return False
    return _NAME.match(text) is not None


def _is_suspect(value: Value) -> bool:
    """Tell whether a value is an account though its key may name anything: one word that is not ordinary."""
    text = value.text
    if (
        not text.isascii()
        or " " in text
        or _PATH.match(text)
        or ":" in text
        or "/" in text
        or not 3 <= len(text) <= _LONGEST_SUSPECT
    ):
        return False
    return (
        _is_account(value)
        and not text.isdigit()
        and not all(map(is_ordinary, filter(None, _PARTS.split(text))))
    )


def _is_number(value: Value) -> bool:
    if value.key.lower().endswith("uid") and value.text.isdigit():
        return len(value.text) >= _SHORTEST_UIN
    if value.quoted and "account" in value.key.lower() and value.text.isdigit():
        return len(value.text) >= _SHORTEST_EXTENSION
    return _digits(value.text) >= _SHORTEST_NUMBER or (value.text[0].isalpha() and _is_account(value))


def _may_be_name(text: str) -> bool:
    """Refuse names of things: words of programs or institutions among them, or nothing but ordinary words."""
    words = [word.title() for word in re.split(r"[\W_]+", text) if word]
    if any(word in NOT_PERSONS for word in words):
        return False
    return any(word in GIVEN_NAMES or not is_ordinary(word) for word in words)


def _is_person(value: Value) -> bool:
    text = value.text
    if _digits(text) or len(text) > _LONGEST_NAME or "/" in text:
        return False
    if text.isascii() and not _may_be_name(text):
        return False
    return not text.isascii() or text[0].isupper() or (value.quoted and not value.prose)


_SHAPES: Mapping[str, Callable[[Value], bool]] = {
    PASSWORD: _is_password,
    SECRET: _is_secret,
    SESSION: lambda value: _SERVER_SESSION.fullmatch(value.text) is None and _is_secret(value),
    TOKEN: _is_token,
    NAMED: _is_account,
    SUSPECT: _is_suspect,
    NUMBERED: _is_number,
    PERSON: _is_person,
    DIGITS: lambda value: _digits(value.text) >= 3,
    TEXT: lambda value: not value.prose or not (value.text.isalpha() and value.text.islower()),
}

"""Read a JSON object strictly where it is well-formed, and with stated repairs where it is not."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from schemas.events import Reason
from transforms.values import SURROGATE

MAX_DEPTH = 100
_BIG = 2.0**63
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_WORD = re.compile(rb"[\x40-\xff]+")  # the bytes that GB18030 characters of two bytes are made of
_COMMON = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]")  # GB 2312's characters: accents of Latin-1 seldom make one
_CJK = re.compile("[\u3400-\u9fff]")
_BOM = "\ufeff"

Pairs = tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class JsonObject:
    """The top-level pairs of an object in document order, and the repairs that reading it took."""

    pairs: Pairs
    repairs: set[str] = field(default_factory=set)


def load_object(data: bytes) -> JsonObject | Reason:
    """Return the object that bytes hold, repaired if need be, or why they hold none.

    Example:
        >>> load_object(b'{"a": 1, "b": {"c": null}}')
        JsonObject(pairs=(('a', 1), ('b', {'c': None})), repairs=set())
        >>> load_object(b'{"a": 1, "a": NaN}').pairs
        (('a', 1), ('a', 'NaN'))
        >>> str(load_object(b"[1]")), str(load_object(b"{'a': 1}")), str(load_object(b" "))
        ('not_an_object', 'not_json', 'empty_line')
    """
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH and _depth(data) > MAX_DEPTH:
        return Reason.TOO_DEEP
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _load_with_repairs(data)
    if type(value) is not dict:
        return Reason.NOT_AN_OBJECT
    if _is_exact(data, value):
        return JsonObject(tuple(value.items()))
    return _load_with_repairs(data)


def decode_text(data: bytes, repairs: set[str]) -> str:
    """Return bytes as text without byte order mark, and note how bytes that are not UTF-8 were read.

    Each run of such bytes is read as GB18030 if that is exact and gives Chinese, else replaced by U+FFFD.

    Example:
        >>> decode_text("用户".encode("gbk") + b" ok", repairs := set()), repairs
        ('用户 ok', {'gb18030'})
        >>> decode_text(b"a\\xffb", repairs := set()), repairs
        ('a\\ufffdb', {'invalid_utf8'})
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = _decode_runs(data, repairs)
    if text.startswith(_BOM):
        repairs.add("byte_order_mark")
        return text[1:]
    return text


def _decode_runs(data: bytes, repairs: set[str]) -> str:
    pieces, done = [], 0
    for run in _WORD.finditer(data):
        pieces += [data[done : run.start()].decode(), _decode_run(run[0], repairs)]
        done = run.end()
    return "".join([*pieces, data[done:].decode()])


def _decode_run(run: bytes, repairs: set[str]) -> str:
    try:
        return run.decode()
    except UnicodeDecodeError:
        pass
    try:
        text = run.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if _CJK.search(text) and _COMMON.search(run):
        repairs.add("gb18030")
        return text
    repairs.add("invalid_utf8")
    return run.decode(errors="replace")


def _is_exact(data: bytes, value: dict[str, Any]) -> bool:
    """Tell whether the parsed value has every pair of the text, and every digit.

    Compact JSON proves it by being written back the same. Otherwise keys are counted: a quote before a colon
    ends a key, or starts a string with a colon; spaces and escaped backslashes between make the count unsure.
    In doubt the answer is no.
    """
    if orjson.dumps(value) == data:
        return True
    if b" :" in data or b'\\\\"' in data or b"\t:" in data or b"\r:" in data or b"\n:" in data:
        return False
    return data.count(b'":') - data.count(b'\\":') == _count_keys(value)


def _count_keys(value: Any) -> int:
    number = len(value) if type(value) is dict else 0
    for inner in value.values() if type(value) is dict else value:
        kind = type(inner)
        if kind is dict or kind is list:
            number += _count_keys(inner)
        elif kind is float and abs(inner) >= _BIG:
            return -1 << 40  # a big integer may have lost digits: equal to no count
    return number


def _depth(data: bytes) -> int:
    depth = deepest = 0
    for match in _BRACKETS.finditer(data):
        first = match[0]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
            if depth > MAX_DEPTH:
                break
        elif first in b"]}":
            depth -= 1
    return deepest


class _Members(tuple[tuple[str, Any], ...]):
    __slots__ = ()


def _load_with_repairs(data: bytes) -> JsonObject | Reason:
    repairs: set[str] = set()
    text = decode_text(data, repairs).strip(" \t\r\n")
    if not text:
        return Reason.EMPTY_LINE
    reader = _Reader(repairs)
    try:
        value = reader.decoder.decode(text)
    except RecursionError:
        return Reason.TOO_DEEP
    except ValueError:
        return Reason.NOT_JSON
    if not isinstance(value, _Members):
        return Reason.NOT_AN_OBJECT
    if _CONTROL.search(text):
        repairs.add("control_character")
    if _SURROGATE_ESCAPE.search(text):
        value = _Members(_without_surrogates(value, repairs))
    if len({key for key, _ in value}) < len(value):
        repairs.add("duplicate_key")
    return JsonObject(tuple((key, _plain(inner, repairs)) for key, inner in value), repairs)


class _Reader:
    """The decoder of the standard library, told to keep every pair and every digit."""

    def __init__(self, repairs: set[str]) -> None:
        self._repairs = repairs
        self.decoder = json.JSONDecoder(
            object_pairs_hook=_Members,
            parse_int=self._integer,
            parse_float=self._number,
            parse_constant=self._constant,
            strict=False,
        )

    def _integer(self, digits: str) -> int | str:
        if len(digits) <= 18:
            return int(digits)
        if len(digits) <= 20 and -(1 << 63) <= int(digits) < 1 << 64:
            return int(digits)
        self._repairs.add("big_integer")
        return digits

    def _number(self, digits: str) -> float | str:
        number = float(digits)
        if abs(number) < float("inf"):
            return number
        self._repairs.add("big_number")
        return digits

    def _constant(self, name: str) -> str:
        self._repairs.add("nan")
        return name


def _without_surrogates(members: _Members, repairs: set[str]) -> Iterator[tuple[str, Any]]:
    for key, value in members:
        yield _whole(key, repairs), _whole_value(value, repairs)


def _whole_value(value: Any, repairs: set[str]) -> Any:
    if isinstance(value, str):
        return _whole(value, repairs)
    if isinstance(value, _Members):
        return _Members(_without_surrogates(value, repairs))
    if isinstance(value, list):
        return [_whole_value(inner, repairs) for inner in value]
    return value


def _whole(text: str, repairs: set[str]) -> str:
    whole = SURROGATE.sub("\ufffd", text)
    if whole != text:
        repairs.add("lone_surrogate")
    return whole


def _plain(value: Any, repairs: set[str]) -> Any:
    """Return a value with objects as dicts; of a key that an inner object repeats, the list of its values."""
    if isinstance(value, list):
        return [_plain(inner, repairs) for inner in value]
    if not isinstance(value, _Members):
        return value
    plain: dict[str, Any] = {}
    repeated: dict[str, list[Any]] = {}
    for key, inner in value:
        if key in plain:
            repeated.setdefault(key, [plain[key]]).append(_plain(inner, repairs))
        else:
            plain[key] = _plain(inner, repairs)
    if repeated:
        repairs.add("duplicate_key")
    return plain | repeated

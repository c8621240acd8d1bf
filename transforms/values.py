"""The values of a log event: as text, as the members of an object, and as the accounts that they name."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which UTF-8 can't express."""

_SHORTEST_BYTES = 4
_PRINTABLE_SHARE = 0.9
_DEEPEST_VALUE = 16
Members = Iterator[tuple[str, Any]]


def as_text(value: Any) -> str:
    """Return a value as text: strings as they are, everything else as JSON; None is empty.

    An array of the bytes of a text is that text, as journald writes what holds a control character.

    Example:
        >>> as_text("a"), as_text(7), as_text({"a": [True]}), as_text(None), as_text([104, 105, 32, 116, 111])
        ('a', '7', '{"a":[true]}', '', 'hi to')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if type(value) is list and (text := _text_of_bytes(value)) is not None:
        return text
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _text_of_bytes(value: list[Any]) -> str | None:
    if len(value) < _SHORTEST_BYTES or not all(type(byte) is int and 0 < byte < 256 for byte in value):
        return None
    text = bytes(value).decode(errors="replace")
    printable = sum(character.isprintable() or character in "\t\r\n\x1b" for character in text)
    return text if printable >= len(text) * _PRINTABLE_SHARE else None


def loaded(value: Any) -> Any:
    """Return an object or an array, also from a text that holds one as JSON; None for everything else.

    Example:
        >>> loaded('{"a": 1}'), loaded(["a"]), loaded("{a"), loaded(7)
        ({'a': 1}, ['a'], None, None)
    """
    if isinstance(value, str):
        if value[:1] not in ("{", "["):
            return None
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, dict | list) else None


def members(value: Any, of_arrays: bool = False) -> Members | None:
    """Return the pairs of an object, or if told of all objects of an array of nothing else; None where there are none.

    Example:
        >>> list(members([{"a": 1}, {"a": 2}], of_arrays=True)), members([{"a": 1}, {"a": 2}]), members(["a"])
        ([('a', 1), ('a', 2)], None, None)
    """
    value = loaded(value)
    if isinstance(value, dict):
        return iter(value.items()) if value else None
    if value and (pairs := key_values(value)) is not None:
        return iter(pairs.items())
    if of_arrays and value and all(isinstance(member, dict) for member in value):
        return (pair for member in value for pair in member.items())
    return None


def key_values(value: Any) -> dict[str, Any] | None:
    """Return the mapping that an array of keys and values stands for, as OTLP and tags have it; None if it is none.

    Example:
        >>> key_values([{"key": "user.id", "value": {"stringValue": "7"}}, {"name": "a", "value": 1}])
        {'user.id': '7', 'a': 1}
    """
    pairs: dict[str, Any] = {}
    for member in value:
        if not isinstance(member, dict) or len(member) != 2 or "value" not in member:
            return None
        key = next(name for name in member if name != "value")
        if key.casefold() not in ("key", "name") or not isinstance(member[key], str):
            return None
        pairs.setdefault(member[key], any_value(member["value"]))
    return pairs


def any_value(value: Any, depth: int = 0) -> Any:
    """Return the plain value of an `AnyValue` of OTLP; what is none stays as it is.

    Example:
        >>> any_value({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": "7"}}]}})
        {'a': '7'}
    """
    if not isinstance(value, dict) or len(value) != 1 or depth > _DEEPEST_VALUE:
        return value
    [(kind, inner)] = value.items()
    if kind in ("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue"):
        return inner
    if kind == "arrayValue" and isinstance(inner, dict):
        return [any_value(member, depth + 1) for member in inner.get("values") or ()]
    if kind == "kvlistValue" and isinstance(inner, dict):
        pairs = key_values(inner.get("values") or [])
        return inner if pairs is None else pairs
    return value

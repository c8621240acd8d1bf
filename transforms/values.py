"""The values of a log event: as text, as the members of an object, and as the accounts that they name."""

from collections.abc import Iterator
from typing import Any

import orjson

Members = Iterator[tuple[str, Any]]


def as_text(value: Any) -> str:
    """Return a value as text: strings as they are, everything else as JSON; None is empty.

    Example:
        >>> as_text("a"), as_text(7), as_text({"a": [True]}), as_text(None)
        ('a', '7', '{"a":[true]}', '')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


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


def members(value: Any) -> Members | None:
    """Return the pairs of an object, or of all objects of an array of nothing else; None where there are none.

    Example:
        >>> list(members([{"a": 1}, {"a": 2}])), members(["a"])
        ([('a', 1), ('a', 2)], None)
    """
    value = loaded(value)
    if isinstance(value, dict):
        return iter(value.items()) if value else None
    if value and all(isinstance(member, dict) for member in value):
        return (pair for member in value for pair in member.items())
    return None

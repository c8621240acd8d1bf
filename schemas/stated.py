"""Check the values of a record that was read back: its file may have been written by anyone who reaches the root."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from schemas.retention_plan import is_partition

FILE_NAME = re.compile(r"part-[0-9a-f]{16,64}(?:-[0-9]+)+\.avro")
"""The form of every name that logveil gives to a file in a partition."""

RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
DIGEST = re.compile(r"[0-9a-f]{64}")


def is_count(value: Any) -> bool:
    """Tell whether a value is a number of something.

    Example:
        >>> is_count(3), is_count(-1), is_count(True), is_count("3")
        (True, False, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_text(value: Any) -> bool:
    """Tell whether a value is a text."""
    return isinstance(value, str)


def is_moment(value: Any) -> bool:
    """Tell whether a value is an ISO 8601 time with its offset.

    Example:
        >>> is_moment("2026-11-24T04:00:00+00:00"), is_moment("2026-11-24"), is_moment(7)
        (True, False, False)
    """
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def checked_counts(counts: Mapping[str, Any]) -> Mapping[str, int]:
    """Return counts.

    Raises:
        ValueError: One of them is no number, or its name is no text.
    """
    if not all(isinstance(name, str) and isinstance(number, int) for name, number in counts.items()):
        raise ValueError("counts")
    return counts


def has_form(form: re.Pattern[str]) -> Callable[[Any], bool]:
    """Return what tells whether a value is a text of a form."""
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def is_place(path: Any) -> bool:
    """Tell whether a path, relative to the root, is that of a file of ours in a partition.

    Example:
        >>> is_place("category=x/expires_on=2027-05-23/part-0123456789abcdef-00000.avro")
        True
        >>> is_place("category=x/../../etc/passwd"), is_place("category=x/expires_on=2027-05-23/a.avro")
        (False, False)
    """
    if not isinstance(path, str):
        return False
    partition, _, name = path.rpartition("/")
    return is_partition(partition) and FILE_NAME.fullmatch(name) is not None


Forms = Mapping[str, Callable[[Any], bool]]

FILE: Forms = {
    "partition": lambda value: isinstance(value, str) and is_partition(value),
    "name": has_form(FILE_NAME),
    "records": is_count,
    "bytes": is_count,
    "checksum": has_form(DIGEST),
}
INPUT: Forms = {
    "name": is_text,
    "bytes": is_count,
    "checksum": has_form(DIGEST),
    "format": is_text,
    "parts": is_count,
    "place": is_text,
    "content": is_text,
    "encoding": is_text,
    "packing": is_text,
}
PASSED_OVER: Forms = {
    "name": is_text,
    "checksum": has_form(DIGEST),
    "same_as": is_text,
    "same_place": lambda value: isinstance(value, bool),
}
SKIPPED: Forms = {"name": is_text, "reason": is_text}


def checked(values: Mapping[str, Any], forms: Forms) -> Mapping[str, Any]:
    """Return values, each of which has its form; a missing one is the business of whoever takes them.

    Example:
        >>> checked({"bytes": 1, "name": "a"}, INPUT)
        {'bytes': 1, 'name': 'a'}
        >>> checked({"bytes": "1"}, INPUT)
        Traceback (most recent call last):
        ...
        ValueError: bytes

    Raises:
        ValueError: One has not; the message names it.
    """
    for name, has_its_form in forms.items():
        if name in values and not has_its_form(values[name]):
            raise ValueError(name)
    return values

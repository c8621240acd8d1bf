"""Tell an object that only wraps a list of events from one that is an event."""

import re
from collections.abc import Mapping
from typing import Any

LISTS = frozenset(
    "records results value values events logs logevents items entries hits data rows messages result list".split()
)
"""Names of a list of events: CloudTrail and Azure, SearchLog, CloudWatch, Elasticsearch, and what APIs call theirs."""

HOLDERS = frozenset("response hits data result results body payload output".split())
"""Names of an object that holds such a list."""

_TIME = re.compile(r"@?_*(?:[a-z]*[_ -]?)?(?:time|timestamp|date|datetime|ts)_*|[a-z]+At", re.IGNORECASE)
_DEEPEST = 3

Path = tuple[str, ...]


def wrapped_at(value: Mapping[str, Any], depth: int = 0) -> Path | None:
    """Return the keys that lead to the one list of events that an object wraps, None where it is an event itself.

    A list under its only key wraps events whatever the key is called; under one of several keys it needs a name of
    `LISTS`, and the object no time of its own.

    Example:
        >>> wrapped_at({"Records": [{"a": 1}]}), wrapped_at({"Response": {"Results": [], "ListOver": True}})
        (('Records',), ('Response', 'Results'))
        >>> wrapped_at({"time": "2026-11-26T08:00:00Z", "events": [{"name": "retry"}]})
    """
    if any(_TIME.fullmatch(key) and not isinstance(inner, dict | list) for key, inner in value.items()):
        return None
    lists = [key for key, inner in value.items() if _is_of_objects(inner)]
    named = [key for key in lists if key.casefold() in LISTS]
    if len(value) == 1 and lists and value[lists[0]]:
        return (lists[0],)
    if len(named) == 1:
        return (named[0],)
    for key, inner in value.items():
        if key.casefold() in HOLDERS and isinstance(inner, dict) and depth < _DEEPEST:
            below = wrapped_at(inner, depth + 1)
            if below is not None:
                return (key, *below)
    return None


def _is_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(member, dict) for member in value)

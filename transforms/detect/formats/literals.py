"""Derive the trigger of a pattern: literals of which one occurs in every text that it matches."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

SHORTEST = 3
"""A literal of fewer characters occurs in too many texts to tell anything."""

MOST = 64
"""How many literals one trigger may have."""

_Literals = frozenset[str] | None


def literal_trigger(pattern: re.Pattern[str]) -> str | None:
    r"""Return an expression of literals that occurs wherever a pattern matches, None where too little is sure to occur.

    Example:
        >>> literal_trigger(re.compile(r"(?:Accepted|Failed) \w+ for (?P<username>\S+) from"))
        'Accepted|Failed'
        >>> literal_trigger(re.compile(r"(?i)\bNew (?:user|group)[: ]+x*"))
        '(?i:group|user)'
        >>> literal_trigger(re.compile(r"(?P<username>\w+)@")) is None
        True
    """
    tree = _parser.parse(pattern.pattern, pattern.flags)
    found = _required(tree)
    if found is None or _worth(found) < SHORTEST:
        return None
    literals = "|".join(map(re.escape, sorted(found)))
    return f"(?i:{literals})" if _ignores_case(tree, tree.state.flags) else literals


def _required(tree: Iterable[tuple[Any, Any]]) -> _Literals:
    """Return the best of the sets of literals of which each match holds one."""
    sets: list[frozenset[str]] = []
    run = ""
    for code, value in tree:
        if code is op.LITERAL and _is_plain(value):
            run += chr(value)
            continue
        sets.append(frozenset({run}))
        run = ""
        inner = _INNER[code](value) if code in _INNER else None
        if inner is not None:
            sets.append(inner)
    best = max([*sets, frozenset({run})], key=lambda one: (_worth(one), -len(one)))
    return best if _worth(best) else None


def _is_plain(code: int) -> bool:
    """Tell whether a character is one byte, alike in every engine, and no end of a line."""
    return 32 <= code < 127


def _worth(literals: frozenset[str]) -> int:
    """Return how many characters the shortest literal has without the blanks around it."""
    return min(len(literal.strip()) for literal in literals) if len(literals) <= MOST else 0


def _of_branches(branches: Sequence[Any]) -> _Literals:
    sets = [_required(branch) for branch in branches]
    return frozenset[str]().union(*(one for one in sets if one)) if all(sets) else None


_INNER: Mapping[Any, Callable[[Any], _Literals]] = {
    op.SUBPATTERN: lambda value: _required(value[3]),
    op.ATOMIC_GROUP: lambda value: _required(value),
    op.ASSERT: lambda value: _required(value[1]),
    op.BRANCH: lambda value: _of_branches(value[1]),
    op.MAX_REPEAT: lambda value: _required(value[2]) if value[0] else None,
    op.MIN_REPEAT: lambda value: _required(value[2]) if value[0] else None,
    op.POSSESSIVE_REPEAT: lambda value: _required(value[2]) if value[0] else None,
}


def _ignores_case(tree: Any, flags: int) -> bool:
    """Tell whether a part of a pattern ignores case: then its trigger does."""
    if flags & re.IGNORECASE:
        return True
    return any(_part_ignores_case(code, value) for code, value in tree)


def _part_ignores_case(code: Any, value: Any) -> bool:
    if code is op.SUBPATTERN:
        return _ignores_case(value[3], value[1])
    if code is op.BRANCH:
        return any(_ignores_case(branch, 0) for branch in value[1])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _ignores_case(value[2], 0)
    if code in (op.ASSERT, op.ATOMIC_GROUP):
        return _ignores_case(value[1] if code is op.ASSERT else value, 0)
    return False

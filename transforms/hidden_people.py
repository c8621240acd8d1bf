"""Take out of an event the people whom no field is to hold: they are still looked for in its texts.

Those are the values of direct identifiers that the policy drops, and of keys that the published policy calls direct
identifiers and this one does not know.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from schemas.events import Counts
from schemas.policy.field_names import normalise, singulars
from schemas.policy.limits import published
from schemas.policy.policy import Personal, Policy, Treatment
from transforms.batches.remembered import Remembered
from transforms.detect.words import is_ordinary
from transforms.values import loaded

Hidden = tuple[tuple[str, str], ...]
"""Kind and value of each person, such as `("USERNAME", "lin")`."""

_CACHED_KEYS = 4096
_APART = re.compile(r"[\s,;|、，；]+")
_OF_NAMES, _OF_NUMBERS = "USERNAME", "UIN"


class HiddenPeople:
    """Knows which fields of a policy are dropped, and which of them name people."""

    def __init__(self, policy: Policy, keeps_unknown: bool = False) -> None:
        """Know a policy's fields; of unknown ones that are kept, plurals of known ones are treated by their keys."""
        self._dropped = {
            rule.name: rule.entity or rule.name.upper() if rule.personal is Personal.DIRECT else None
            for rule in policy.fields
            if rule.treatment is Treatment.DROP
        }
        self._is_direct = Remembered(published().is_direct, _CACHED_KEYS)
        self._are_direct = Remembered(_are_direct(policy, keeps_unknown), _CACHED_KEYS)

    def names(self, key: str) -> bool:
        """Tell whether a key that the policy does not know names a person all the same."""
        return self._is_direct[key] or self._are_direct[key]

    def among(self, unknown: Sequence[tuple[str, Any]]) -> Hidden:
        """Return the people among values of keys that the policy does not know."""
        return tuple(
            person
            for key, value in unknown
            for person in (
                of_unknown(value)
                if self._is_direct[key]
                else of_several(value)
                if self._are_direct[key]
                else ()
            )
        )

    def drop(self, values: dict[str, str], others: dict[str, str], counts: Counts) -> Hidden:
        """Remove and count the values of dropped fields, second ones too; return those that are people."""
        return tuple(self._drop(values, others, counts)) if self._dropped else ()

    def _drop(
        self, values: dict[str, str], others: dict[str, str], counts: Counts
    ) -> Iterator[tuple[str, str]]:
        for name, kind in self._dropped.items():
            if name not in values:
                continue
            counts[f"field/{name}/{Treatment.DROP}"] += 1
            seconds = [key for key in others if key.partition(".")[0] == name]
            for value in (values.pop(name), *(others.pop(key) for key in seconds)):
                if kind is not None:
                    yield kind, value


def _are_direct(policy: Policy, keeps_unknown: bool) -> Callable[[str], bool]:
    """Return what tells whether a key is the plural of a direct identifier, whose fields are not read by their keys."""

    def are_direct(key: str) -> bool:
        direct = (one for one in singulars(normalise(key.rpartition(".")[2])) if published().is_direct(one))
        return any(not keeps_unknown or policy.field_of(one) is None for one in direct)

    return are_direct


def of_unknown(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the person whom the value of a key names that the policy does not know; a list names several.

    Example:
        >>> [*of_unknown("lin")], [*of_unknown(100012345678)], [*of_unknown(["a", None])], [*of_unknown({"a": 1})]
        ([('USERNAME', 'lin')], [('UIN', '100012345678')], [('USERNAME', 'a')], [])
    """
    for one in value if isinstance(value, list) else (value,):
        text = str(one) if isinstance(one, str | int) and not isinstance(one, bool) else ""
        if text:
            yield _OF_NUMBERS if text.isdecimal() else _OF_NAMES, text


def of_several(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the people whom the value of a plural key names: no ordinary words, which say how they are.

    Example:
        >>> [*of_several(["lin", 100012345678])], [*of_several("anna, tomek")], [*of_several("active")]
        ([('USERNAME', 'lin'), ('UIN', '100012345678')], [('USERNAME', 'anna'), ('USERNAME', 'tomek')], [])
    """
    listed = loaded(value)
    several = (
        listed if isinstance(listed, list) else _APART.split(value) if isinstance(value, str) else [value]
    )
    return ((kind, text) for kind, text in of_unknown(several) if not is_ordinary(text))

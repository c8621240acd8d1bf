"""Sort the pairs of a log event under the policy's field names, opening what is nested."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.accounts import LOCAL_PART
from schemas.identities import Identity, accounts_in, is_plain
from schemas.policy.limits import published
from schemas.policy.policy import Policy, Treatment
from transforms.batches.remembered import Remembered
from transforms.parsing.event_time import TIMESTAMP, value_time_ms
from transforms.pseudonyms import PSEUDONYM
from transforms.values import as_text, loaded, members

ACCESS_TIME = "access_time"
_ENVELOPES = ""  # stands for the field of a key that is the log service's own
_MAX_DEPTH = 16
MAX_FIELDS = 4096
"""An event with more pairs of a key and a value, those of nested objects counted, is rejected."""

_LONGEST_KEY = 256
"""No alias is longer; a key that encloses thousands of others is not repeated whole in each."""

_CACHED_KEYS = 4096
_CACHED_ACCOUNTS = 16_384
_ENVELOPE = re.compile(r"__[A-Z_]+__(?:\..*)?", re.DOTALL)
_TEXTS = (Treatment.REDACT_TEXT, Treatment.DROP)
_PEOPLE = (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP)


@dataclass(slots=True)
class Sorted:
    """The pairs of one event: by field, second values and what stands for unknown fields, and what is not known."""

    values: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[str, Any]] = field(default_factory=list)
    seconds: list[str] = field(default_factory=list)
    whole: list[tuple[str, Any]] = field(default_factory=list)
    kept_under: Counter[str] = field(default_factory=Counter)
    pairs: int = 0

    def keep(self, name: str, text: str) -> str:
        """Keep a text beside the policy's fields; return under which name: one of its own, if that is taken."""
        key = name
        while key in self.others:
            self.kept_under[name] += 1
            key = f"{name}.{self.kept_under[name] + 1}"
        self.others[key] = text
        return key


class KeySorter:
    """Knows which key names which field; `sort` takes the pairs of an event.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> KeySorter(default_policy()).sort([("user", {"name": "CORP\\\\Anna", "id": 7.0})]).values
        {'username': 'anna', 'uin': '7'}
    """

    def __init__(self, policy: Policy) -> None:
        self._names = _field_names(policy)
        self._opened = {rule.name for rule in policy.fields if rule.treatment not in _TEXTS}
        self._people = {rule.name for rule in policy.fields if rule.treatment in _PEOPLE}
        self._accounts = [
            (rule.name, Remembered(_account_reader(rule.identity), _CACHED_ACCOUNTS))
            for rule in policy.fields
            if rule.identity is not None
        ]

    def sort(self, pairs: Sequence[tuple[str, Any]]) -> Sorted:
        """Return the pairs of an event under the names of their fields, and accounts in their canonical form."""
        found = Sorted(pairs=len(pairs))
        if found.pairs > MAX_FIELDS:
            return found
        values, names, opened = found.values, self._names, self._opened
        for key, value in pairs:
            name = names[key]
            if name is _ENVELOPES:
                continue
            if name is None or name in values or type(value) is not str:
                self._sort(key, value, found, 0)
            elif value:
                if value[0] in "{[" and name in opened:
                    self._sort(key, value, found, 0)
                else:
                    values[name] = value
        self._finish(found)
        return found

    def _finish(self, found: Sorted) -> None:
        """Take the objects that are texts, behind all texts, and give accounts their canonical form."""
        for whole_name, value in found.whole:
            self._take(whole_name, as_text(value), found)
        for name, accounts_of in self._accounts:
            account = found.values.get(name)
            if account is None:
                continue
            seconds = _seconds(name, found.others) if name in found.seconds else ()
            accounts = accounts_of[account]
            if accounts is not None or seconds:
                second = [one for text in seconds for one in accounts_of[text] or ((text,),)]
                _name_accounts(name, (*(accounts or ((account,),)), *second), found)

    def field_of(self, key: str) -> str | None:
        """Return the field that a key names: empty for a key of the log service's own, None for an unknown one."""
        return self._names[key]

    def opens(self, name: str) -> bool:
        """Tell whether a text of a field is opened where it holds an object or an array."""
        return name in self._opened

    def one_account(self, name: str, text: str) -> str | None:
        """Return the canonical form of the one account that a field's value names, None if not one or of two forms."""
        accounts_of = dict(self._accounts).get(name)
        accounts = None if accounts_of is None else accounts_of[text]
        if accounts is None:
            return text
        return accounts[0][0] if len(accounts) == 1 and len(accounts[0]) == 1 else None

    def of_people(self, key: str) -> str | None:
        """Return the field of people whose object a dotted key is a member of, None where it is none's."""
        name = self._names[key.partition(".")[0]]
        return name if name in self._people else None

    def _sort(self, key: str, value: Any, found: Sorted, depth: int) -> None:
        name = self._names[key]
        if name is None or name is _ENVELOPES:
            self._sort_unknown(key, value, found, depth)
        elif name == ACCESS_TIME and (time := value_time_ms(value)) is not None:
            self._take(name, str(time) if isinstance(value, dict) else as_text(value), found)
        elif name in self._opened:
            self._open(key, name, value, found, depth)
        elif isinstance(value, dict):
            self._open_text(key, name, value, found, depth)
        else:
            self._take(name, as_text(value), found)

    def _take(self, name: str, text: str, found: Sorted) -> None:
        if not text:
            return
        if name in found.values:
            found.keep(name, text)
            found.seconds.append(name)
        else:
            found.values[name] = text

    def _open(self, key: str, name: str, value: Any, found: Sorted, depth: int) -> None:
        """Sort the members of an object or array where the policy knows a field that is no text of many words."""
        inside = members(value, name in self._people) if depth < _MAX_DEPTH else None
        if inside is not None:
            self._sort_members(key, inside, found, depth)
            return
        array = loaded(value)
        if isinstance(array, list) and name in self._people:
            found.pairs += len(array)
            for member in array[:MAX_FIELDS]:
                self._take(name, as_text(member), found)
        else:
            self._take(name, as_text(value), found)

    def _open_text(self, key: str, name: str, value: dict[str, Any], found: Sorted, depth: int) -> None:
        """Sort an object under a text's alias: its members if the policy knows one of them, else all of it as text."""
        if depth < _MAX_DEPTH and any(self._names[f"{key[:_LONGEST_KEY]}.{inner}"] for inner in value):
            self._sort_members(key, value.items(), found, depth)
        else:
            found.whole.append((name, value))

    def _sort_unknown(self, key: str, value: Any, found: Sorted, depth: int) -> None:
        inside = members(value) if depth < _MAX_DEPTH else None
        if inside is None:
            found.unknown.append((key, value))
        else:
            self._sort_members(key, inside, found, depth)

    def _sort_members(self, key: str, inside: Any, found: Sorted, depth: int) -> None:
        """Sort the members of an object: by their dotted name if the policy knows it, else by their own."""
        for inner, value in inside:
            found.pairs += 1
            if found.pairs > MAX_FIELDS:
                return
            dotted = f"{key[:_LONGEST_KEY]}.{inner}"
            whole = self._names[dotted]
            self._sort(dotted if whole or not self._names[inner] else inner, value, found, depth + 1)


def _account_reader(identity: Identity) -> Any:
    """Return what reads the accounts in a value; None where it is one account in its canonical form already."""

    def read(text: str) -> tuple[tuple[str, ...], ...] | None:
        if is_plain(text, identity) or PSEUDONYM.fullmatch(text):
            return None
        accounts = accounts_in(text, identity)
        return None if accounts == ((text,),) else accounts

    return read


def _seconds(name: str, others: dict[str, str]) -> list[str]:
    """Take out and return the second values of a field."""
    keys = [key for key in others if key == name or key.rpartition(".")[0] == name]
    return [others.pop(key) for key in keys]


def _name_accounts(name: str, accounts: Iterable[tuple[str, ...]], found: Sorted) -> None:
    """Put the first account under the field's name, and the others beside it; local parts stand beside their own."""
    first, *seconds = dict.fromkeys(accounts) or [()]
    if not first:
        del found.values[name]
        return
    found.values[name] = first[0]
    _name_local(name, first, found)
    found.kept_under[name] = 0
    for forms in seconds:
        _name_local(found.keep(name, forms[0]), forms, found)


def _name_local(key: str, forms: tuple[str, ...], found: Sorted) -> None:
    for local in forms[1:]:
        found.others[f"{key}.{LOCAL_PART}"] = local


def _field_names(policy: Policy) -> Remembered[str | None]:
    """Return the field that each key names, None for an unknown one; what gives the time alone is no field."""
    times = set(policy.time_fields) - {TIMESTAMP}

    def name_of(key: str) -> str | None:
        name = policy.field_of(key)
        own = _ENVELOPE.fullmatch(key) is not None and not published().is_direct(
            key
        )  # a tag may name a person
        return _ENVELOPES if name is None and (key in times or own) else name

    return Remembered(name_of, _CACHED_KEYS)

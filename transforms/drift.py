"""Tell what stored records lack by a policy that is stricter than the one that they were written under.

A record says by its tags what was done to each value. What is stored can be dropped, cut or read as text once more;
what is gone does not come back: where a policy asks for less than was done, nothing is behind.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from schemas.policy.policy import FieldPolicy, Personal, Policy, Treatment, matches_form
from schemas.policy.tokens import Tokens
from transforms.detect.urls import url_spans
from transforms.pseudonyms import PSEUDONYM
from transforms.token_treatments import masked_tokens
from transforms.treatments import truncate_ip

OTHERS = "others."
EARLIER = "earlier"
_NUMBERED = re.compile(r"\.\d+\Z")
_REPLACED = re.compile(rf"<[A-Z_]+>|{PSEUDONYM.pattern}|[0-9A-Fa-f.:]+/(?:24|48)")


class Remedy(StrEnum):
    """What brings a stored value to a policy."""

    NONE = "nothing"
    DROP = "drop"
    TREAT = "treat again"


class Stored(NamedTuple):
    """A value of a record: the name in its tag, the value, what was done to it, whether anything was found in it."""

    name: str
    value: str
    treatment: str
    found: bool


def stored_values(record: Mapping[str, Any]) -> Iterator[Stored]:
    """Yield the values of a record by its tags."""
    for tag in record["tags"]:
        name = tag["field"]
        other = name.startswith(OTHERS)
        value = record["others"].get(name.removeprefix(OTHERS)) if other else record.get(name)
        if value is not None:
            yield Stored(name, value, tag["treatment"], bool(tag["detected"]))


@dataclass(frozen=True)
class Drift:
    """Compares records, written under a schema with the fields `written`, with a policy."""

    policy: Policy
    written: Collection[str]
    rules: Mapping[str, FieldPolicy] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look the rules up by name once."""
        object.__setattr__(self, "rules", {rule.name: rule for rule in self.policy.fields})

    def target(self, name: str) -> str | None:
        """Return the field of the policy that a tag's name belongs to now, None where there is none."""
        key = name.removeprefix(OTHERS)
        if name.startswith(OTHERS) and key not in self.written:
            key = _NUMBERED.sub("", key)
        return self.policy.field_of(key)

    def remedy(self, stored: Stored) -> Remedy:
        """Return what brings a value to the policy."""
        target = self.target(stored.name)
        if target is None:
            base = _NUMBERED.sub("", stored.name.removeprefix(OTHERS))
            was_unknown = stored.name.startswith(OTHERS) and base not in self.written
            return self._of_tokens(stored) if was_unknown else Remedy.DROP
        rule = self.rules[target]
        if rule.treatment is Treatment.DROP:
            return Remedy.DROP
        remedy = _REMEDIES[Treatment(stored.treatment)](rule, stored, self.policy)
        return self._of_tokens(stored) if remedy is Remedy.NONE else remedy

    def treatment(self, name: str) -> Treatment:
        """Return the treatment of what a tag's name belongs to now; an unknown field is text."""
        target = self.target(name)
        return Treatment.REDACT_TEXT if target is None else self.rules[target].treatment

    def _of_tokens(self, stored: Stored) -> Remedy:
        """Return what brings a text to a policy by which mail addresses, numbers and persons can't be followed."""
        read = stored.treatment in (Treatment.REDACT_TEXT, Treatment.REDACT_URL)
        followed = (
            self.policy.tokens is Tokens.MASKED and read and masked_tokens(stored.value) != stored.value
        )
        return Remedy.TREAT if followed else Remedy.NONE

    def days(self, names: Collection[str]) -> int:
        """Return the days for which an event that carries these fields may be kept."""
        category = self.policy.categories[self.policy.event_category].retention_days or 0
        rules = (self.rules[name] for name in names)
        return min(
            (rule.retention_days for rule in rules if rule.personal is not Personal.NO), default=category
        )

    def behind(self, record: Mapping[str, Any]) -> list[str]:
        """Return what a record lacks: a remedy for each value that needs one, and `earlier` if it must go sooner."""
        lacks = []
        kept = []
        for stored in stored_values(record):
            remedy, target = self.remedy(stored), self.target(stored.name)
            if remedy is not Remedy.NONE:
                done = Remedy.DROP if remedy is Remedy.DROP else self.treatment(stored.name)
                lacks.append(f"{stored.name}: {done}")
            if remedy is not Remedy.DROP and target and not stored.name.startswith(OTHERS):
                kept.append(target)
        expires_at: datetime = record["expires_at"]
        if expires_at.date() > record["event_time"].date() + timedelta(days=self.days(kept)):
            lacks.append(EARLIER)
        return lacks


def _of_pseudonym(rule: FieldPolicy, stored: Stored, policy: Policy) -> Remedy:
    return Remedy.NONE


def _of_network(rule: FieldPolicy, stored: Stored, policy: Policy) -> Remedy:
    return Remedy.DROP if rule.treatment is Treatment.PSEUDONYMISE else Remedy.NONE


def _of_kept(rule: FieldPolicy, stored: Stored, policy: Policy) -> Remedy:
    kept = rule.treatment is Treatment.KEEP and matches_form(rule, stored.value)
    return Remedy.NONE if kept else Remedy.TREAT


def _of_text(rule: FieldPolicy, stored: Stored, policy: Policy) -> Remedy:
    match rule.treatment:
        case Treatment.PSEUDONYMISE:
            return Remedy.DROP if stored.found else Remedy.TREAT
        case Treatment.TRUNCATE_IP:
            return Remedy.NONE if truncate_ip(stored.value) in (None, stored.value) else Remedy.TREAT
        case Treatment.REDACT_URL:
            return Remedy.TREAT
        case _:
            return Remedy.NONE


def _of_url(rule: FieldPolicy, stored: Stored, policy: Policy) -> Remedy:
    match rule.treatment:
        case Treatment.PSEUDONYMISE:
            return Remedy.DROP
        case Treatment.REDACT_URL:
            return Remedy.TREAT if _holds_query_values(stored.value, policy) else Remedy.NONE
        case Treatment.REDACT_TEXT:
            return Remedy.TREAT
        case _:
            return Remedy.NONE


def _holds_query_values(url: str, policy: Policy) -> bool:
    """Tell whether a stored URL has values of query keys that the policy does not keep."""
    return any(
        span.kind == "QUERY_VALUE" and _REPLACED.fullmatch(url[span.start : span.end]) is None
        for span in url_spans(url, policy.url_query_keys)
    )


_REMEDIES = {
    Treatment.PSEUDONYMISE: _of_pseudonym,
    Treatment.TRUNCATE_IP: _of_network,
    Treatment.KEEP: _of_kept,
    Treatment.REDACT_TEXT: _of_text,
    Treatment.REDACT_URL: _of_url,
}

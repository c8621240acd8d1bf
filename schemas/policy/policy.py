"""The policy as frozen types; `schemas.policy.file` reads them from YAML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import re2

from schemas.identities import Identity
from schemas.policy.allow_list import AllowList
from schemas.policy.field_names import normalise
from schemas.policy.tokens import TOKEN_PREFIXES, Tokens

MAX_KEPT_CHARACTERS = 128
DEFAULT_PREFIX = "fld"
FIELD_PREFIXES = ("uin", "usr", "req", "res", "adr", DEFAULT_PREFIX)
PREFIXES = (*FIELD_PREFIXES, *TOKEN_PREFIXES)
"""Prefixes of pseudonyms: a closed set, so that a pseudonym is recognised and never redacted again."""


class Personal(StrEnum):
    """How a field relates to a person."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    NO = "no"


class Treatment(StrEnum):
    """What may be done to a field: the closed set of the policy."""

    KEEP = "keep"
    PSEUDONYMISE = "pseudonymise"
    TRUNCATE_IP = "truncate_ip"
    REDACT_URL = "redact_url"
    REDACT_TEXT = "redact_text"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a field is processed, with its W3C Data Privacy Vocabulary identifier."""

    name: str
    text: str
    dpv: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """What makes the processing lawful, with its W3C DPV identifier."""

    name: str
    text: str
    dpv: str


@dataclass(frozen=True, slots=True)
class System:
    """A system that the policy names, and its part in the processing."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Category:
    """A category of personal data with the rules its fields share.

    `retention_days` counts from the event time; it is None where the category lives as long as the account,
    and then `erase_within_days` counts from the account's termination. `clause` is where the published policy
    says so; `fields` names the fields that the category holds.
    """

    name: str
    text: str
    purpose: str
    legal_basis: str
    retention_days: int | None
    erase_within_days: int | None
    systems: tuple[str, ...]
    clause: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """What the policy says of one field of a log event.

    `form` is the regular expression (RE2) that a value must match in full to be kept, and `forms` are its
    alternatives as the policy lists them; `prefix` and `entity` name the pseudonym's prefix and the kind of personal
    data that the value is; `identity` says which spellings of a pseudonymised value are one.
    """

    name: str
    label: str
    aliases: tuple[str, ...]
    category: str
    personal: Personal
    treatment: Treatment
    purpose: str
    legal_basis: str
    retention_days: int
    form: str | None = None
    prefix: str | None = None
    entity: str | None = None
    forms: tuple[str, ...] = ()
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A weakening of the policy that a person answers for; `change` is stated as `logveil policy diff` prints it."""

    change: str
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy, loaded and checked.

    `event_category` and `account_category` name the categories of what is written for events and of what
    lives as long as the account. `fields` holds the event fields in the order of the output; `aliases` maps
    every normalised spelling to a field name; `time_fields` are the keys, exactly as spelled, that give the
    event time; `url_query_keys` are the case-folded query keys whose values a URL keeps; `tokens` says what becomes
    of mail addresses, telephone numbers and persons in texts; `digest` is the SHA-256 of all this, in hex.
    `allow` is what stays in texts although a detector takes it. `acknowledged`, who answers for what, is no part of the
    digest.
    """

    version: str
    title: str
    source: str
    updated: str
    digest: str
    event_category: str
    account_category: str | None
    categories: Mapping[str, Category]
    purposes: Mapping[str, Purpose]
    legal_bases: Mapping[str, LegalBasis]
    systems: Mapping[str, System]
    fields: tuple[FieldPolicy, ...]
    time_fields: tuple[str, ...]
    url_query_keys: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    acknowledged: tuple[Acknowledgement, ...] = ()
    tokens: Tokens = Tokens.MASKED
    allow: AllowList = field(default_factory=AllowList)

    def __getitem__(self, name: str) -> FieldPolicy:
        """Return the rule of the field with this canonical name, or raise KeyError."""
        for rule in self.fields:
            if rule.name == name:
                return rule
        raise KeyError(name)

    def field_of(self, key: str) -> str | None:
        """Return the canonical field that a key of a log event names, if the policy knows one."""
        return self.aliases.get(normalise(key))


def matches_form(rule: FieldPolicy, value: str) -> bool:
    """Tell whether a value has the form under which its field may be kept as it is.

    A value longer than `MAX_KEPT_CHARACTERS` has no form, and neither has one that UTF-8 cannot express.
    """
    if rule.form is None or len(value) > MAX_KEPT_CHARACTERS:
        return False
    try:
        return bool(_compiled(rule.form).Match(value))
    except UnicodeEncodeError:
        return False


def form_matcher(form: str) -> Callable[[str], bool]:
    """Return what tells whether a text matches a form in full."""
    match = _compiled(form).Match
    return lambda text: bool(match(text))


def form_problem(form: str) -> str | None:
    r"""Return what keeps a form from being run by RE2, whose time is linear in the length of the value.

    Example:
        >>> form_problem(r"ins-[0-9a-z]{8}")
        >>> form_problem(r"(a)\1")
        'invalid escape sequence: \\1'
    """
    try:
        re2.compile(form, _options())
    except re2.error as error:
        return bytes(error.args[0]).decode()
    return None


@lru_cache(maxsize=1024)
def _compiled(form: str) -> Any:
    """Return a form as a set of one expression: RE2's quickest way to ask whether a text matches in full."""
    expressions = re2.Set.FullMatchSet(_options())
    expressions.Add(form)
    expressions.Compile()
    return expressions


def _options() -> Any:
    """Return RE2's options; it writes a faulty expression to standard error unless told otherwise."""
    options = re2.Options()
    options.log_errors = False
    return options

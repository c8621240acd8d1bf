"""Load a policy from YAML text: closed, exact, and checked for contradictions."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib.resources import files

from schemas.errors import MissingFieldRule
from schemas.policy.allow import read_allow
from schemas.policy.allow_list import AllowList
from schemas.policy.document import Value, read_document
from schemas.policy.fields import alias_map, field_rules
from schemas.policy.limits import check_clear_keys, check_days, check_direct, check_forms
from schemas.policy.policy import (
    Acknowledgement,
    Category,
    FieldPolicy,
    LegalBasis,
    Policy,
    Purpose,
    System,
)
from schemas.policy.policy_tests import read_tests
from schemas.policy.tokens import Tokens

DEFAULT_POLICY = "healthcare_omics.yaml"
_ROOT = ("version", "title", "source", "updated", "event_category", "systems", "purposes", "legal_bases")
_ROOT_LISTS = ("categories", "time_fields", "fields")
_ROOT_OPTIONS = (
    *("account_category", "alias_prefixes", "url_query_keys", "tokens", "allow"),
    *("acknowledged_weakenings", "tests"),
)
_CATEGORY = ("text", "clause", "purpose", "legal_basis", "systems", "fields")
_ACKNOWLEDGEMENT = ("change", "reason", "person")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,4}")
_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_DPV = re.compile(r"(?:dpv|eu-gdpr):[A-Za-z][A-Za-z0-9-]*")


@cache
def default_policy() -> Policy:
    """Return the policy that logveil ships.

    Example:
        >>> default_policy()["state"].treatment.value
        'keep'
    """
    text = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
    return load_policy(text, DEFAULT_POLICY)


def load_policy(text: str, name: str) -> Policy:
    """Return the policy that a YAML text states; `name` is what errors call the text.

    Raises:
        PolicyError: The text is not a policy; the message names file, line, key and the allowed values.

    Example:
        >>> load_policy("version: 1.10", "own.yaml")
        Traceback (most recent call last):
        ...
        schemas.errors.MissingFieldRule: own.yaml:1: policy: the key 'title' is missing; ...
    """
    root = read_document(text, name).record((*_ROOT, *_ROOT_LISTS), _ROOT_OPTIONS)
    systems = {key: System(key, value.text()) for key, value in root["systems"].named()}
    purposes = {key: Purpose(key, *_described(value)) for key, value in root["purposes"].named()}
    bases = {key: LegalBasis(key, *_described(value)) for key, value in root["legal_bases"].named()}
    categories = {
        key: _category(key, value, systems, purposes, bases) for key, value in root["categories"].named()
    }
    policy = Policy(
        version=root["version"].shaped(_VERSION, 'a date and a number, such as "2024-10-22.1"'),
        title=root["title"].text(),
        source=root["source"].text(),
        updated=root["updated"].shaped(_DATE, 'a date in quotes, such as "2024-10-22"'),
        digest="",
        event_category=_event_category(root["event_category"], categories),
        account_category=_account_category(root, categories),
        categories=categories,
        purposes=purposes,
        legal_bases=bases,
        systems=systems,
        fields=field_rules(root, categories, purposes, bases),
        time_fields=root["time_fields"].texts(),
        url_query_keys=_query_keys(root),
        aliases=alias_map(root),
        acknowledged=_acknowledgements(root),
        tokens=Tokens(root["tokens"].choice(Tokens)) if "tokens" in root else Tokens.MASKED,
        allow=read_allow(root["allow"]) if "allow" in root else AllowList(),
    )
    _refuse_unused(root, policy)
    if "tests" in root:
        read_tests(root["tests"])  # `policy check` runs them
    check_forms(root["fields"])
    check_direct(root["fields"], root["alias_prefixes"].texts() if "alias_prefixes" in root else ())
    check_days(root["categories"], policy)
    check_clear_keys(root, policy)
    return replace(policy, digest=_digest(policy))


def _described(value: Value) -> tuple[str, str]:
    """Return the text and the DPV identifier of a purpose or a legal basis."""
    entry = value.record(("text", "dpv"))
    return entry["text"].text(), entry["dpv"].shaped(_DPV, "a DPV identifier, such as dpv:ServiceProvision")


def _category(
    name: str,
    value: Value,
    systems: Mapping[str, System],
    purposes: Mapping[str, Purpose],
    bases: Mapping[str, LegalBasis],
) -> Category:
    """Return one category: held for days from the event, or with the account and then erased."""
    entry = value.record(_CATEGORY, ("retention_days", "erase_within_days"))
    if ("retention_days" in entry) == ("erase_within_days" in entry):
        raise value.fault("exactly one of retention_days and erase_within_days is required", MissingFieldRule)
    for item in entry["systems"].items():
        item.choice(systems)
    return Category(
        name=name,
        text=entry["text"].text(),
        purpose=entry["purpose"].choice(purposes),
        legal_basis=entry["legal_basis"].choice(bases),
        retention_days=entry["retention_days"].days() if "retention_days" in entry else None,
        erase_within_days=entry["erase_within_days"].days() if "erase_within_days" in entry else None,
        systems=entry["systems"].texts(),
        clause=entry["clause"].text(),
        fields=entry["fields"].texts(),
    )


def _event_category(value: Value, categories: Mapping[str, Category]) -> str:
    """Return the category under which events are written: one that counts days from the event."""
    return value.choice(name for name, category in categories.items() if category.retention_days is not None)


def _account_category(root: Mapping[str, Value], categories: Mapping[str, Category]) -> str | None:
    """Return the category that lives as long as the account, if the policy has one."""
    of_accounts = [name for name, category in categories.items() if category.retention_days is None]
    chosen = root["account_category"].choice(of_accounts) if "account_category" in root else None
    for name in of_accounts:
        if name != chosen:
            raise root["categories"].entries()[name].fault("account_category does not name this category")
    return chosen


def _acknowledgements(root: Mapping[str, Value]) -> tuple[Acknowledgement, ...]:
    """Return the weakenings that persons answer for, each once."""
    stated: dict[str, Acknowledgement] = {}
    for item in root["acknowledged_weakenings"].items() if "acknowledged_weakenings" in root else ():
        entry = {key: value.text() for key, value in item.record(_ACKNOWLEDGEMENT).items()}
        if entry["change"] in stated:
            raise item.fault("this change is acknowledged twice")
        stated[entry["change"]] = Acknowledgement(**entry)
    return tuple(stated.values())


def _query_keys(root: Mapping[str, Value]) -> frozenset[str]:
    """Return the query keys, case-folded as they are compared."""
    seen: set[str] = set()
    for item in root["url_query_keys"].items() if "url_query_keys" in root else ():
        folded = item.text().casefold()
        if folded in seen:
            raise item.fault(f"{folded!r} is repeated")
        seen.add(folded)
    return frozenset(seen)


def _refuse_unused(root: Mapping[str, Value], policy: Policy) -> None:
    """Refuse a definition that nothing refers to: it is a slip, or a rule that is not carried out."""
    holders: list[Category | FieldPolicy] = [*policy.categories.values(), *policy.fields]
    used = {
        "systems": {name for category in policy.categories.values() for name in category.systems},
        "purposes": {held.purpose for held in holders},
        "legal_bases": {held.legal_basis for held in holders},
    }
    for key, names in used.items():
        for name, entry in root[key].entries().items():
            if name not in names:
                raise entry.fault("nothing refers to this")


def _digest(policy: Policy) -> str:
    """Return the SHA-256, in hex, of what the policy says, whatever its comments and layout."""
    content = asdict(policy) | {"url_query_keys": sorted(policy.url_query_keys)}
    del content["acknowledged"]
    if policy.tokens is Tokens.MASKED:
        del content["tokens"]  # says what policies without the key always said
    content["allow"] = content["allow"]["digest"]
    if not policy.allow:
        del content["allow"]
    for rule in content["fields"]:
        del rule["forms"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

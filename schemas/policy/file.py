"""Load a policy from YAML text: closed, exact, and checked for contradictions."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib.resources import files

from schemas.errors import MissingFieldRule
from schemas.policy.document import Value, read_document
from schemas.policy.field_names import normalise
from schemas.policy.policy import (
    DEFAULT_PREFIX,
    PREFIXES,
    Category,
    FieldPolicy,
    LegalBasis,
    Personal,
    Policy,
    Purpose,
    System,
    Treatment,
    form_problem,
)

DEFAULT_POLICY = "healthcare_omics.yaml"
_ROOT = ("version", "title", "source", "updated", "event_category", "systems", "purposes", "legal_bases")
_ROOT_LISTS = ("categories", "time_fields", "fields")
_ROOT_OPTIONS = ("account_category", "alias_prefixes", "url_query_keys")
_CATEGORY = ("text", "clause", "purpose", "legal_basis", "systems", "fields")
_RULE = ("label", "personal", "treatment", "aliases")
_RULE_OPTIONS = ("form", "prefix", "entity", "purpose", "legal_basis", "retention_days")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,4}")
_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_DPV = re.compile(r"(?:dpv|eu-gdpr):[A-Za-z][A-Za-z0-9-]*")
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


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
    systems = {key: System(key, value.text()) for key, value in _named(root["systems"])}
    purposes = {key: Purpose(key, *_described(value)) for key, value in _named(root["purposes"])}
    bases = {key: LegalBasis(key, *_described(value)) for key, value in _named(root["legal_bases"])}
    categories = {
        key: _category(key, value, systems, purposes, bases) for key, value in _named(root["categories"])
    }
    policy = Policy(
        version=_shaped(root["version"], _VERSION, 'a date and a number, such as "2024-10-22.1"'),
        title=root["title"].text(),
        source=root["source"].text(),
        updated=_shaped(root["updated"], _DATE, 'a date in quotes, such as "2024-10-22"'),
        digest="",
        event_category=_event_category(root["event_category"], categories),
        account_category=_account_category(root, categories),
        categories=categories,
        purposes=purposes,
        legal_bases=bases,
        systems=systems,
        fields=_rules(root, categories, purposes, bases),
        time_fields=root["time_fields"].texts(),
        url_query_keys=_query_keys(root),
        aliases=_alias_map(root),
    )
    _refuse_unused(root, policy)
    return replace(policy, digest=_digest(policy))


def _named(value: Value) -> list[tuple[str, Value]]:
    """Return the entries of a mapping whose keys are names."""
    entries = list(value.entries().items())
    for key, entry in entries:
        if _NAME.fullmatch(key) is None:
            raise entry.fault(f"{key!r} is not a name: lower-case letters, digits and _, at most 64")
    if not entries:
        raise value.fault("expected at least one entry")
    return entries


def _described(value: Value) -> tuple[str, str]:
    """Return the text and the DPV identifier of a purpose or a legal basis."""
    entry = value.record(("text", "dpv"))
    return entry["text"].text(), _shaped(entry["dpv"], _DPV, "a DPV identifier, such as dpv:ServiceProvision")


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


def _homes(value: Value, categories: Mapping[str, Category], fields: Value) -> dict[str, Category]:
    """Return the category that gives each event field its days: exactly one for each rule."""
    rules = [key for key, _ in _named(fields)]
    homes: dict[str, Category] = {}
    for name, entry in value.entries().items():
        for item in entry.entries()["fields"].items():
            field = item.choice(rules, MissingFieldRule)
            if categories[name].retention_days is None:
                continue
            if field in homes:
                raise item.fault(f"the field {field!r} already has its days from {homes[field].name}")
            homes[field] = categories[name]
    for field, entry in fields.entries().items():
        if field not in homes:
            raise entry.fault("no category with retention_days lists this field", MissingFieldRule)
    return homes


def _rules(
    root: Mapping[str, Value],
    categories: Mapping[str, Category],
    purposes: Mapping[str, Purpose],
    bases: Mapping[str, LegalBasis],
) -> tuple[FieldPolicy, ...]:
    """Return the rules of the fields, in document order."""
    fields = root["fields"]
    homes = _homes(root["categories"], categories, fields)
    return tuple(_rule(name, value, homes[name], purposes, bases) for name, value in fields.entries().items())


def _rule(
    name: str,
    value: Value,
    category: Category,
    purposes: Mapping[str, Purpose],
    bases: Mapping[str, LegalBasis],
) -> FieldPolicy:
    """Return what one field's entry says, completed from its category."""
    entry = value.record(_RULE, _RULE_OPTIONS)
    personal = Personal(entry["personal"].choice(Personal))
    treatment = Treatment(entry["treatment"].choice(Treatment))
    if treatment is Treatment.KEEP and "form" not in entry:
        raise value.fault("a field that is kept needs a form", MissingFieldRule)
    if treatment is Treatment.KEEP and personal is Personal.DIRECT:
        raise entry["treatment"].fault("a field that identifies a person directly cannot be kept")
    if treatment is Treatment.PSEUDONYMISE and not {"prefix", "entity"} <= entry.keys():
        raise value.fault("a field that is pseudonymised needs a prefix and an entity", MissingFieldRule)
    return FieldPolicy(
        name=name,
        label=entry["label"].text(),
        aliases=entry["aliases"].texts(),
        category=category.name,
        personal=personal,
        treatment=treatment,
        purpose=entry["purpose"].choice(purposes) if "purpose" in entry else category.purpose,
        legal_basis=entry["legal_basis"].choice(bases) if "legal_basis" in entry else category.legal_basis,
        retention_days=_retention_days(entry, category),
        form=_form(entry["form"]) if "form" in entry else None,
        prefix=entry["prefix"].choice(PREFIXES) if "prefix" in entry else DEFAULT_PREFIX,
        entity=_shaped(entry["entity"], _ENTITY, "capitals such as IP_ADDRESS")
        if "entity" in entry
        else None,
    )


def _retention_days(entry: Mapping[str, Value], category: Category) -> int:
    """Return the days of a field: its category's, or fewer."""
    ceiling = category.retention_days
    assert ceiling is not None
    if "retention_days" not in entry:
        return ceiling
    days = entry["retention_days"].days()
    if days > ceiling:
        raise entry["retention_days"].fault(
            f"{days} days is above the {ceiling} of the category {category.name}"
        )
    return days


def _form(value: Value) -> str:
    """Return the alternatives of a form as one expression; each must run in linear time."""
    for item in value.items():
        problem = form_problem(item.text())
        if problem is not None:
            raise item.fault(f"not a regular expression that RE2 can run in linear time: {problem}")
    return "|".join(f"(?:{alternative})" for alternative in value.texts())


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


def _query_keys(root: Mapping[str, Value]) -> frozenset[str]:
    """Return the query keys, case-folded as they are compared."""
    seen: set[str] = set()
    for item in root["url_query_keys"].items() if "url_query_keys" in root else ():
        folded = item.text().casefold()
        if folded in seen:
            raise item.fault(f"{folded!r} is repeated")
        seen.add(folded)
    return frozenset(seen)


def _alias_map(root: Mapping[str, Value]) -> dict[str, str]:
    """Return the field that each normalised spelling names; a spelling with two claims is an error."""
    prefixes = root["alias_prefixes"].texts() if "alias_prefixes" in root else ()
    claims: dict[str, str] = {}
    for name, entry in root["fields"].entries().items():
        aliases = entry.entries()["aliases"].items()
        for item, spelling in [(entry, name), *((item, item.text()) for item in aliases)]:
            folded = normalise(spelling)
            if not folded:
                raise item.fault(f"{spelling!r} holds no letter and no digit")
            for key in (folded, *(normalise(prefix + spelling) for prefix in prefixes)):
                if claims.get(key) == name:
                    raise item.fault(f"{spelling!r} says the same as another spelling of {name!r}")
                if key in claims:
                    raise item.fault(f"{spelling!r} is claimed by both {claims[key]!r} and {name!r}")
                claims[key] = name
    return claims


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


def _shaped(value: Value, shape: re.Pattern[str], expected: str) -> str:
    """Return a string of a given shape."""
    text = value.text()
    if shape.fullmatch(text) is None:
        raise value.fault(f"expected {expected}, found {text!r}")
    return text


def _digest(policy: Policy) -> str:
    """Return the SHA-256, in hex, of what the policy says, whatever its comments and layout."""
    content = asdict(policy) | {"url_query_keys": sorted(policy.url_query_keys)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

"""Read the fields of a policy: the rule of each, its days, its form, and the spellings that name it."""

import re
from collections.abc import Mapping

from schemas.errors import MissingFieldRule
from schemas.identities import Identity
from schemas.policy.document import Value
from schemas.policy.field_names import normalise
from schemas.policy.policy import (
    DEFAULT_PREFIX,
    FIELD_PREFIXES,
    Category,
    FieldPolicy,
    LegalBasis,
    Personal,
    Purpose,
    Treatment,
    form_problem,
)

_RULE = ("label", "personal", "treatment", "aliases")
_RULE_OPTIONS = ("form", "prefix", "entity", "identity", "purpose", "legal_basis", "retention_days")
_IDENTITIES = {"uin": Identity.NUMBER, "usr": Identity.NAME}
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


def field_rules(
    root: Mapping[str, Value],
    categories: Mapping[str, Category],
    purposes: Mapping[str, Purpose],
    bases: Mapping[str, LegalBasis],
) -> tuple[FieldPolicy, ...]:
    """Return the rules of the fields, in document order."""
    fields = root["fields"]
    homes = _homes(root["categories"], categories, fields)
    return tuple(_rule(name, value, homes[name], purposes, bases) for name, value in fields.entries().items())


def alias_map(root: Mapping[str, Value]) -> dict[str, str]:
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


def _homes(value: Value, categories: Mapping[str, Category], fields: Value) -> dict[str, Category]:
    """Return the category that gives each event field its days: exactly one for each rule."""
    rules = [key for key, _ in fields.named()]
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
        forms=entry["form"].texts() if "form" in entry else (),
        prefix=entry["prefix"].choice(FIELD_PREFIXES) if "prefix" in entry else DEFAULT_PREFIX,
        entity=entry["entity"].shaped(_ENTITY, "capitals such as IP_ADDRESS") if "entity" in entry else None,
        identity=_identity(entry, treatment),
    )


def _identity(entry: Mapping[str, Value], treatment: Treatment) -> Identity | None:
    """Return which spellings of a field's value are one: as stated, else as the prefix of the pseudonym has it."""
    stated = Identity(entry["identity"].choice(Identity)) if "identity" in entry else None
    if treatment is not Treatment.PSEUDONYMISE:
        return None
    return stated or _IDENTITIES.get(entry["prefix"].text())


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

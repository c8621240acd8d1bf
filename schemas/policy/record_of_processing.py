"""Write the record of processing activities (GDPR, Article 30(1)) that a policy amounts to."""

from collections.abc import Sequence
from typing import Any, NamedTuple, assert_never

from schemas.policy.deployment import Deployment, raw_event_rows
from schemas.policy.policy import Category, FieldPolicy, Policy, Treatment
from schemas.policy.tokens import Tokens

CONTROLLER = "To be completed by the controller: name and contact, representative, data protection officer"
TRANSFERS = "To be completed by the controller; logveil itself sends nothing anywhere"
DATA_SUBJECTS = ("Holders and users of accounts", "Persons who are named in what the platform logs")
MEASURES = (
    "Every field has one treatment; unless a run is told otherwise, a field that is not listed is not stored",
    "Pseudonyms are keyed (HMAC-SHA-256) and differ from field to field; destroying a key unlinks them",
    "Partitions are named by the day they expire on and can be deleted whole from that day",
    "Rejected records are kept as coordinates and a keyed hash, without their content",
    "Logs, metrics, exceptions and file names hold no content of events",
)
TOKEN_MEASURES = {
    Tokens.MASKED: "Mail addresses, telephone numbers and persons found in texts become the name of their kind",
    Tokens.KEYED: "Mail addresses, telephone numbers and persons found in texts become keyed pseudonyms, by which one"
    " can be followed from event to event",
}
ACCOUNT_MEASURE = "encrypted in the account vault, beside its pseudonym"
_VOCABULARIES = {"dpv": "https://w3id.org/dpv#", "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#"}
_NEWLINES_AND_BARS = str.maketrans({"\n": " ", "\r": " ", "|": r"\|"})


class FieldRow(NamedTuple):
    """One line of the field table; `retention_days` counts from the event time."""

    name: str
    label: str
    personal: str
    treatment: str
    category: str
    purpose: str
    legal_basis: str
    retention_days: int


def field_table(policy: Policy) -> list[FieldRow]:
    """Return one row for each event field, in the order of the output.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> field_table(default_policy())[0][:4]
        ('uin', 'UIN', 'direct', 'pseudonymise')
    """
    return [
        FieldRow(
            rule.name,
            rule.label,
            rule.personal.value,
            rule.treatment.value,
            rule.category,
            rule.purpose,
            rule.legal_basis,
            rule.retention_days,
        )
        for rule in policy.fields
    ]


def record_of_processing(policy: Policy, deployment: Deployment | None = None) -> dict[str, Any]:
    """Return the record as values that JSON can hold; a deployment adds where raw events live, and for how long.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> [entry["retention"] for entry in record_of_processing(default_policy())["activities"]][1]
        '180 days from the event'
    """
    return {
        "title": policy.title,
        "controller": CONTROLLER,
        "policy": {
            "version": policy.version,
            "updated": policy.updated,
            "source": policy.source,
            "sha256": policy.digest,
        },
        "data_subjects": list(DATA_SUBJECTS),
        "activities": [_activity(policy, category) for category in policy.categories.values()],
        "recipients": [
            {
                "system": system.name,
                "part": system.text,
                "categories": [
                    held.text for held in policy.categories.values() if system.name in held.systems
                ],
            }
            for system in policy.systems.values()
        ],
        "third_country_transfers": TRANSFERS,
        "security_measures": [*MEASURES, TOKEN_MEASURES[policy.tokens]],
        **({} if deployment is None else {"raw_events": raw_event_rows(deployment, policy)}),
    }


def to_markdown(policy: Policy, deployment: Deployment | None = None) -> str:
    """Return the record as a Markdown document.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> to_markdown(default_policy()).splitlines()[0]
        '# Record of processing activities: Healthcare Omics Platform'
    """
    record = record_of_processing(policy, deployment)
    about = record["policy"]
    lines = [
        f"# Record of processing activities: {_inline(record['title'])}",
        "",
        f"Controller: {record['controller']}.",
        "",
        f"Policy: version {about['version']}, last updated {about['updated']}, {_inline(about['source'])} "
        f"(SHA-256 of its content `{about['sha256']}`).",
        "",
        "Data subjects: " + "; ".join(record["data_subjects"]) + ".",
    ]
    for activity in record["activities"]:
        lines += ["", *_activity_lines(activity)]
    recipients = [
        (recipient["system"], recipient["part"], ", ".join(recipient["categories"]))
        for recipient in record["recipients"]
    ]
    lines += ["", "## Recipients", "", *_table(("system", "its part", "categories"), recipients)]
    if deployment is not None:
        lines += ["", "## Raw events outside the output root", "", *_raw_event_lines(record["raw_events"])]
    lines += ["", "## Transfers to third countries", "", f"{record['third_country_transfers']}."]
    lines += ["", "## Security measures", "", *(f"- {measure}." for measure in record["security_measures"])]
    return "\n".join(lines) + "\n"


def _activity(policy: Policy, category: Category) -> dict[str, Any]:
    """Return the part of the record that is about one category of personal data."""
    purpose, basis = policy.purposes[category.purpose], policy.legal_bases[category.legal_basis]
    return {
        "category": category.text,
        "clause": category.clause,
        "purpose": {"text": purpose.text, "dpv": purpose.dpv, "iri": _iri(purpose.dpv)},
        "legal_basis": {"text": basis.text, "dpv": basis.dpv, "iri": _iri(basis.dpv)},
        "retention": _retention(category),
        "systems": list(category.systems),
        "fields": [_field(policy, category, policy[name]) for name in category.fields],
    }


def _field(policy: Policy, category: Category, rule: FieldPolicy) -> dict[str, Any]:
    """Return what the record says of one field within one category."""
    of_account = category.retention_days is None
    purpose = category.purpose if of_account else rule.purpose
    basis = category.legal_basis if of_account else rule.legal_basis
    return {
        "field": rule.name,
        "label": rule.label,
        "personal": rule.personal.value,
        "measure": ACCOUNT_MEASURE if of_account else _measure(rule.treatment),
        "purpose": policy.purposes[purpose].dpv,
        "legal_basis": policy.legal_bases[basis].dpv,
        "retention_days": None if of_account else rule.retention_days,
    }


def _measure(treatment: Treatment) -> str:
    """Return what a treatment does, in words for a reader who does not know the program."""
    match treatment:
        case Treatment.KEEP:
            return "kept if it has the field's form, else redacted as free text"
        case Treatment.PSEUDONYMISE:
            return "replaced by a keyed pseudonym"
        case Treatment.TRUNCATE_IP:
            return "truncated to its network (IPv4 /24, IPv6 /48)"
        case Treatment.REDACT_URL:
            return "user information, query values and fragment removed; identifying path segments replaced"
        case Treatment.REDACT_TEXT:
            return "personal data that is detected in it is replaced"
        case Treatment.DROP:
            return "not stored"
        case _:
            assert_never(treatment)


def _retention(category: Category) -> str:
    """Return the time limit of a category in words."""
    if category.retention_days is not None:
        return f"{category.retention_days} days from the event"
    return f"until the account is terminated or deleted, then erased within {category.erase_within_days} days"


def _iri(identifier: str) -> str:
    """Return a DPV identifier written out.

    Example:
        >>> _iri("dpv:ServiceProvision")
        'https://w3id.org/dpv#ServiceProvision'
    """
    prefix, _, term = identifier.partition(":")
    return _VOCABULARIES[prefix] + term


def _activity_lines(activity: dict[str, Any]) -> list[str]:
    """Return the Markdown of one activity."""
    purpose, basis = activity["purpose"], activity["legal_basis"]
    rows = [
        (entry["label"], f"`{entry['field']}`", entry["personal"], entry["measure"], _kept(entry))
        for entry in activity["fields"]
    ]
    return [
        f"## {_inline(activity['category'])}",
        "",
        f"- Policy clause: {_inline(activity['clause'])}",
        f"- Purpose: {_inline(purpose['text'])} ([{purpose['dpv']}]({purpose['iri']}))",
        f"- Legal basis: {_inline(basis['text'])} ([{basis['dpv']}]({basis['iri']}))",
        f"- Time limit for erasure: {activity['retention']}",
        f"- Systems: {', '.join(activity['systems'])}",
        "",
        *_table(("personal data", "field", "identifies a person", "measure", "kept"), rows),
    ]


def _raw_event_lines(places: Sequence[dict[str, Any]]) -> list[str]:
    """Return the Markdown table of where raw events live."""
    rows = [
        (
            place["place"],
            place["system"],
            place["holds"],
            f"{place['kept_days']} days"
            + (", longer than the policy" if place["longer_than_the_policy"] else ""),
        )
        for place in places
    ]
    return _table(("place", "system", "holds", "kept"), rows)


def _kept(entry: dict[str, Any]) -> str:
    """Return how long a field is kept, for a table."""
    days = entry["retention_days"]
    return "with the account" if days is None else f"{days} days, for {entry['purpose']}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *(tuple(_inline(cell) for cell in row) for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _inline(text: str) -> str:
    """Return a text that stays on its line and in its table cell."""
    return text.translate(_NEWLINES_AND_BARS)

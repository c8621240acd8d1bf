"""The Avro schemas of what is written (Apache Avro 1.11): they repeat the policy, so that a file explains itself."""

from typing import Any

from schemas.policy.policy import FieldPolicy, Policy

NAMESPACE = "logveil"
NULLABLE_STRING = ["null", "string"]
_TIMESTAMP = {"type": "long", "logicalType": "timestamp-millis"}
_DATE = {"type": "int", "logicalType": "date"}

TAGS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "record",
        "name": "Tag",
        "fields": [
            {"name": "field", "type": "string"},
            {"name": "category", "type": "string"},
            {"name": "purpose", "type": "string"},
            {"name": "legal_basis", "type": "string"},
            {"name": "treatment", "type": "string"},
            {"name": "expires_on", "type": _DATE},
            {
                "name": "detected",
                "type": {
                    "type": "array",
                    "items": {
                        "type": "record",
                        "name": "Detection",
                        "fields": [{"name": "kind", "type": "string"}, {"name": "count", "type": "int"}],
                    },
                },
            },
        ],
    },
}


def _field_schema(rule: FieldPolicy, policy: Policy) -> dict[str, Any]:
    return {
        "name": rule.name,
        "type": NULLABLE_STRING,
        "default": None,
        "doc": rule.label,
        "category": rule.category,
        "personal": rule.personal.value,
        "purpose": policy.purposes[rule.purpose].dpv,
        "legal_basis": policy.legal_bases[rule.legal_basis].dpv,
        "retention_days": rule.retention_days,
    }


def flat_event_schema(policy: Policy) -> dict[str, Any]:
    """Return the schema of a redacted event without its tags."""
    return {
        "type": "record",
        "name": "RedactedEvent",
        "namespace": NAMESPACE,
        "doc": f"{policy.title}, policy {policy.version}",
        "policy_digest": policy.digest,
        "fields": [
            {"name": "event_id", "type": "string"},
            {"name": "event_time", "type": _TIMESTAMP},
            {"name": "expires_at", "type": _TIMESTAMP},
            {"name": "policy_version", "type": "string"},
            {"name": "key_epoch", "type": "string"},
            {"name": "source", "type": NULLABLE_STRING, "default": None},
            *(_field_schema(rule, policy) for rule in policy.fields),
            {"name": "others", "type": {"type": "map", "values": "string"}, "default": {}},
        ],
    }


def event_schema(policy: Policy) -> dict[str, Any]:
    """Return the schema of a redacted event; its tags come last, so that their bytes can be appended."""
    schema = flat_event_schema(policy)
    return {**schema, "fields": [*schema["fields"], {"name": "tags", "type": TAGS}]}


REJECTION: dict[str, Any] = {
    "type": "record",
    "name": "Rejection",
    "namespace": NAMESPACE,
    "doc": "A record that could not be used: where it stood and why, never its content",
    "fields": [
        {"name": "stage", "type": "string"},
        {"name": "reason", "type": "string"},
        {"name": "source", "type": "string"},
        {"name": "checksum", "type": "string"},
        {"name": "offset", "type": "long"},
        {"name": "line", "type": "long"},
        {"name": "part", "type": "int"},
        {"name": "length", "type": "long"},
        {"name": "digest", "type": "string"},
        {"name": "expires_on", "type": _DATE},
    ],
}

"""Check a written event against its own schema: partition, retention, and a tag for each of its fields.

The schema repeats what the policy says of each field, so a file is checked by the policy that it was written
under.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from schemas.verification import ProblemKind

OTHERS = "others."
_DROPPED = "drop"
_PERSONAL = ("direct", "indirect")

Fault = tuple[ProblemKind, str]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a schema says of one field; `retention_days` counts from the event time."""

    purpose: str
    legal_basis: str
    retention_days: int
    personal: bool


def field_rules(schema: Mapping[str, Any]) -> dict[str, FieldRule]:
    """Return what a schema says of the policy's fields, by name."""
    return {
        field["name"]: FieldRule(
            field["purpose"],
            field["legal_basis"],
            int(field["retention_days"]),
            field["personal"] in _PERSONAL,
        )
        for field in schema["fields"]
        if "retention_days" in field
    }


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """Checks the records of one partition."""

    rules: Mapping[str, FieldRule]
    category: str
    expires_on: date

    def faults(self, record: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a record."""
        event_time, expires_at = record["event_time"], record["expires_at"]
        present = [name for name in self.rules if record[name] is not None]
        if expires_at.date() != self.expires_on:
            yield ProblemKind.PARTITION, "expire on another day than their partition"
        days = [self.rules[name].retention_days for name in present if self.rules[name].personal]
        if days and expires_at > event_time + timedelta(days=min(days)):
            yield ProblemKind.RETENTION, "are kept longer than their retention"
        yield from self._tag_faults(record["tags"], present, record["others"], event_time)

    def _tag_faults(
        self,
        tags: Iterable[Mapping[str, Any]],
        present: Iterable[str],
        others: Iterable[str],
        event_time: datetime,
    ) -> Iterator[Fault]:
        tagged = {tag["field"]: tag for tag in tags}
        wanted = {*present, *(f"{OTHERS}{name}" for name in others)}
        if wanted - tagged.keys():
            yield ProblemKind.TAGS, "have a field without a tag"
        if any(tagged[name]["treatment"] != _DROPPED for name in tagged.keys() - wanted):
            yield ProblemKind.TAGS, "have a tag without a field"
        if any(not self._is_right(tag, event_time) for tag in tagged.values()):
            yield ProblemKind.TAGS, "have a tag that is not what the schema says"

    def _is_right(self, tag: Mapping[str, Any], event_time: datetime) -> bool:
        rule = self.rules.get(tag["field"])
        if tag["category"] != self.category or not tag["treatment"]:
            return False
        if rule is None:
            return bool(tag["field"].startswith(OTHERS) and tag["purpose"] and tag["legal_basis"])
        expires_on = event_time.date() + timedelta(days=rule.retention_days)
        stated = (tag["purpose"], tag["legal_basis"], tag["expires_on"])
        return stated == (rule.purpose, rule.legal_basis, expires_on)

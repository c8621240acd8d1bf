"""Bring stored records to a stricter policy without the raw events: drop, treat again, let events go sooner.

A record keeps its id, its time and its key epoch. What a stricter policy needs and is not stored any more, as the name
behind a network or behind a token in a text, cannot be had: such a value is dropped.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from schemas.errors import RetentionError
from schemas.events import ClassifiedEvent, FieldOutcome, RawRecord, RedactedEvent, Source
from schemas.policy.policy import Policy, Treatment
from transforms.detect import Detection
from transforms.drift import EARLIER, OTHERS, Drift, Remedy, Stored, stored_values
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter
from transforms.tag import tag_of

_PEOPLE = (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP)
_NOWHERE = RawRecord(b"", Source("stored"))


@dataclass(frozen=True, slots=True)
class TightenedRecord:
    """A record under the stricter policy, and what was done: remedies by field, and `earlier` if it goes sooner."""

    record: dict[str, Any]
    done: Counter[str]


@dataclass(slots=True)
class _Work:
    """One record on its way: what stays as it is, what is treated again, what was found in its values before."""

    record: Mapping[str, Any]
    values: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, FieldOutcome] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)


class RecordTightener:
    """Tightens records that were written under a schema with the fields `written`.

    `keys` are those of the epochs that the records may have: a value that is to be pseudonymised and whose epoch has no
    key any more is dropped.
    """

    def __init__(
        self,
        policy: Policy,
        keys: Sequence[PseudonymKey],
        written: Collection[str],
        detection: Detection | None = None,
    ) -> None:
        self.policy = policy
        self._drift = Drift(policy, frozenset(written))
        self._keys = {key.epoch: key for key in keys}
        self._detection = detection
        self._redactors: dict[str, Any] = {}

    def behind(self, record: Mapping[str, Any]) -> list[str]:
        """Return what a record lacks."""
        return self._drift.behind(record)

    def tighten(self, records: Sequence[Mapping[str, Any]]) -> list[TightenedRecord]:
        """Return records under the stricter policy, in order.

        Raises:
            RetentionError: A detector fails on one of them, or there are no keys where one is needed.
        """
        works = [self._sort(record) for record in records]
        by_epoch: dict[str, list[_Work]] = {}
        for work in works:
            if work.again:
                by_epoch.setdefault(work.record["key_epoch"], []).append(work)
        for epoch, of_epoch in by_epoch.items():
            self._treat(epoch, of_epoch)
        return [self._finish(work) for work in works]

    def _sort(self, record: Mapping[str, Any]) -> _Work:
        """Sort a record's values into those that stay, are treated again, and go."""
        work = _Work(record)
        tags = {tag["field"]: tag for tag in record["tags"]}
        people_again = False
        for stored in stored_values(record):
            remedy, name, treatment = self._remedy(stored, record["key_epoch"])
            if remedy is Remedy.DROP or name in work.values:
                work.done[f"{stored.name}: {Remedy.DROP}"] += 1
                continue
            work.values[name] = stored.value
            detected = tuple((one["kind"], one["count"]) for one in tags[stored.name]["detected"])
            work.outcomes[name] = FieldOutcome(name, stored.treatment, detected)
            if remedy is Remedy.TREAT:
                work.again[name] = stored.value
                work.done[f"{stored.name}: {treatment}"] += 1
                people_again = people_again or treatment in _PEOPLE
        if people_again:  # they may stand in the texts, which knew nothing of them
            for name, outcome in work.outcomes.items():
                if outcome.treatment not in _PEOPLE:
                    work.again[name] = work.values[name]
        return work

    def _remedy(self, stored: Stored, epoch: str) -> tuple[Remedy, str, Treatment]:
        """Return the remedy of a value, the name that it has now, and its field's treatment."""
        target = self._drift.target(stored.name)
        remedy = self._drift.remedy(stored)
        treatment = self._drift.treatment(stored.name)
        if remedy is Remedy.TREAT and treatment is Treatment.PSEUDONYMISE:
            if not self._keys:
                raise RetentionError(
                    f"{stored.name} is to be pseudonymised: that needs the keys of the root (--keys)"
                )
            remedy = Remedy.TREAT if epoch in self._keys else Remedy.DROP
        return remedy, stored.name if stored.name.startswith(OTHERS) or target is None else target, treatment

    def _treat(self, epoch: str, works: Sequence[_Work]) -> None:
        outcome = self._redactor(epoch)([_event(work) for work in works])
        if outcome.rejections:
            raise RetentionError("a detector fails on a stored text: nothing was changed")
        for work, redacted in zip(works, outcome.kept, strict=True):
            for treated in redacted.outcomes:
                work.values[treated.field] = _value(redacted, treated.field)
                before = Counter(dict(work.outcomes[treated.field].detected))
                found = tuple(sorted((before + Counter(dict(treated.detected))).items()))
                work.outcomes[treated.field] = treated._replace(detected=found)

    def _redactor(self, epoch: str) -> Any:
        """Return the redaction under an epoch's key; without one nothing that needs it comes here."""
        if epoch not in self._redactors:
            key = self._keys.get(epoch) or PseudonymKey(bytes(32), epoch)
            step = RedactStep(self.policy, key, Rejecter(key, ""), self._detection, arriving=False)
            self._redactors[epoch] = step.build()
        return self._redactors[epoch]

    def _finish(self, work: _Work) -> TightenedRecord:
        record = work.record
        day: date = record["event_time"].date()
        own = [name for name in work.values if not name.startswith(OTHERS)]
        days = timedelta(days=self._drift.days(own))
        expires_at = min(record["expires_at"], record["event_time"] + days)
        if expires_at.date() < record["expires_at"].date():
            work.done[EARLIER] += 1
        kept = {name: record[name] for name in ("event_id", "event_time", "key_epoch", "source")}
        made = {
            **kept,
            **{rule.name: work.values.get(rule.name) for rule in self.policy.fields},
            "expires_at": expires_at,
            "policy_version": self.policy.version,
            "others": {
                name.removeprefix(OTHERS): value
                for name, value in work.values.items()
                if name.startswith(OTHERS)
            },
            "tags": [self._tag(outcome, day) for outcome in work.outcomes.values()],
        }
        return TightenedRecord(made, work.done)

    def _tag(self, outcome: FieldOutcome, day: date) -> dict[str, Any]:
        tag = tag_of(self.policy, self._drift.rules.get(outcome.field), outcome)._asdict()
        days = timedelta(days=tag.pop("retention_days"))
        detected = [{"kind": kind, "count": count} for kind, count in outcome.detected]
        return {**tag, "treatment": str(outcome.treatment), "expires_on": day + days, "detected": detected}


def _event(work: _Work) -> ClassifiedEvent:
    own = {name: value for name, value in work.again.items() if not name.startswith(OTHERS)}
    others = {
        name.removeprefix(OTHERS): value for name, value in work.again.items() if name.startswith(OTHERS)
    }
    return ClassifiedEvent(_NOWHERE, own, others, 0)


def _value(event: RedactedEvent, name: str) -> str:
    return event.others[name.removeprefix(OTHERS)] if name.startswith(OTHERS) else event.values[name]

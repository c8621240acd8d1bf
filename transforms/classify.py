"""Sort the keys of a log event into the policy's fields; what the policy does not know has no purpose."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.events import ClassifiedEvent, Counts, LogEvent, Reason, RecordFormat, Source, Stage
from schemas.policy.policy import Policy, Treatment
from transforms.batches.display import Shown, shown_policy
from transforms.batches.remembered import Remembered
from transforms.batches.steps import Outcome, Stepped, apply_step
from transforms.hidden_people import HiddenPeople
from transforms.parsing.event_time import StatedTime, event_time_ms, time_ms
from transforms.rejections import Rejecter
from transforms.sort_keys import ACCESS_TIME, MAX_FIELDS, KeySorter, Sorted
from transforms.unknown_names import (
    ACCOUNT_PREFIXES,
    NOBODY,
    UNNAMEABLE,
    count_name,
    count_personal_name,
    nameable,
)
from transforms.values import as_text

_CACHED_KEYS = 4096
_SOURCE_PARTS = tuple(
    (name, Remembered(re.compile(form).fullmatch, _CACHED_KEYS))
    for name, form in (
        ("__TOPIC__", r"(?:\d+-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("__TAG__.region", r"[a-z]{2}-[a-z]{2,16}(?:-[a-z0-9]{1,3})?"),
        ("__TAG__.cluster_id", r"cls-[a-z0-9]{8}"),
    )
)


class UnknownFields(StrEnum):
    """What becomes of a field that the policy does not know."""

    DROP = "drop"
    REDACT = "redact"
    REJECT = "reject"


def _with_date(pairs: Sequence[tuple[str, Any]], clock: str) -> str:
    """Return a clock behind the date that an event has under a key of its own, as W3C and spreadsheets write it."""
    date = next((value for key, value in pairs if key.casefold() == "date" and isinstance(value, str)), "")
    return f"{date.strip()} {clock.strip()}"


def log_source(envelope: Mapping[str, Any]) -> str | None:
    """Return the topic, region and cluster of an event, those that have their form, joined by a slash.

    Example:
        >>> log_source({"__TAG__.region": "ap-guangzhou", "__TAG__.cluster_id": "cls-a1b2c3d4"})
        'ap-guangzhou/cls-a1b2c3d4'
    """
    parts = [
        value
        for name, has_form in _SOURCE_PARTS
        if isinstance(value := envelope.get(name), str) and has_form[value]
    ]
    return "/".join(parts) or None


def package_coordinates(envelope: Mapping[str, Any]) -> str | None:
    """Return the log service's coordinates of an event, where it gives both its package and its place in it."""
    package, log = envelope.get("__PKGID__"), envelope.get("__PKG_LOGID__")
    return None if package in (None, "") or log in (None, "") else f"{package}/{log}"


@dataclass(frozen=True)
class ClassifyStep:
    """Configuration of the classification."""

    policy: Policy
    reject: Rejecter
    unknown_fields: UnknownFields = UnknownFields.DROP

    def build(self) -> Callable[[Sequence[LogEvent]], Outcome[ClassifiedEvent]]:
        """Return the classification of a batch."""
        return _Classifier(self).classify


class _Classifier:
    def __init__(self, step: ClassifyStep) -> None:
        self._reject = step.reject
        self._unknown_fields = step.unknown_fields
        self._sorter = KeySorter(step.policy)
        self._stated_time = StatedTime(step.policy.time_fields)
        self._hidden = HiddenPeople(step.policy, step.unknown_fields is UnknownFields.REDACT)
        self._accounts = [
            rule.name
            for rule in step.policy.fields
            if rule.treatment is Treatment.PSEUDONYMISE and rule.prefix in ACCOUNT_PREFIXES
        ]
        self._people = [
            rule.name
            for rule in step.policy.fields
            if rule.treatment in (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP)
        ]

    def classify(self, events: Sequence[LogEvent]) -> Outcome[ClassifiedEvent]:
        outcome: Outcome[ClassifiedEvent] = Outcome([])
        for event in events:
            result = self._classify_one(event, outcome.counts)
            if isinstance(result, Reason):
                outcome.rejections.append(self._reject(event.record, Stage.CLASSIFY, result))
                outcome.counts[f"rejected/{result}"] += 1
            else:
                outcome.kept.append(result)
        return outcome

    def _classify_one(self, event: LogEvent, counts: Counts) -> ClassifiedEvent | Reason:
        found = self._sorter.sort(event.pairs)
        if found.pairs > MAX_FIELDS:
            return Reason.TOO_MANY_FIELDS
        time = self._time_of(event, found)
        if isinstance(time, Reason):
            return time
        if found.unknown or found.seconds:
            if self._unknown_fields is UnknownFields.REJECT and found.unknown:
                return Reason.UNKNOWN_FIELD
            self._keep_or_count(found, counts, _author_of_names(event.record.source))
        if not found.values and not found.others:
            return Reason.NO_KNOWN_FIELD
        hidden = self._hidden.drop(found.values, found.others, counts)
        return ClassifiedEvent(
            event.record,
            found.values,
            found.others,
            time,
            log_source(event.envelope),
            package_coordinates(event.envelope),
            (*hidden, *self._hidden.among(found.unknown)) if found.unknown else hidden,
        )

    def _time_of(self, event: LogEvent, found: Sorted) -> int | Reason:
        """Return the time of an event: as the policy's time fields state it, else the first access time that is one."""
        stated, source = self._stated_time.of(event), event.record.source
        time = event_time_ms(stated, found.values.get(ACCESS_TIME), source.zone, source.modified_ms)
        if time is Reason.BAD_TIME:
            seconds = (text for name, text in found.others.items() if name.partition(".")[0] == ACCESS_TIME)
            texts = chain(seconds, [_with_date(event.pairs, found.values.get(ACCESS_TIME, ""))])
            others = (time_ms(text, source.zone, source.modified_ms) for text in texts)
            return next((other for other in others if other is not None), time)
        return time

    def _keep_or_count(self, found: Sorted, counts: Counts, witness: str) -> None:
        """Count what is not in a field of its own; `witness` stands for the person who names were written by."""
        for name in found.seconds:
            counts[f"second_value/{name}"] += 1
        people = [found.values[name] for name in self._people if name in found.values]
        person = witness or next(
            (found.values[name] for name in self._accounts if name in found.values), NOBODY
        )
        for key, value in found.unknown:
            name = nameable(key, people)
            if name != UNNAMEABLE or nameable(key) == UNNAMEABLE:
                count_name(counts, name, person)
            else:
                count_personal_name(counts, key)
            if self._unknown_fields is not UnknownFields.REDACT or self._hidden.names(key):
                continue
            if text := as_text(value):
                found.keep(self._sorter.of_people(key) or name, text)


def _author_of_names(source: Source) -> str:
    """Return what stands for who wrote an event's keys: of a table one for all its rows, else nobody in particular."""
    return source.checksum or source.name if source.format is RecordFormat.CSV else NOBODY


@beam.typehints.with_input_types(LogEvent)
@dataclass
class ClassifyFields(beam.PTransform):
    """Sort the keys of log events into the policy's fields.

    *Input*: `LogEvent`. *Output*: `Stepped` of `ClassifiedEvent`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: too many pairs, no or unusable event time, no known field, unknown fields where the run says so.
    *Guarantee*: a value whose key the policy does not know is in `others` only if the run keeps unknown fields.

    Example:
        >>> from schemas.events import RawRecord, Source
        >>> from schemas.policy.file import default_policy
        >>> from transforms.pseudonyms import PseudonymKey
        >>> pairs = (("ownerUin", "7"), ("clientIp", "203.0.113.77"), ("colour", "red"))
        >>> event = LogEvent(RawRecord(b"", Source("a")), pairs, {"__TIMESTAMP__": 1_790_000_000_000})
        >>> reject = Rejecter(PseudonymKey(bytes(32), "1"), expires_on="2027-05-23")
        >>> with beam.Pipeline() as pipeline:
        ...     classified = pipeline | beam.Create([event]) | ClassifyFields(default_policy(), reject)
        ...     _ = classified.kept | "PrintValues" >> beam.Map(lambda event: print(event.values))
        {'uin': '7', 'client_ip': '203.0.113.77'}
    """

    policy: Policy
    reject: Rejecter
    unknown_fields: UnknownFields = UnknownFields.DROP

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {**shown_policy(self.policy), "unknown_fields": str(self.unknown_fields)}

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[LogEvent]) -> Stepped:
        """Apply the classification."""
        return apply_step(
            events, ClassifyStep(self.policy, self.reject, self.unknown_fields), "SortKeysIntoFields"
        )

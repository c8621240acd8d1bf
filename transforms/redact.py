"""Redact the values of classified events, each by the treatment that the policy gives its field.

A structured value is treated whole; free text, URLs and host names go through the detectors, which also know the
event's own people: a value that was replaced in its own field is replaced alike wherever the event repeats it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.errors import DetectorError
from schemas.events import ClassifiedEvent, FieldOutcome, Reason, RedactedEvent, Stage
from schemas.policy import Policy, Treatment
from transforms.batches import Outcome, Stepped, apply_step
from transforms.detect import Detection, Known, RedactedText
from transforms.detect.own import folded
from transforms.pseudonyms import PseudonymKey, keyed_digest
from transforms.rejections import Rejecter
from transforms.treatments import Treat, compile_treatments, field_treatment

OTHER_TEXT = "others"
_SHORTEST_PERSON = 4
_CACHED_VALUES = 16_384
_CACHED_KEPT = 4096  # kept values are few words or, as request ids are, new in each event
Detections = tuple[tuple[str, int], ...]
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class RedactStep:
    """Configuration of the redaction."""

    policy: Policy
    key: PseudonymKey
    reject: Rejecter
    detection: Detection | None = None

    def build(self) -> Callable[[Sequence[ClassifiedEvent]], Outcome[RedactedEvent]]:
        """Compile the detectors and return the redaction of a batch."""
        return _Redactor(self).redact


@dataclass(slots=True)
class _Work:
    """One event on its way: what is settled, by the names of its outcomes in the order of their treatment."""

    event: ClassifiedEvent
    values: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, FieldOutcome] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)


class _Settled(NamedTuple):
    """What became of a value that was taken whole, and whom it names."""

    text: str
    outcome: FieldOutcome
    person: Known | None


class _Redactor:
    def __init__(self, step: RedactStep) -> None:
        self._key = step.key
        self._reject = step.reject
        treatments = compile_treatments(step.policy, step.key)
        self._entities = entities_of(step.policy)
        self._settle = {
            name: _settling(name, treat, self._entities.get(name)) for name, treat in treatments.items()
        }
        self._urls = {rule.name for rule in step.policy.fields if rule.treatment is Treatment.REDACT_URL}
        detection = step.detection or Detection.of(step.policy)
        self._text = detection.build(field_treatment(treatments))
        self._text_outcome = _remembered_outcomes(Treatment.REDACT_TEXT)
        self._url_outcome = _remembered_outcomes(Treatment.REDACT_URL)

    def redact(self, events: Sequence[ClassifiedEvent]) -> Outcome[RedactedEvent]:
        try:
            return Outcome(self._redact_all(events))
        except DetectorError:
            return self._redact_singly(events)

    def _redact_singly(self, events: Sequence[ClassifiedEvent]) -> Outcome[RedactedEvent]:
        outcome: Outcome[RedactedEvent] = Outcome([])
        for event in events:
            try:
                outcome.kept.extend(self._redact_all([event]))
            except DetectorError:
                outcome.rejections.append(self._reject(event.record, Stage.REDACT, Reason.DETECTOR_FAILED))
                outcome.counts[f"rejected/{Reason.DETECTOR_FAILED}"] += 1
        return outcome

    def _redact_all(self, events: Sequence[ClassifiedEvent]) -> list[RedactedEvent]:
        texts, urls = _Pending(self._text_outcome), _Pending(self._url_outcome)
        works = [_Work(event) for event in events]
        for work in works:
            self._treat_structured(work, texts, urls)
        texts.settle(self._text.redact)
        urls.settle(self._text.redact_url)
        return [self._finish(work) for work in works]

    def _treat_structured(self, work: _Work, texts: "_Pending", urls: "_Pending") -> None:
        values, outcomes, settles = work.values, work.outcomes, self._settle
        free: list[tuple[str, str]] = []
        kept: list[str] = []
        people: list[Known] = []
        for name, value in work.event.values.items():
            settle = settles.get(name)
            settled = None if settle is None else settle(value)
            if settled is None:
                free.append((name, value))
                continue
            values[name], outcomes[name], person = settled
            if person is not None:
                people.append(person)
            elif name not in self._entities:
                kept.append(name)
        others = [pair for pair in work.event.others.items() if not self._treat_second(work, people, *pair)]
        known = tuple(people)
        if kept and known and _holds_a_person("\0".join([values[name] for name in kept]), known):
            free.extend((name, values[name]) for name in kept if _holds_a_person(values[name], known))
        for name, value in free:
            (urls if name in self._urls else texts).add(values, name, outcomes, name, value, known)
        for name, value in others:
            texts.add(work.others, name, outcomes, f"{OTHER_TEXT}.{name}", value, known)

    def _treat_second(self, work: _Work, people: list[Known], other: str, value: str) -> bool:
        """Treat a second value of a field that names a person like its first; say whether it was one."""
        name = other.partition(".")[0]
        settled = self._settle[name](value) if name in self._entities else None
        if settled is None:
            return False
        work.others[other] = settled.text
        work.outcomes[f"{OTHER_TEXT}.{other}"] = settled.outcome._replace(field=f"{OTHER_TEXT}.{other}")
        if settled.person is not None:
            people.append(settled.person)
        return True

    def _finish(self, work: _Work) -> RedactedEvent:
        event = work.event
        identity = keyed_digest(self._key.secret, "event", _coordinates(event) + b"\0" + event.record.data)
        return RedactedEvent(
            event.record,
            identity.hex()[:32],
            event.event_time,
            event.source,
            work.values,
            work.others,
            tuple(work.outcomes.values()),
            event.package,
        )


def _settling(name: str, treat: Treat, kind: str | None) -> Callable[[str], _Settled | None]:
    """Return the treatment of one field's values, which are remembered with whom they name."""

    def settle(value: str) -> _Settled | None:
        treated = treat(value)
        if treated is None:
            return None
        person = None if kind is None else known_person(value, treated.text, kind)
        return _Settled(treated.text, FieldOutcome(name, treated.treatment), person)

    return lru_cache(maxsize=_CACHED_KEPT if kind is None else _CACHED_VALUES)(settle)


class _Pending:
    """Texts of a batch that wait for one call of the detectors, and where their results go."""

    def __init__(self, outcome: Callable[[str, Detections], FieldOutcome]) -> None:
        self._outcome = outcome
        self._places: list[tuple[dict[str, str], str, dict[str, FieldOutcome], str]] = []
        self._texts: list[str] = []
        self._known: list[Sequence[Known]] = []

    def add(
        self,
        values: dict[str, str],
        name: str,
        outcomes: dict[str, FieldOutcome],
        stated: str,
        text: str,
        known: Sequence[Known],
    ) -> None:
        """Note a text that goes to `values[name]` and whose outcome is stated under a name of its own."""
        self._places.append((values, name, outcomes, stated))
        self._texts.append(text)
        self._known.append(known)

    def settle(
        self, redact: Callable[[Sequence[str], Sequence[Sequence[Known]]], Iterable[RedactedText]]
    ) -> None:
        """Redact the texts and put the results in their places."""
        results = redact(self._texts, self._known)
        for (values, name, outcomes, stated), (text, detections) in zip(self._places, results, strict=True):
            values[name] = text
            outcomes[stated] = self._outcome(stated, detections)


def _remembered_outcomes(treatment: Treatment) -> Callable[[str, Detections], FieldOutcome]:
    """Return what makes the outcome of a field whose value went through the detectors."""

    @lru_cache(maxsize=_CACHED_VALUES)
    def outcome(name: str, detections: Detections) -> FieldOutcome:
        return FieldOutcome(name, treatment, detections)

    return outcome


def _holds_a_person(value: str, known: Sequence[Known]) -> bool:
    lower = folded(value)
    for person in known:
        if person.literal in lower and len(person.literal) >= _SHORTEST_PERSON:
            return True
    return False


def _coordinates(event: ClassifiedEvent) -> bytes:
    source = event.record.source
    if event.package is not None:
        return event.package.encode()
    place = (
        f"{source.checksum or source.name}/{source.part if not source.checksum else 0}/{event.record.offset}"
    )
    return place.encode()


def entities_of(policy: Policy) -> dict[str, str]:
    """Return the kind of personal data that each field holds whose values are the event's own people."""
    return {
        rule.name: rule.entity or rule.name.upper()
        for rule in policy.fields
        if rule.treatment in (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP)
    }


def known_person(value: str, treated: str, kind: str) -> Known | None:
    """Return what is searched for in an event's texts because one of its fields held it; None if nothing is."""
    person = _CONTROL.sub("", value).strip()
    return Known(person, treated, kind) if person and treated != value else None


@beam.typehints.with_input_types(ClassifiedEvent)
@dataclass
class RedactFields(beam.PTransform):
    """Redact the values of classified events by the policy's treatments.

    *Input*: `ClassifiedEvent`. *Output*: `Stepped` of `RedactedEvent`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: an event on which a detector fails. *Guarantee*: no value leaves untreated.

    Example:
        >>> from schemas.events import RawRecord, Source
        >>> from schemas.policy_file import default_policy
        >>> key = PseudonymKey(bytes(32), "1")
        >>> values = {"username": "lin", "output": "user lin from 203.0.113.77"}
        >>> event = ClassifiedEvent(RawRecord(b"", Source("a")), values, {}, event_time=1_790_000_000_000)
        >>> reject = Rejecter(key, expires_on="2027-05-23")
        >>> with beam.Pipeline() as pipeline:
        ...     redacted = pipeline | beam.Create([event]) | RedactFields(default_policy(), key, reject)
        ...     _ = redacted.kept | "PrintOutput" >> beam.Map(lambda event: print(event.values["output"]))
        user usr_1_c3lhkz3nubgk36ljmayr from 203.0.113.0/24
    """

    policy: Policy
    key: PseudonymKey
    reject: Rejecter
    detection: Detection | None = None

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[ClassifiedEvent]) -> Stepped:
        """Apply the redaction."""
        return apply_step(
            events, RedactStep(self.policy, self.key, self.reject, self.detection), "RedactByTreatment"
        )

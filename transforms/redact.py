"""Redact the values of classified events, each by the treatment that the policy gives its field.

A structured value is treated whole; free text, URLs and host names go through the detectors, which also know the
event's own people: a value that was replaced in its own field is replaced alike wherever the event repeats it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.errors import DetectorError
from schemas.events import ClassifiedEvent, Counts, FieldOutcome, Reason, RedactedEvent, Stage
from schemas.policy.policy import Policy, Treatment
from transforms.accounts.erased import ERASED_ON_ARRIVAL, ErasedAccounts, ErasedWatch
from transforms.batches.display import Shown, shown_policy
from transforms.batches.steps import Outcome, Stepped, apply_step
from transforms.detect import Detection, Known
from transforms.event_id import event_id
from transforms.event_people import entities_of, hidden_people, holds_a_person
from transforms.keyed_fields import keyed_people
from transforms.possible_accounts import account_treatment, known_accounts, part_reader
from transforms.pseudonyms import PseudonymKey
from transforms.rejections import Rejecter
from transforms.settled import settled_values
from transforms.token_treatments import own_tokens, text_treatment
from transforms.treatments import compile_treatments

OTHER_TEXT = "others"
_CACHED_VALUES = 16_384
Detections = tuple[tuple[str, int], ...]
_Free = tuple[dict[str, FieldOutcome], dict[str, str], str, str, str, list[Known], bool]
"""What goes through the detectors: where its outcome and its result belong, by which name, how it is stated, the text,
whom the event names, is it a URL. A plain tuple: with names of its own, an event cost two per cent more."""


@dataclass(frozen=True)
class RedactStep:
    """Configuration of the redaction; what is not `arriving`, but logveil's own output, comes out as it is."""

    policy: Policy
    key: PseudonymKey
    reject: Rejecter
    detection: Detection | None = None
    erased: ErasedAccounts | None = None
    arriving: bool = True

    def build(self) -> Callable[[Sequence[ClassifiedEvent]], Outcome[RedactedEvent]]:
        """Compile the detectors and return the redaction of a batch."""
        return self.compile().redact

    def compile(self) -> "Redactor":
        """Compile the detectors and return what redacts batches."""
        return Redactor(self)


@dataclass(slots=True)
class _Work:
    """One event on its way: its values, outcomes in the order of their treatment, second and unknown values."""

    event: ClassifiedEvent
    values: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, FieldOutcome] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)


class Redactor:
    """Redacts batches of events.

    `settled` has, by field, what becomes of a value that is taken whole; `texts` redacts what is not, once `own_tokens`
    has made forged pseudonyms its own; `text_outcome` and `url_outcome` give the outcome of what was detected.
    """

    def __init__(self, step: RedactStep) -> None:
        """Compile the treatments and the detectors."""
        self._key = step.key
        self._reject = step.reject
        self._watch = None if step.erased is None else step.erased.watch()
        treatments = compile_treatments(step.policy, step.key, self._watch, step.arriving)
        self._entities = entities_of(step.policy)
        parts = part_reader(step.policy, treatments)
        self.settled = {
            name: settled_values(
                FieldOutcome(name, step.policy[name].treatment), treat, self._entities.get(name), parts
            )
            for name, treat in treatments.items()
        }
        self._addresses = _fields_with(step.policy, Treatment.TRUNCATE_IP)
        self._account_kind, self._treat_account = account_treatment(step.policy, treatments)
        self._urls = _fields_with(step.policy, Treatment.REDACT_URL)
        detection = step.detection or Detection.of(step.policy)
        self.texts = detection.build(text_treatment(step.policy, step.key, self._watch))
        self._keyed = keyed_people(detection, self.texts.search.resolve)
        self._let_be: Counts = Counts()
        self.own_tokens = own_tokens(step.policy, step.key, self._watch, step.arriving)
        self.text_outcome = _remembered_outcomes(Treatment.REDACT_TEXT)
        self.url_outcome = _remembered_outcomes(Treatment.REDACT_URL)

    def redact(self, events: Sequence[ClassifiedEvent]) -> Outcome[RedactedEvent]:
        """Return what became of a batch; an event on which a detector fails is rejected."""
        try:
            outcome = Outcome(self._redact_all(events))
        except DetectorError:
            outcome = self._redact_singly(events)
        if self._let_be:
            outcome.counts.update({f"allowed/{name}": number for name, number in self._let_be.items()})
            self._let_be.clear()
        return outcome if self._watch is None else _without_erased(outcome, self._watch)

    def names_erased(self, text: str) -> bool:
        """Tell whether what this has made of a value holds the pseudonym of an erased account."""
        return self._watch is not None and self._watch.names_erased(text)

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
        works = [_Work(event) for event in events]
        self._treat_free([free for work in works for free in self._treat_structured(work)])
        return [self._finish(work) for work in works]

    def _treat_structured(self, work: _Work) -> list[_Free]:
        """Settle what is taken whole; return what goes through the detectors, URLs last."""
        values, outcomes, settled_values, url_names = work.values, work.outcomes, self.settled, self._urls
        texts: list[_Free] = []
        urls: list[_Free] = []
        kept: list[str] = []
        people = hidden_people(work.event) if work.event.hidden else []
        for name, value in work.event.values.items():
            remembered = settled_values.get(name)
            settled = None if remembered is None else remembered[value]
            if settled is None:
                is_url = name in url_names
                (urls if is_url else texts).append((outcomes, values, name, name, value, people, is_url))
                continue
            values[name], outcomes[name], person, parts = settled
            if person is not None:
                people += (person, *parts)
            elif name not in self._entities:
                kept.append(values[name])
        others: list[_Free] = [
            (
                outcomes,
                work.others,
                name,
                f"{OTHER_TEXT}.{name}",
                value,
                self._with_key(name, value, people),
                False,
            )
            for name, value in work.event.others.items()
            if not self._treat_second(work, people, name, value)
        ]
        if kept and people and holds_a_person("\0".join(kept), people):
            texts += self._naming(work, people)
        addresses = self._addresses
        return [
            self._with_accounts(free) if free[2].partition(".")[0] in addresses else free
            for free in chain(texts, others)
        ] + urls

    def _with_key(self, name: str, value: str, people: list[Known]) -> list[Known]:
        """Return whom a field beside the policy's may name: of its key, which is not in its text, too."""
        keyed = self._keyed(name, value)
        if not keyed:
            return people
        people.extend(Known(one.text, one.replacement, one.kind) for one in keyed)
        return [*keyed, *people]

    def _with_accounts(self, free: _Free) -> _Free:
        """Let an address field that holds no address know what in it may be an account's name."""
        outcomes, into, name, stated, text, people, is_url = free
        accounts = known_accounts(text, self._account_kind, self._treat_account)
        people.extend(Known(one.text, one.replacement, one.kind) for one in accounts)
        return outcomes, into, name, stated, text, [*accounts, *people], is_url

    def _naming(self, work: _Work, people: list[Known]) -> Iterator[_Free]:
        """Yield the kept values that name the event's own people: they go through the detectors after all."""
        for name, value in work.values.items():
            if name not in self._entities and holds_a_person(value, people):
                yield work.outcomes, work.values, name, name, value, people, False

    def _treat_free(self, free: Sequence[_Free]) -> None:
        """Ask the detectors once for all texts and URLs of a batch."""
        if not free:
            return
        _, _, _, _, texts, known, are_urls = zip(*free, strict=True)
        text_outcome, url_outcome, own_tokens = self.text_outcome, self.url_outcome, self.own_tokens
        own = [own_tokens(text) if "_" in text else text for text in texts]
        redacted = self.texts.redact(own, known, are_urls)
        for (outcomes, into, name, stated, _, _, is_url), (text, detections, allowed) in zip(
            free, redacted, strict=True
        ):
            into[name] = text
            if allowed:
                self._let_be.update(dict(allowed))
            outcomes[stated] = (url_outcome if is_url else text_outcome)(stated, detections)

    def _treat_second(self, work: _Work, people: list[Known], other: str, value: str) -> bool:
        """Treat a second value of a field that names a person like its first; say whether it was one."""
        name = other.partition(".")[0]
        settled = self.settled[name][value] if name in self._entities else None
        if settled is None:
            return False
        work.others[other], outcome, person, parts = settled
        work.outcomes[f"{OTHER_TEXT}.{other}"] = outcome._replace(field=f"{OTHER_TEXT}.{other}")
        if person is not None:
            people += (person, *parts)
        return True

    def _finish(self, work: _Work) -> RedactedEvent:
        event = work.event
        return RedactedEvent(
            event.record,
            event_id(self._key, event),
            event.event_time,
            event.source,
            work.values,
            work.others,
            tuple(work.outcomes.values()),
            event.package,
        )


def _without_erased(outcome: Outcome[RedactedEvent], watch: ErasedWatch) -> Outcome[RedactedEvent]:
    """Drop and count the events of accounts that were erased."""
    kept = [event for event in map(watch.without_erased, outcome.kept) if event is not None]
    if len(kept) < len(outcome.kept):
        outcome.counts[ERASED_ON_ARRIVAL] += len(outcome.kept) - len(kept)
    return Outcome(kept, outcome.rejections, outcome.counts)


def _fields_with(policy: Policy, treatment: Treatment) -> set[str]:
    return {rule.name for rule in policy.fields if rule.treatment is treatment}


def _remembered_outcomes(treatment: Treatment) -> Callable[[str, Detections], FieldOutcome]:
    """Return what makes the outcome of a field whose value went through the detectors."""

    @lru_cache(maxsize=_CACHED_VALUES)
    def outcome(name: str, detections: Detections) -> FieldOutcome:
        return FieldOutcome(name, treatment, detections)

    return outcome


@beam.typehints.with_input_types(ClassifiedEvent)
@dataclass
class RedactFields(beam.PTransform):
    """Redact the values of classified events by the policy's treatments.

    *Input*: `ClassifiedEvent`. *Output*: `Stepped` of `RedactedEvent`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: an event on which a detector fails. *Guarantee*: no value leaves untreated.

    Example:
        >>> from schemas.events import RawRecord, Source
        >>> from schemas.policy.file import default_policy
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

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {**shown_policy(self.policy), "key_epoch": self.key.epoch}

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[ClassifiedEvent]) -> Stepped:
        """Apply the redaction."""
        return apply_step(
            events, RedactStep(self.policy, self.key, self.reject, self.detection), "RedactByTreatment"
        )

"""Say of one event what became of each field and why, and what was found in its texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.events import ClassifiedEvent, Counts, RawRecord, RedactedEvent, Rejection
from schemas.policy.policy import Policy, Treatment, matches_form
from transforms.classify import ClassifyStep, UnknownFields
from transforms.detect import Detection, Known
from transforms.detect.explain import TextExplanation, explain_text
from transforms.event_people import entities_of, hidden_people, known_person
from transforms.parsing.parse import ParseStep
from transforms.possible_accounts import part_reader
from transforms.pseudonyms import PseudonymKey
from transforms.redact import OTHER_TEXT, RedactStep
from transforms.rejections import Rejecter
from transforms.token_treatments import own_tokens, text_treatment
from transforms.treatments import compile_treatments

_FREE = (Treatment.REDACT_TEXT, Treatment.REDACT_URL)
_OTHERS = f"{OTHER_TEXT}."


@dataclass(frozen=True, slots=True)
class FieldExplanation:
    """One field of an event: the treatment that took effect and why, and, of free text, what was found in it."""

    field: str
    treatment: str
    reason: str
    before: str
    after: str
    text: TextExplanation | None = None


@dataclass(frozen=True, slots=True)
class EventExplanation:
    """The fields of an event in the order of their treatment, or its rejection; `counts` name what was left out."""

    fields: tuple[FieldExplanation, ...] = ()
    rejection: Rejection | None = None
    counts: Counts = field(default_factory=Counts)


def explain_event(
    record: RawRecord,
    policy: Policy,
    key: PseudonymKey,
    detection: Detection,
    unknown_fields: UnknownFields = UnknownFields.DROP,
) -> EventExplanation:
    """Return the explanation of one raw record, treated as a run with this policy, key and detection treats it."""
    reject = Rejecter(key, "")
    parsed = ParseStep(reject).build()([record])
    classified = ClassifyStep(policy, reject, unknown_fields).build()(parsed.kept)
    redacted = RedactStep(policy, key, reject, detection).build()(classified.kept)
    rejections = [*parsed.rejections, *classified.rejections, *redacted.rejections]
    counts = parsed.counts + classified.counts + redacted.counts
    if rejections:
        return EventExplanation(rejection=rejections[0], counts=counts)
    fields = _fields(classified.kept[0], redacted.kept[0], policy, key, detection)
    return EventExplanation(fields, counts=counts)


def _fields(
    event: ClassifiedEvent, redacted: RedactedEvent, policy: Policy, key: PseudonymKey, detection: Detection
) -> tuple[FieldExplanation, ...]:
    parts = part_reader(policy, compile_treatments(policy, key, arriving=True))
    known = _known(event, redacted, entities_of(policy), parts)
    redactor = detection.build(text_treatment(policy, key))
    with_own_tokens = own_tokens(policy, key)
    explained = []
    for name, treatment, _detected in redacted.outcomes:
        before, after = _value(event, name), _value(redacted, name)
        text = None
        if treatment in _FREE:
            text = explain_text(
                redactor, with_own_tokens(before), known, url=treatment == Treatment.REDACT_URL
            )
        reason = _reason(policy, name, before, Treatment(treatment))
        explained.append(FieldExplanation(name, treatment, reason, before, after, text))
    return tuple(explained)


def _value(event: ClassifiedEvent | RedactedEvent, name: str) -> str:
    return event.others[name[len(_OTHERS) :]] if name.startswith(_OTHERS) else event.values[name]


def _known(
    event: ClassifiedEvent,
    redacted: RedactedEvent,
    entities: Mapping[str, str],
    read_parts: Callable[[str], tuple[Known, ...]],
) -> tuple[Known, ...]:
    """Return the event's own people, as the redaction knew them."""
    found: list[Known | None] = [*hidden_people(event)]
    for name, treatment, _detected in redacted.outcomes:
        kind = entities.get(name.removeprefix(_OTHERS).partition(".")[0])
        if kind is not None and treatment not in _FREE:
            found.append(known_person(_value(event, name), _value(redacted, name), kind))
            if treatment == Treatment.PSEUDONYMISE:
                found += read_parts(_value(event, name))
    return tuple(person for person in found if person is not None)


def _reason(policy: Policy, name: str, before: str, treatment: Treatment) -> str:
    """Return why a field was treated as it was: the policy's rule, or what kept the rule from being applied."""
    if name.startswith(_OTHERS):
        return "a second value of a field, or a field outside the policy"
    rule = policy[name]
    if treatment is rule.treatment:
        return "the policy's treatment of this field"
    if rule.treatment is Treatment.KEEP and matches_form(rule, before):
        return "the policy keeps this field, but it holds one of the event's own people"
    return f"the policy says {rule.treatment}, but the value has not this field's form"

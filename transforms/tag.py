"""Tag every field of an event with its purpose and expiry, and find the partition that the event expires with."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.events import Counts, FieldOutcome, Reason, RedactedEvent, Stage, Tag, TaggedEvent
from schemas.policy.policy import FieldPolicy, Personal, Policy
from transforms.batches.display import Shown, shown_policy
from transforms.batches.steps import Outcome, Stepped, apply_step
from transforms.rejections import Rejecter

MS_A_DAY = 86_400_000
DEFAULT_SKEW_MS = MS_A_DAY
_EPOCH = date(1970, 1, 1)
_CACHED_TAGS = 16_384


def expiry_day(event_time: int, retention_days: int) -> int:
    """Return the day (counted from 1970-01-01 UTC) from whose 00:00 UTC an event must be gone.

    Retention is a ceiling: the event time plus the retention falls on that day or later, never before it.

    Example:
        >>> expiry_day(0, 180), expiry_day(MS_A_DAY - 1, 180), expiry_day(MS_A_DAY, 180)
        (180, 180, 181)
    """
    return event_time // MS_A_DAY + retention_days


def iso_day(day: int) -> str:
    """Return a day counted from 1970-01-01 in ISO form.

    Example:
        >>> iso_day(0), iso_day(20596)
        ('1970-01-01', '2026-05-23')
    """
    return (_EPOCH + timedelta(days=day)).isoformat()


def day_of(time_ms: int) -> date:
    """Return the UTC date of a time in milliseconds since the epoch.

    Example:
        >>> day_of(MS_A_DAY - 1)
        datetime.date(1970, 1, 1)
    """
    return _EPOCH + timedelta(days=time_ms // MS_A_DAY)


def epoch_ms(moment: datetime) -> int:
    """Return an aware datetime in milliseconds since the epoch."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def tag_of(policy: Policy, rule: FieldPolicy | None, outcome: FieldOutcome) -> Tag:
    """Return the tag of a field by its rule; without one, by the category of the events."""
    category = policy.categories[policy.event_category]
    stated = category if rule is None else rule
    return Tag(
        outcome.field,
        category.name,
        policy.purposes[stated.purpose].dpv,
        policy.legal_bases[stated.legal_basis].dpv,
        outcome.treatment,
        stated.retention_days or 0,
        outcome.detected,
    )


@dataclass(frozen=True)
class TagStep:
    """Configuration of the tagging; `now` and `skew_ms` are milliseconds."""

    policy: Policy
    key_epoch: str
    now_ms: int
    reject: Rejecter
    skew_ms: int = DEFAULT_SKEW_MS

    def build(self) -> "_Tagger":
        """Return the tagging of a batch."""
        return _Tagger(self)


class _Tagger:
    def __init__(self, step: TagStep) -> None:
        self._step = step
        self._policy = step.policy
        self._rules = {rule.name: rule for rule in step.policy.fields}
        self._personal = {rule.name for rule in step.policy.fields if rule.personal is not Personal.NO}
        self._category = step.policy.categories[step.policy.event_category]
        self._category_days = self._category.retention_days or 0
        self._one_retention = {rule.retention_days for rule in step.policy.fields} == {self._category_days}
        self._tag = lru_cache(maxsize=_CACHED_TAGS)(self._make_tag)
        self.at_moment(step.now_ms)

    def at_moment(self, now_ms: int) -> None:
        """Take a moment for now."""
        self._latest = now_ms + self._step.skew_ms
        self._today = now_ms // MS_A_DAY

    def __call__(self, events: Sequence[RedactedEvent]) -> Outcome[TaggedEvent]:
        outcome: Outcome[TaggedEvent] = Outcome([])
        for event in events:
            if event.event_time > self._latest:
                outcome.rejections.append(self._step.reject(event.record, Stage.CLASSIFY, Reason.FUTURE_TIME))
                outcome.counts[f"rejected/{Reason.FUTURE_TIME}"] += 1
                continue
            days = self._retention_days(event)
            partition = expiry_day(event.event_time, days)
            if partition <= self._today:
                outcome.counts["expired_on_arrival"] += 1
                continue
            outcome.kept.append(self._tagged(event, partition, days))
        done = Counter(chain.from_iterable(tagged.event.outcomes for tagged in outcome.kept))
        count_outcomes(done, outcome.counts)
        return outcome

    def _tagged(self, event: RedactedEvent, partition: int, days: int) -> TaggedEvent:
        return TaggedEvent(
            event,
            tuple(map(self._tag, event.outcomes)),
            event.event_time + days * MS_A_DAY,
            _iso_day(partition),
            self._policy.version,
            self._step.key_epoch,
        )

    def _retention_days(self, event: RedactedEvent) -> int:
        if self._one_retention:
            return self._category_days
        carried = self._personal & event.values.keys()
        return min((self._rules[name].retention_days for name in carried), default=self._category_days)

    def _make_tag(self, outcome: FieldOutcome) -> Tag:
        return tag_of(self._policy, self._rules.get(outcome.field), outcome)


_iso_day = lru_cache(maxsize=4096)(iso_day)


def count_outcomes(outcomes: Counter[FieldOutcome], counts: Counts) -> None:
    """Count the fields of events by their treatment, and what was detected in them."""
    for outcome, events in outcomes.items():
        counts[f"field/{outcome.field}/{outcome.treatment}"] += events
        for kind, number in outcome.detected:
            counts[f"detected/{kind}"] += number * events


@beam.typehints.with_input_types(RedactedEvent)
@dataclass
class TagFields(beam.PTransform):
    """Tag the fields of redacted events with purpose and expiry, and name the partition of each event.

    *Input*: `RedactedEvent`. *Output*: `Stepped` of `TaggedEvent`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: an event time further in the future than the skew. *Guarantee*: an event whose partition could be
    dropped on the day of `now_ms` already is counted as `expired_on_arrival`, not emitted.

    Example:
        >>> from schemas.events import RawRecord, Source
        >>> from schemas.policy.file import default_policy
        >>> from transforms.pseudonyms import PseudonymKey
        >>> now_ms = 1_790_000_000_000
        >>> outcomes = (FieldOutcome("state", "keep"),)
        >>> event = RedactedEvent(RawRecord(b"", Source("a")), "id", now_ms, None, {"state": "OK"}, {}, outcomes)
        >>> reject = Rejecter(PseudonymKey(bytes(32), "1"), expires_on="2027-05-23")
        >>> with beam.Pipeline() as pipeline:
        ...     tagged = pipeline | beam.Create([event]) | TagFields(default_policy(), "1", now_ms, reject)
        ...     _ = tagged.kept | "PrintTags" >> beam.Map(lambda tagged: print(tagged.tags[0].purpose))
        dpv:RepairImpairments
    """

    policy: Policy
    key_epoch: str
    now_ms: int
    reject: Rejecter
    skew_ms: int = DEFAULT_SKEW_MS

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            **shown_policy(self.policy),
            "key_epoch": self.key_epoch,
            "now_ms": self.now_ms,
            "skew_ms": self.skew_ms,
        }

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[RedactedEvent]) -> Stepped:
        """Apply the tagging."""
        step = TagStep(self.policy, self.key_epoch, self.now_ms, self.reject, self.skew_ms)
        return apply_step(events, step, "TagWithPurposeAndExpiry")

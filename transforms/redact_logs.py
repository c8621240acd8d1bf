"""The body of the pipeline: from raw records to tagged events, rejections and counts, bounded or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.accounts import AccountSighting
from schemas.events import ClassifiedEvent, Counts, RawRecord, Rejection, TaggedEvent
from schemas.policy.policy import Policy
from transforms.accounts.erased import ErasedAccounts
from transforms.accounts.sight import SightAccounts, SightAccountsStep
from transforms.batches.chain import ChainedSteps
from transforms.batches.display import Shown, shown_policy
from transforms.batches.steps import Stepped, apply_step
from transforms.classify import ClassifyStep, UnknownFields
from transforms.detect import Detection
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter, rejected_until
from transforms.repeats import DropRepeatsStep
from transforms.tag import DEFAULT_SKEW_MS, TagStep, day_of

KeptT = TypeVar("KeptT")

SORTED_AT_ONCE = 25  # so few stay in the core's cache from parsing to classification


def sum_counts(parts: Iterable[Counts]) -> Counts:
    """Add counts up.

    Example:
        >>> from collections import Counter
        >>> sum_counts([Counter(read=2), Counter(read=1, written=3)]) == Counter(read=3, written=3)
        True
    """
    total = Counts()
    for part in parts:
        total.update(part)
    return total


@beam.typehints.with_input_types(RawRecord)
@dataclass
class RedactLogEvents(beam.PTransform):
    """Parse, classify, redact and tag log events.

    *Input*: `RawRecord`. *Output*: `Stepped` of `TaggedEvent`; its `counts` are to be summed with `sum_counts`.
    *Bounded/unbounded*: both. *Windowing*: kept. *Rejects*: what its steps reject. *Guarantee*: every record is in
    exactly one of the kept events, the rejections, and the counts `expired_on_arrival`, `erased_on_arrival` and
    `duplicates_dropped`.

    `now_ms` and `skew_ms` are milliseconds; with `sight_accounts` the output has `sightings` for the account vault;
    events of `erased` accounts are dropped and counted.

    Example:
        >>> from schemas.events import Source
        >>> from schemas.policy.file import default_policy
        >>> line = b'{"__TIMESTAMP__": 1790000000000, "userName": "lin", "msg": "user lin from 203.0.113.77"}'
        >>> body = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "1"), now_ms=1_790_000_000_000)
        >>> with beam.Pipeline() as pipeline:
        ...     redacted = pipeline | beam.Create([RawRecord(line, Source("a.jsonl"))]) | body
        ...     _ = redacted.kept | "PrintOutput" >> beam.Map(lambda tagged: print(tagged.event.values["output"]))
        user usr_1_c3lhkz3nubgk36ljmayr from 203.0.113.0/24
    """

    policy: Policy
    key: PseudonymKey
    now_ms: int
    unknown_fields: UnknownFields = UnknownFields.DROP
    detection: Detection | None = None
    skew_ms: int = DEFAULT_SKEW_MS
    sight_accounts: bool = False
    erased: ErasedAccounts | None = None

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            **shown_policy(self.policy),
            "key_epoch": self.key.epoch,
            "now_ms": self.now_ms,
            "skew_ms": self.skew_ms,
            "unknown_fields": str(self.unknown_fields),
            "sight_accounts": self.sight_accounts,
        }

    @no_annotations  # Beam knows no output of three collections
    def expand(self, records: PCollection[RawRecord]) -> Stepped:
        """Run the steps as one; where accounts are to be sighted, as two, with the sighting between them."""
        sorting, redacting = self.steps(Rejecter(self.key, self.rejections_expire_on(self.now_ms)))
        if not self.sight_accounts:
            return apply_step(records, ChainedSteps((sorting, redacting)), "SortRedactAndTag")
        classified = apply_step(records, sorting, "SortKeysIntoFields")
        redacted = apply_step(classified.kept, redacting, "RedactAndTag")
        steps = (classified, redacted)
        return Stepped(
            redacted.kept,
            tuple(step.rejections for step in steps) | "GatherRejections" >> beam.Flatten(),
            tuple(step.counts for step in steps) | "GatherCounts" >> beam.Flatten(),
            self._sightings(classified.kept),
        )

    def _sightings(self, classified: PCollection[ClassifiedEvent]) -> PCollection[AccountSighting]:
        return (classified | SightAccounts(self.policy, self.key, self.now_ms, self.skew_ms)).kept

    def build(self) -> "RedactFunction":
        """Return the transform as a function of batches, for a step that does more with a batch than redact it."""
        return RedactFunction(self)

    def steps(self, reject: Rejecter) -> tuple[ChainedSteps, ChainedSteps]:
        """Return what sorts the keys of records into fields, and what redacts, tags and drops repeats."""
        sorting = ChainedSteps(
            (ParseStep(reject), ClassifyStep(self.policy, reject, self.unknown_fields)), SORTED_AT_ONCE
        )
        redacting = ChainedSteps(
            (
                RedactStep(self.policy, self.key, reject, self.detection, self.erased),
                TagStep(self.policy, self.key.epoch, self.now_ms, reject, self.skew_ms),
                DropRepeatsStep(),
            )
        )
        return sorting, redacting

    def rejections_expire_on(self, now_ms: int) -> str:
        """Return the ISO date (UTC) of the partition of what is rejected at a moment."""
        days = self.policy.categories[self.policy.event_category].retention_days or 0
        return rejected_until(day_of(now_ms), days)


@dataclass(slots=True)
class Redacted(Generic[KeptT]):
    """What became of a batch of records."""

    kept: list[KeptT]
    rejections: list[Rejection]
    counts: Counts
    sightings: list[AccountSighting]


class RedactFunction:
    """`RedactLogEvents` as a function from a batch of raw records to what became of them.

    It is for a step that must keep events, rejections and counts of a batch together, where three outputs would part
    them. A bundle begins with `start_bundle`, which sets the moment that counts as now.

    Example:
        >>> from schemas.events import Source
        >>> from schemas.policy.file import default_policy
        >>> redact = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "1"), now_ms=0).build()
        >>> redact.start_bundle(now_ms=1_790_000_000_000)
        >>> line = b'{"__TIMESTAMP__": 1790000000000, "msg": "from 203.0.113.77"}'
        >>> redact([RawRecord(line, Source("topic"))]).kept[0].event.values["output"]
        'from 203.0.113.0/24'
    """

    def __init__(self, body: RedactLogEvents) -> None:
        self._body = body
        self._reject = Rejecter(body.key, body.rejections_expire_on(body.now_ms))
        sorting, redacting = body.steps(self._reject)
        self._sort, self._redact = sorting.build(), redacting.build()
        self._sight = (
            ChainedSteps((SightAccountsStep(body.policy, body.key, body.now_ms, body.skew_ms),)).build()
            if body.sight_accounts
            else None
        )

    def start_bundle(self, now_ms: int) -> None:
        """Forget what was remembered of a bundle, and take a moment for now."""
        self._reject.expires_on = self._body.rejections_expire_on(now_ms)
        for chain in (self._sort, self._redact):
            chain.start_bundle()
            chain.at_moment(now_ms)
        if self._sight is not None:
            self._sight.at_moment(now_ms)

    def __call__(self, records: Sequence[RawRecord]) -> Redacted[TaggedEvent]:
        """Return what became of records, each of them in one place or count."""
        sorted_ = self._sort(records)
        sightings = self._sight(sorted_.kept).kept if self._sight is not None and sorted_.kept else []
        redacted = self._redact(sorted_.kept)
        sorted_.counts.update(redacted.counts)
        return Redacted(redacted.kept, sorted_.rejections + redacted.rejections, sorted_.counts, sightings)

"""The body of the pipeline: from raw records to tagged events, rejections and counts, bounded or not."""

from collections.abc import Iterable
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.accounts import AccountSighting
from schemas.events import ClassifiedEvent, Counts, RawRecord
from schemas.policy.policy import Policy
from transforms.accounts.sight import SightAccounts
from transforms.batches.chain import ChainedSteps
from transforms.batches.steps import Stepped, apply_step
from transforms.classify import ClassifyStep, UnknownFields
from transforms.detect import Detection
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter, rejected_until
from transforms.repeats import DropRepeatsStep
from transforms.tag import DEFAULT_SKEW_MS, TagStep, day_of

_SORTED_AT_ONCE = 25  # so few stay in the core's cache from parsing to classification


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
    exactly one of the kept events, the rejections, and the counts `expired_on_arrival` and `duplicates_dropped`.

    `now_ms` and `skew_ms` are milliseconds; with `sight_accounts` the output has `sightings` for the account vault.

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

    @no_annotations  # Beam knows no output of three collections
    def expand(self, records: PCollection[RawRecord]) -> Stepped:
        """Run the steps as one; where accounts are to be sighted, as two, with the sighting between them."""
        reject = Rejecter(self.key, self._rejections_expire_on())
        sorting = ChainedSteps(
            (ParseStep(reject), ClassifyStep(self.policy, reject, self.unknown_fields)), _SORTED_AT_ONCE
        )
        redacting = ChainedSteps(
            (
                RedactStep(self.policy, self.key, reject, self.detection),
                TagStep(self.policy, self.key.epoch, self.now_ms, reject, self.skew_ms),
                DropRepeatsStep(),
            )
        )
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

    def _rejections_expire_on(self) -> str:
        days = self.policy.categories[self.policy.event_category].retention_days or 0
        return rejected_until(day_of(self.now_ms), days)

"""Note the accounts that events show, one sighting for each account of a batch, for the account vault.

An event that is not written shows nobody: one that has expired, or whose time lies in the future.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.accounts import DAY_MS, UIN_FIELD, USERNAME_FIELD, AccountRules, AccountSighting
from schemas.events import ClassifiedEvent
from schemas.policy.policy import Policy
from transforms.accounts.sightings import SightingCollector
from transforms.batches.steps import Outcome, Stepped, apply_step
from transforms.pseudonyms import PseudonymKey
from transforms.tag import DEFAULT_SKEW_MS
from transforms.treatments import Treat, compile_treatments


@dataclass(frozen=True)
class SightAccountsStep:
    """Configuration of the sighting; `now_ms` and `skew_ms` are milliseconds."""

    policy: Policy
    key: PseudonymKey
    now_ms: int
    skew_ms: int = DEFAULT_SKEW_MS

    def build(self) -> Callable[[Sequence[ClassifiedEvent]], Outcome[AccountSighting]]:
        """Return the sighting of a batch."""
        treatments = compile_treatments(self.policy, self.key)
        uin, username = treatments[UIN_FIELD], treatments[USERNAME_FIELD]
        first = (self.now_ms // DAY_MS + 1 - AccountRules.of(self.policy).sighting_days) * DAY_MS
        last = self.now_ms + self.skew_ms

        def sight(events: Sequence[ClassifiedEvent]) -> Outcome[AccountSighting]:
            seen = SightingCollector(self.key.epoch, len(events) + 1)
            for event in events:
                if first <= event.event_time <= last:
                    values = event.values
                    seen.see(
                        _with_pseudonym(uin, values.get(UIN_FIELD)),
                        _with_pseudonym(username, values.get(USERNAME_FIELD)),
                        event.event_time,
                    )
            return Outcome(seen.drain())

        return sight


def _with_pseudonym(treat: Treat, value: str | None) -> tuple[str, str]:
    """Return pseudonym and value, both empty where there is no value or it is a pseudonym already."""
    treated = None if value is None else treat(value)
    return ("", "") if value is None or treated is None or treated == value else (treated, value)


@beam.typehints.with_input_types(ClassifiedEvent)
@dataclass
class SightAccounts(beam.PTransform):
    """Note the accounts that classified events show.

    *Input*: `ClassifiedEvent`. *Output*: `Stepped` of `AccountSighting`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: nothing. *Guarantee*: each account of a batch is noted once, with its first and last event time.

    Example:
        >>> from schemas.events import RawRecord, Source
        >>> from schemas.policy.file import default_policy
        >>> event = ClassifiedEvent(RawRecord(b"", Source("a")), {"username": "lin"}, {}, event_time=7)
        >>> transform = SightAccounts(default_policy(), PseudonymKey(bytes(32), "1"), now_ms=7)
        >>> with beam.Pipeline() as pipeline:
        ...     sighted = pipeline | beam.Create([event]) | transform
        ...     _ = sighted.kept | "PrintNames" >> beam.Map(lambda seen: print(seen.username_pseudonym, seen.last_seen))
        usr_1_c3lhkz3nubgk36ljmayr 7
    """

    policy: Policy
    key: PseudonymKey
    now_ms: int
    skew_ms: int = DEFAULT_SKEW_MS

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[ClassifiedEvent]) -> Stepped:
        """Apply the sighting."""
        step = SightAccountsStep(self.policy, self.key, self.now_ms, self.skew_ms)
        return apply_step(events, step, "SightAccounts")

"""Note the accounts that events show, one sighting for each account of a batch, for the account vault.

An event that is not written shows nobody: one that has expired, or whose time lies in the future.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.accounts import DAY_MS, LOCAL_NAME, UIN_FIELD, USERNAME_FIELD, AccountRules, AccountSighting
from schemas.events import ClassifiedEvent
from schemas.policy.policy import Policy
from transforms.accounts.sightings import SightingCollector
from transforms.batches.display import Shown, shown_policy
from transforms.batches.steps import Outcome, Stepped, apply_step
from transforms.pseudonyms import PseudonymKey
from transforms.tag import DEFAULT_SKEW_MS
from transforms.treatments import Treat, compile_treatments

_NOBODY = ("", "")


@dataclass(frozen=True)
class SightAccountsStep:
    """Configuration of the sighting; `now_ms` and `skew_ms` are milliseconds."""

    policy: Policy
    key: PseudonymKey
    now_ms: int
    skew_ms: int = DEFAULT_SKEW_MS

    def build(self) -> "_Sighter":
        """Return the sighting of a batch."""
        return _Sighter(self)


class _Sighter:
    def __init__(self, step: SightAccountsStep) -> None:
        self._step = step
        treatments = compile_treatments(step.policy, step.key, arriving=True)
        self._uin, self._username = treatments[UIN_FIELD], treatments[USERNAME_FIELD]
        self._days = AccountRules.of(step.policy).sighting_days
        self.at_moment(step.now_ms)

    def at_moment(self, now_ms: int) -> None:
        """Take a moment for now."""
        self._first = (now_ms // DAY_MS + 1 - self._days) * DAY_MS
        self._last = now_ms + self._step.skew_ms

    def __call__(self, events: Sequence[ClassifiedEvent]) -> Outcome[AccountSighting]:
        seen = SightingCollector(self._step.key.epoch, len(events) + 1)
        for event in events:
            if self._first <= event.event_time <= self._last:
                values = event.values
                uin = _with_pseudonym(self._uin, values.get(UIN_FIELD))
                username = _with_pseudonym(self._username, values.get(USERNAME_FIELD))
                if event.others and _names_several(event.others):
                    seen.see(uin, _NOBODY, event.event_time)
                    seen.see(_NOBODY, username, event.event_time)
                else:
                    seen.see(uin, username, event.event_time)
        return Outcome(seen.drain())


def _names_several(others: Mapping[str, str]) -> bool:
    """Tell whether an event names more than one account, so that its UIN and user name need not be of one."""
    return any(
        name != LOCAL_NAME and name.partition(".")[0] in (UIN_FIELD, USERNAME_FIELD) for name in others
    )


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

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {
            **shown_policy(self.policy),
            "key_epoch": self.key.epoch,
            "now_ms": self.now_ms,
            "skew_ms": self.skew_ms,
        }

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[ClassifiedEvent]) -> Stepped:
        """Apply the sighting."""
        step = SightAccountsStep(self.policy, self.key, self.now_ms, self.skew_ms)
        return apply_step(events, step, "SightAccounts")

"""Drop an event that was delivered again: one whose `event_id` was seen a short while ago in the same bundle.

Only events that carry the log service's own coordinates can repeat: the id of any other holds its place in the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from schemas.events import TaggedEvent
from transforms.batches.display import Shown
from transforms.batches.steps import Outcome, Stepped, apply_step

REMEMBERED_IDS = 100_000  # some 17 MB a worker


@dataclass(frozen=True)
class DropRepeatsStep:
    """Configuration: how many ids a worker remembers within a bundle."""

    remembered: int = REMEMBERED_IDS

    def build(self) -> "_RecentIds":
        """Return the filter of a batch."""
        return _RecentIds(self.remembered)


class _RecentIds:
    def __init__(self, remembered: int) -> None:
        self._remembered = remembered
        self._seen: dict[str, None] = {}

    def start_bundle(self) -> None:
        """Forget everything: what a failed bundle saw was not written."""
        self._seen.clear()

    def __call__(self, events: Sequence[TaggedEvent]) -> Outcome[TaggedEvent]:
        kept = [tagged for tagged in events if tagged.event.package is None or self._is_new(tagged)]
        outcome = Outcome(kept)
        outcome.counts["written"] = len(kept)
        if len(kept) < len(events):
            outcome.counts["duplicates_dropped"] = len(events) - len(kept)
        return outcome

    def _is_new(self, tagged: TaggedEvent) -> bool:
        event_id = tagged.event.event_id
        if event_id in self._seen:
            return False
        if len(self._seen) >= self._remembered:
            del self._seen[next(iter(self._seen))]
        self._seen[event_id] = None
        return True


@beam.typehints.with_input_types(TaggedEvent)
@dataclass
class DropRepeats(beam.PTransform):
    """Drop tagged events that were delivered twice within a bundle.

    *Input*: `TaggedEvent`. *Output*: `Stepped` of `TaggedEvent`. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: nothing. *Guarantee*: an event is dropped only if one with the same id is kept; a repeat in another
    bundle or after `remembered` other ids is not seen.

    Example:
        >>> from schemas.events import RawRecord, RedactedEvent, Source
        >>> record = RawRecord(b"", Source("a"))
        >>> event = RedactedEvent(record, "id", 0, None, {}, {}, (), package="package/1")
        >>> tagged = TaggedEvent(event, (), 0, "2027-05-23", "1", "1")
        >>> with beam.Pipeline() as pipeline:
        ...     unique = pipeline | beam.Create([tagged, tagged], reshuffle=False) | DropRepeats()
        ...     _ = unique.kept | "PrintIds" >> beam.Map(lambda tagged: print(tagged.event.event_id))
        id
    """

    remembered: int = REMEMBERED_IDS

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {"remembered": self.remembered}

    @no_annotations  # Beam knows no output of three collections
    def expand(self, events: PCollection[TaggedEvent]) -> Stepped:
        """Apply the filter."""
        return apply_step(events, DropRepeatsStep(self.remembered), "DropRepeatedIds")

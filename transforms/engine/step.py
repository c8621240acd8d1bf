"""The steps from raw records to encoded ones, by the engine where an event is plain, else by the plain steps."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from schemas.errors import DetectorError
from schemas.events import Counts, RawRecord, RecordFormat, Source, TaggedEvent
from transforms.avro.encode import Encoding
from transforms.batches.chain import ChainedSteps
from transforms.batches.metrics import Meter
from transforms.batches.steps import Outcome
from transforms.classify import ClassifyStep
from transforms.engine.answers import Answers
from transforms.engine.native import new_engine
from transforms.engine.plan import settings_of, stated_outcome
from transforms.engine.records import EncodedEvents
from transforms.engine.self_check import UNEQUAL, agrees
from transforms.engine.stated import PERSONAL, TRACED
from transforms.event_id import place_of_records
from transforms.parsing.parse import ParseStep
from transforms.redact import RedactStep
from transforms.redact_logs import SORTED_AT_ONCE, RedactLogEvents
from transforms.rejections import Rejecter
from transforms.tag import MS_A_DAY, TagStep, count_outcomes
from transforms.unknown_names import (
    UNNAMEABLE,
    count_personal_name,
    count_traced_name,
    nameable,
)


class PlainSteps:
    """The steps but the dropping of repeats, for some records of a batch at their places."""

    def __init__(self, body: RedactLogEvents) -> None:
        """Compile the steps."""
        reject = Rejecter(body.key, body.rejections_expire_on(body.now_ms))
        classify = ClassifyStep(body.policy, reject, body.unknown_fields)
        self._body, self._reject = body, reject
        self._sort = ChainedSteps((ParseStep(reject), classify), SORTED_AT_ONCE).build()
        self.redactor = RedactStep(body.policy, body.key, reject, body.detection, body.erased).compile()
        self._tag = TagStep(body.policy, body.key.epoch, body.now_ms, reject, body.skew_ms).build()

    def at_moment(self, now_ms: int) -> None:
        """Take a moment for now."""
        self._reject.expires_on = self._body.rejections_expire_on(now_ms)
        self._tag.at_moment(now_ms)

    def __call__(self, records: Sequence[RawRecord], places: Iterable[int]) -> Outcome[TaggedEvent]:
        """Return what became of the records at some places; rejections are in the order of the whole batch's."""
        outcome: Outcome[TaggedEvent] = Outcome([])
        classified = []
        for _, group in groupby(places, key=lambda place: place // SORTED_AT_ONCE):
            done = self._sort([records[place] for place in group])
            classified += done.kept
            _add(outcome, done)
        redacted = self.redactor.redact(classified)
        tagged = self._tag(redacted.kept)
        _add(outcome, redacted)
        _add(outcome, tagged)
        outcome.kept = tagged.kept
        return outcome


def _add(outcome: Outcome, done: Outcome) -> None:
    outcome.rejections += done.rejections
    outcome.counts.update(done.counts)


class EngineWork:
    """Works on batches: the engine takes what is plain, the plain steps take the rest, and both are put in order."""

    def __init__(self, body: RedactLogEvents) -> None:
        """Compile both."""
        self._plain = PlainSteps(body)
        policy, key = body.policy, body.key
        self._answers = Answers(policy, key.epoch, self._plain.redactor, body.unknown_fields)
        opened = [self._answers.sorter.opens(rule.name) for rule in policy.fields]
        outcomes = [stated_outcome(policy, outcome) for outcome in self._answers.outcomes]
        self._engine = new_engine(settings_of(policy, key, opened), outcomes, self._answers)
        self._encoder = Encoding(policy).build()
        self._meter = Meter(EngineStep.__name__)
        self._skew_ms = body.skew_ms
        self.uses_engine = True
        self.at_moment(body.now_ms)

    def at_moment(self, now_ms: int) -> None:
        """Take a moment for now."""
        self._plain.at_moment(now_ms)
        self._engine.at_moment(now_ms + self._skew_ms, now_ms // MS_A_DAY)

    def start_bundle(self) -> None:
        """Forget what was seen in a bundle."""
        self._engine.start_bundle()

    def __call__(self, records: Sequence[RawRecord]) -> Outcome[EncodedEvents]:
        """Return the encoded records of a batch, its rejections and its counts."""
        odd = self._take(records)
        plain = self._plain(records, odd)
        outcome: Outcome[EncodedEvents] = Outcome([], plain.rejections, plain.counts)
        reached = len(plain.kept) + self._count(outcome.counts)
        written = dropped = 0
        for source, items in self._by_source(records, plain.kept):
            partitions, new, repeated = self._engine.finish(items)
            written, dropped = written + new, dropped + repeated
            if partitions:
                outcome.kept.append(EncodedEvents(source, partitions))
        if reached:
            outcome.counts["written"] = written
        if dropped:
            outcome.counts["duplicates_dropped"] = dropped
        if not self.uses_engine:
            outcome.counts[UNEQUAL] += 1
        self._meter.count(len(records), written)
        if written < len(records):
            self._meter.count_lost(outcome.rejections, outcome.counts)
        return outcome

    def _take(self, records: Sequence[RawRecord]) -> Sequence[int]:
        """Let the engine work; return the places of what it gives back: all, if it can't take the batch as one."""
        self._answers.let_be.clear()
        source = records[0].source
        one = self.uses_engine and source.format is RecordFormat.JSON
        if one and all(record.source is source for record in records):
            place, with_line = place_of_records(source)
            try:
                return self._engine.take(list(records), place, with_line)
            except DetectorError:
                pass
        self._engine.take([], b"", False)
        return range(len(records))

    def _count(self, counts: Counts) -> int:
        """Count what the engine worked on; return how many events that were."""
        events, outcomes, unknown = self._engine.counts()
        if not events:
            return 0
        counts["read"] += events
        counts.update({f"allowed/{name}": many for name, many in self._answers.let_be.items()})
        count_outcomes(Counter({self._answers.outcomes[number]: many for number, many in outcomes}), counts)
        for key, cell, many in unknown:
            if cell == PERSONAL:
                count_personal_name(counts, key, many)
            else:
                name = UNNAMEABLE if nameable(key) == UNNAMEABLE else key
                count_traced_name(counts, name, cell - TRACED if cell >= TRACED else None, many)
        return events

    def _by_source(
        self, records: Sequence[RawRecord], tagged: Sequence[TaggedEvent]
    ) -> Iterable[tuple[Source, list[tuple[int, str, str | None, bytes]]]]:
        """Yield what the plain steps kept, encoded, by source; the engine's own records are all of the first."""
        if not tagged:
            yield records[0].source, []
            return
        places = {id(record): place for place, record in enumerate(records)}
        for _, group in groupby(tagged, key=lambda one: id(one.event.record.source)):
            items = list(group)
            yield items[0].event.record.source, [self._item(one, places) for one in items]

    def _item(self, one: TaggedEvent, places: dict[int, int]) -> tuple[int, str, str | None, bytes]:
        [(date, [data])] = self._encoder.encode_events([one]).items()
        event = one.event
        return places[id(event.record)], date, None if event.package is None else event.event_id, data


@dataclass(frozen=True)
class EngineStep:
    """Configuration of the work by the engine, which is installed."""

    body: RedactLogEvents

    @property
    def steps(self) -> tuple[()]:
        """Return nothing: `EngineWork` counts events, where Beam's step would count batches of them."""
        return ()

    def build(self) -> EngineWork:
        """Compile the steps; where the engine differs from them on events of its self-check, they do all."""
        work = EngineWork(self.body)
        work.uses_engine = agrees(work, self.body)
        return work

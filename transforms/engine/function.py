"""The engine as a function from a batch of raw records, of any sources, to what became of them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from schemas.events import Counts, RawRecord
from transforms.engine.records import EncodedEvents
from transforms.engine.step import EngineStep
from transforms.redact_logs import Redacted, RedactLogEvents


class EngineFunction:
    """Does what `RedactFunction` does and encodes the events; records of one source stay in their order.

    `agrees` tells whether its self-check came out well; else the plain steps do all the work.
    """

    def __init__(self, body: RedactLogEvents) -> None:
        """Compile it, and let it be checked against the plain steps."""
        # What checks itself is no event of the stream: a thread of its own has none of Beam's counters.
        with ThreadPoolExecutor(1) as alone:
            self._work = alone.submit(EngineStep(body).build).result()
        self.agrees = self._work.uses_engine

    def start_bundle(self, now_ms: int) -> None:
        """Forget what was remembered of a bundle, and take a moment for now."""
        self._work.start_bundle()
        self._work.at_moment(now_ms)

    def __call__(self, records: Sequence[RawRecord]) -> Redacted[EncodedEvents]:
        """Return what became of records, each of them in one place or count."""
        result: Redacted[EncodedEvents] = Redacted([], [], Counts(), [])
        of_sources: dict[int, list[RawRecord]] = {}
        for record in records:
            of_sources.setdefault(id(record.source), []).append(record)
        for of_source in of_sources.values():
            outcome = self._work(of_source)
            result.kept += outcome.kept
            result.rejections += outcome.rejections
            result.counts.update(outcome.counts)
        return result

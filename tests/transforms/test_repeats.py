"""Repeats: dropped where they are sure to be repeats, remembered within bounds."""

from schemas.events import RawRecord, RedactedEvent, Source, TaggedEvent
from transforms.batches.steps import Outcome
from transforms.repeats import DropRepeatsStep

RECORD = RawRecord(b"", Source("a"))


def tagged(event_id: str, package: str | None = "package/1") -> TaggedEvent:
    event = RedactedEvent(RECORD, event_id, 0, None, {}, {}, (), package)
    return TaggedEvent(event, (), 0, "2027-05-23", "1", "1")


def ids(outcome: Outcome[TaggedEvent]) -> list[str]:
    return [kept.event.event_id for kept in outcome.kept]


def test_a_repeat_in_the_same_or_a_later_batch_is_dropped_and_counted() -> None:
    drop = DropRepeatsStep().build()
    first = drop([tagged("a"), tagged("b"), tagged("a")])
    assert (ids(first), first.counts) == (["a", "b"], {"written": 2, "duplicates_dropped": 1})
    second = drop([tagged("b")])
    assert (ids(second), second.counts) == ([], {"written": 0, "duplicates_dropped": 1})


def test_equal_lines_without_the_services_coordinates_are_two_events() -> None:
    outcome = DropRepeatsStep().build()([tagged("a", None), tagged("a", None)])
    assert (ids(outcome), outcome.counts) == (["a", "a"], {"written": 2})


def test_a_bundle_knows_nothing_of_the_one_before() -> None:
    drop = DropRepeatsStep().build()
    drop([tagged("a")])
    drop.start_bundle()
    assert ids(drop([tagged("a")])) == ["a"]


def test_the_oldest_id_is_forgotten_first() -> None:
    drop = DropRepeatsStep(remembered=2).build()
    assert ids(drop([tagged("a"), tagged("b"), tagged("c")])) == ["a", "b", "c"]
    assert ids(drop([tagged("b"), tagged("c"), tagged("a")])) == ["a"]

"""The composite body: exact outputs for a small set, bounded and unbounded alike."""

from datetime import date, timedelta

import apache_beam as beam
import orjson
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.test_stream import TestStream as ScriptedStream
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms import window
from apache_beam.transforms.trigger import AccumulationMode, AfterCount, AfterWatermark
from apache_beam.utils.timestamp import Timestamp

from schemas.events import RawRecord, Source
from schemas.policy.file import default_policy
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.redact_logs import RedactLogEvents, sum_counts
from transforms.tag import MS_A_DAY

NOW_MS = 1_795_478_400_000
KEY = PseudonymKey(bytes(range(32)), "1")
SOURCE = Source("a.jsonl", "c" * 64)
BODY = RedactLogEvents(default_policy(), KEY, NOW_MS)


def record(offset=0, **fields):
    event = {"__TIMESTAMP__": NOW_MS - MS_A_DAY, **fields}
    return RawRecord(orjson.dumps(event), SOURCE, offset, offset + 1)


EVENTS = [
    record(
        0,
        uin="100012345678",
        username="lin.qiao",
        client_ip="36.110.4.77",
        description="Accepted password for lin.qiao from 36.110.4.77 port 52344 ssh2",
        request_id="3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        state="RUNNING",
        operator_mobile="13912345678",
    ),
    record(1, uin="100012345678", __TIMESTAMP__=NOW_MS - 180 * MS_A_DAY),
    record(2, uin="100012345678", __TIMESTAMP__=NOW_MS + 2 * MS_A_DAY),
    RawRecord(b'{"uin": "1000', SOURCE, 3, 4),
    RawRecord(b"", SOURCE, 4, 5),
    record(5, colour="red"),
]
USER = pseudonym(KEY, "usr", "username", "lin.qiao")
VALUES = {
    "uin": pseudonym(KEY, "uin", "uin", "100012345678"),
    "username": USER,
    "client_ip": "36.110.4.0/24",
    "description": f"Accepted password for {USER} from 36.110.4.0/24 port 52344 ssh2",
    "request_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "state": "RUNNING",
}
REASONS = ["future_time", "not_json", "empty_line", "no_known_field"]
COUNTS = {
    "read": 6,
    "expired_on_arrival": 1,
    **{f"rejected/{reason}": 1 for reason in REASONS},
    "unknown_field/operator_mobile": 1,
}


def check(outputs):
    """Assert the exact contents of the three outputs."""
    assert_that(
        outputs.kept | "Values" >> beam.Map(lambda tagged: (tagged.expires_on, dict(tagged.event.values))),
        equal_to([("2027-05-22", VALUES)]),
        "events",
    )
    assert_that(
        outputs.rejections | "Reasons" >> beam.Map(lambda item: (item.reason.value, item.offset)),
        equal_to(list(zip(REASONS, [2, 3, 4, 5], strict=True))),
        "rejections",
    )
    counts = outputs.counts | "Sum" >> beam.CombineGlobally(sum_counts).without_defaults()
    named = counts | "Named" >> beam.FlatMap(lambda total: [(n, total[n]) for n in COUNTS])
    assert_that(named, equal_to(list(COUNTS.items())), "counts")


def test_events_rejections_and_counts_of_a_small_set_are_exact():
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        check(pipeline | beam.Create(EVENTS) | BODY)


def test_an_unbounded_input_with_late_and_unordered_events_gives_the_same():
    seconds = [50, 10, 40, 20, 30, 5]
    stream = ScriptedStream()
    for at, raw in zip(seconds[:4], EVENTS[:4], strict=True):
        stream = stream.add_elements([window.TimestampedValue(raw, Timestamp(at))])
    stream = stream.advance_watermark_to(55)
    for at, raw in zip(seconds[4:], EVENTS[4:], strict=True):
        stream = stream.add_elements([window.TimestampedValue(raw, Timestamp(at))])
    options = PipelineOptions(["--streaming"])
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=options) as pipeline:
        windowed = (
            pipeline
            | stream.advance_watermark_to_infinity()
            | beam.WindowInto(
                window.FixedWindows(60),
                trigger=AfterWatermark(late=AfterCount(1)),
                accumulation_mode=AccumulationMode.DISCARDING,
                allowed_lateness=3600,
            )
        )
        check(windowed | BODY)


def test_a_redelivered_event_keeps_its_id_and_is_dropped_once():
    package = {"__PKGID__": "AB-1", "__PKG_LOGID__": 7}
    twice = [record(0, uin="1000", **package), record(0, uin="1000", **package)]
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        outputs = pipeline | beam.Create(twice, reshuffle=False) | BODY
        assert_that(outputs.kept | beam.Map(lambda tagged: 1), equal_to([1]))


def test_the_body_does_not_use_a_fallback_coder(caplog):
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        pipeline | beam.Create(EVENTS) | BODY
    assert [entry for entry in caplog.records if "allback" in entry.getMessage()] == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.offset))
def test_each_record_alone_has_one_outcome(event):
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        outputs = pipeline | beam.Create([event]) | BODY
        total = outputs.counts | "SumCounts" >> beam.CombineGlobally(sum_counts)
        kept = outputs.kept | "CountKept" >> beam.combiners.Count.Globally()
        rejections = outputs.rejections | "CountRejections" >> beam.combiners.Count.Globally()
        sizes = (kept, rejections) | beam.Flatten() | "Add" >> beam.CombineGlobally(sum)
        checks = total | beam.Map(
            lambda counts, size: (counts["read"], counts.get("expired_on_arrival", 0) + size),
            beam.pvalue.AsSingleton(sizes),
        )
        assert_that(checks, equal_to([(1, 1)]))


def test_as_a_function_it_gives_what_the_transform_gives():
    lines = [
        b'{"__TIMESTAMP__": 1790000000000, "uin": "100012345678", "userName": "lin", "msg": "user lin"}',
        b"{",
        b'{"__TIMESTAMP__": 1, "msg": "old"}',
        b'{"__TIMESTAMP__": 1790000000000, "__PKGID__": "a", "__PKG_LOGID__": 1, "msg": "x"}',
        b'{"__TIMESTAMP__": 1790000000000, "__PKGID__": "a", "__PKG_LOGID__": 1, "msg": "x"}',
    ]
    records = [RawRecord(line, Source("topic", part=3), offset) for offset, line in enumerate(lines)]
    now_ms = 1_790_000_000_000
    body = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "1"), now_ms, sight_accounts=True)
    function = body.build()
    function.start_bundle(now_ms)
    redacted = function(records)
    with beam.Pipeline() as pipeline:
        outputs = pipeline | beam.Create(records, reshuffle=False) | body
        assert_that(outputs.kept, equal_to(redacted.kept), "events")
        assert_that(outputs.rejections, equal_to(redacted.rejections), "rejections")
        assert_that(outputs.sightings, equal_to(redacted.sightings), "sightings")
        total = outputs.counts | beam.CombineGlobally(sum_counts)
        assert_that(total, equal_to([redacted.counts]), "counts")
    assert redacted.counts["read"] == 5
    assert len(redacted.sightings) == 1


def test_as_a_function_it_takes_each_bundle_s_moment_for_now():
    day = 86_400_000
    now_ms = 1_790_000_000_000
    function = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "1"), now_ms).build()
    line = b'{"__TIMESTAMP__": %d, "msg": "x"}' % (now_ms + 2 * day)
    records = [RawRecord(line, Source("topic")), RawRecord(b"{", Source("topic"), 1)]
    outcomes = []
    for later in (0, 2, 400):
        function.start_bundle(now_ms + later * day)
        redacted = function(records)
        outcomes.append((len(redacted.kept), redacted.counts["expired_on_arrival"]))
        until = date(1970, 1, 1) + timedelta(days=now_ms // day + later + 180)
        assert {rejection.expires_on for rejection in redacted.rejections} == {until.isoformat()}
    assert outcomes == [(0, 0), (1, 0), (0, 1)]


def test_records_of_one_message_have_ids_of_their_own():
    now_ms = 1_790_000_000_000
    function = RedactLogEvents(default_policy(), PseudonymKey(bytes(32), "1"), now_ms).build()
    line = b'{"__TIMESTAMP__": 1790000000000, "msg": "x"}'
    function.start_bundle(now_ms)
    kept = function([RawRecord(line, Source("topic"), 7, number) for number in (0, 1, 2)]).kept
    assert len({tagged.event.event_id for tagged in kept}) == 3

"""The Beam step writes each event and rejection once, batched or one by one."""

from collections import Counter

import apache_beam as beam
import fastavro
import pytest
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that

from pipelines.root.write_partitions import WriteAvroPartitions
from tests.made_output import FIRST, POLICY, SECOND, change_part, make_event, make_rejection
from transforms.avro.encode import Encoding

SOURCES = [change_part(FIRST, 0), change_part(FIRST, 1), SECOND]
EVENTS = [make_event(n, f"2027-05-{n % 5 + 1:02d}", SOURCES[n // 10 % 3]) for n in range(60)]
REJECTIONS = [make_rejection(n, source=SOURCES[n % 3]) for n in range(9)]


def holds(folder, events, rejections):
    def check(written):
        found = Counter()
        for file in written:
            with (folder / file.temp).open("rb") as stream:
                found.update((file.partition, file.final, _identity(r)) for r in fastavro.reader(stream))
        assert found == Counter([*map(_event_place, events), *map(_rejection_place, rejections)])

    return check


def _identity(record):
    return record.get("event_id", record.get("offset"))


def _name(source):
    return f"part-{source.checksum[:32]}-{source.part:05d}.avro"


def _event_place(tagged):
    partition = f"category=troubleshooting_data/expires_on={tagged.expires_on}"
    return partition, _name(tagged.event.record.source), tagged.event.event_id


def _rejection_place(rejection):
    partition = f"category=rejected/expires_on={rejection.expires_on}"
    return partition, _name(rejection.source), rejection.offset


@pytest.mark.parametrize(
    "runner",
    [
        pytest.param(FnApiRunner, id="in-batches"),
        pytest.param(BundleBasedDirectRunner, id="one-by-one"),
    ],
)
def test_each_element_is_in_one_file_of_its_partition(tmp_path, runner):
    with beam.Pipeline(runner=runner()) as pipeline:
        events = pipeline | "Events" >> beam.Create(EVENTS)
        rejections = pipeline | "Rejections" >> beam.Create(REJECTIONS)
        written = (events, rejections) | WriteAvroPartitions(tmp_path, Encoding(POLICY))
        assert_that(written, holds(tmp_path, EVENTS, REJECTIONS))


def test_nothing_in_gives_no_file(tmp_path):
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        events = pipeline | "Events" >> beam.Create([])
        rejections = pipeline | "Rejections" >> beam.Create([])
        written = (events, rejections) | WriteAvroPartitions(tmp_path, Encoding(POLICY))
        assert_that(written, holds(tmp_path, [], []))
    assert list(tmp_path.iterdir()) == []

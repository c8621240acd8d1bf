"""Staged files hold every record once, in blocks that don't depend on how records were batched."""

from hashlib import sha256
from pathlib import Path

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.root.layout import output_errors
from pipelines.root.partition_files import BLOCK_BYTES, OPEN_PARTS, event_files, file_name, rejection_files
from schemas.errors import OutputError
from schemas.events import Source
from tests.made_output import FIRST, POLICY, SECOND, change_part, make_event, make_rejection
from transforms.avro.encode import Encoding

ENCODING = Encoding(POLICY)


def ids_in(folder, written):
    with (folder / written.temp).open("rb") as stream:
        return [record["event_id"] for record in fastavro.reader(stream)]


def write_in_batches(folder, events, size):
    files = event_files(str(folder), ENCODING)
    closed = []
    for start in range(0, len(events), size):
        closed += files.add(FIRST, events[start : start + size])
    return closed + files.close()


def test_each_partition_of_a_part_is_one_file_with_its_records(tmp_path):
    events = [make_event(n, f"2027-05-{20 + n % 2}") for n in range(6)]
    written = write_in_batches(tmp_path, events, 4)
    assert {file.partition: ids_in(tmp_path, file) for file in written} == {
        "category=troubleshooting_data/expires_on=2027-05-20": [e.event.event_id for e in events[0::2]],
        "category=troubleshooting_data/expires_on=2027-05-21": [e.event.event_id for e in events[1::2]],
    }


def test_what_is_said_of_a_file_is_true(tmp_path):
    (written,) = write_in_batches(tmp_path, [make_event(n) for n in range(5)], 2)
    data = (tmp_path / written.temp).read_bytes()
    assert (written.records, written.bytes, written.sha256) == (5, len(data), sha256(data).hexdigest())
    with (tmp_path / written.temp).open("rb") as stream:
        assert sum(1 for _ in fastavro.reader(stream)) == 5


def test_a_file_is_named_after_its_input_and_part_and_its_staged_name_after_the_attempt(tmp_path):
    first, again = (write_in_batches(tmp_path, [make_event(1)], 1)[0] for _ in range(2))
    assert first.final == again.final == "part-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-00000.avro"
    assert first.temp != again.temp


@settings(max_examples=20, deadline=None)
@given(size=st.integers(1, 700))
def test_any_batching_gives_the_same_bytes(tmp_path_factory, size):
    folder = tmp_path_factory.mktemp("staging")
    events = [make_event(n, error_message=f"{n}" * 400) for n in range(600)]
    whole, cut = (write_in_batches(folder, events, step) for step in (len(events), size))
    assert whole[0].bytes > 0
    assert [file.sha256 for file in cut] == [file.sha256 for file in whole]


def test_a_long_partition_is_flushed_in_blocks_before_the_bundle_ends(tmp_path):
    files = event_files(str(tmp_path), ENCODING)
    events = [make_event(n, error_message="x" * 1000) for n in range(3 * BLOCK_BYTES // 1000)]
    files.add(FIRST, events)
    (staged,) = tmp_path.iterdir()
    with staged.open("rb") as stream:
        blocks = [block.num_records for block in fastavro.block_reader(stream)]
    assert len(blocks) >= 2
    (written,) = files.close()
    assert written.records == len(events)
    assert ids_in(tmp_path, written) == [event.event.event_id for event in events]


def test_parts_beyond_those_kept_open_are_closed_in_order(tmp_path):
    files = event_files(str(tmp_path), ENCODING)
    parts = [change_part(FIRST, number) for number in range(OPEN_PARTS + 2)]
    closed = [files.add(part, [make_event(part.part, source=part)]) for part in parts]
    assert [[file.final for file in group] for group in closed] == [
        *[[] for _ in range(OPEN_PARTS)],
        [file_name(parts[0])],
        [file_name(parts[1])],
    ]
    assert len(files.close()) == OPEN_PARTS


def test_a_part_that_comes_back_after_it_was_closed_gets_another_file_of_the_same_name(tmp_path):
    files = event_files(str(tmp_path), ENCODING)
    written = []
    for number in [*range(OPEN_PARTS + 1), 0]:
        part = change_part(FIRST, number)
        written += files.add(part, [make_event(len(written), source=part)])
    written += files.close()
    assert sorted(file.final for file in written).count(file_name(FIRST)) == 2
    assert sum(file.records for file in written) == OPEN_PARTS + 2


def test_inputs_of_one_bundle_are_kept_apart(tmp_path):
    files = event_files(str(tmp_path), ENCODING)
    files.add(FIRST, [make_event(1)])
    files.add(SECOND, [make_event(2, source=SECOND)])
    assert {file.final: ids_in(tmp_path, file) for file in files.close()} == {
        "part-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-00000.avro": ["event00000001"],
        "part-b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2-00000.avro": ["event00000002"],
    }


def test_what_a_failed_bundle_left_is_forgotten(tmp_path):
    files = event_files(str(tmp_path), ENCODING)
    files.add(FIRST, [make_event(1)])
    files.forget()
    files.add(FIRST, [make_event(2)])
    (written,) = files.close()
    assert ids_in(tmp_path, written) == ["event00000002"]


def test_rejections_stand_in_their_own_category(tmp_path):
    files = rejection_files(str(tmp_path), ENCODING)
    files.add(FIRST, [make_rejection(3)])
    (written,) = files.close()
    assert written.partition == "category=rejected/expires_on=2027-05-23"
    with (tmp_path / written.temp).open("rb") as stream:
        (record,) = fastavro.reader(stream)
    assert (record["reason"], record["source"], record["offset"]) == ("not_json", FIRST.name, 300)


def test_many_partitions_take_no_open_files(tmp_path):
    files = event_files(str(tmp_path), ENCODING)
    files.add(FIRST, [make_event(n, f"{2000 + n // 12}-{n % 12 + 1:02d}-01") for n in range(1200)])
    open_files = {path.resolve().parent for path in Path("/proc/self/fd").iterdir()}
    assert tmp_path.resolve() not in open_files
    assert len(files.close()) == 1200


def test_a_folder_that_is_gone_is_an_output_error(tmp_path):
    files = event_files(str(tmp_path / "gone"), ENCODING)
    files.add(FIRST, [make_event(1)])
    with pytest.raises(OutputError, match="cannot write to the output root: No such file or directory"):
        files.close()


def test_the_operating_systems_refusal_becomes_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught, output_errors(tmp_path):
        (tmp_path / "file" / "below").mkdir()
    assert str(caught.value) == f"cannot write to the output root {tmp_path}: Not a directory"


def test_a_file_name_has_no_trace_of_the_inputs_name():
    assert (
        file_name(Source("alice@example.com.jsonl", "0" * 64))
        == "part-00000000000000000000000000000000-00000.avro"
    )

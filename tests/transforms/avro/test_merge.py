"""Container files are joined block by block, and what is no whole container is refused."""

import io

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SchemaError
from transforms.avro.blocks import Codec, container_header
from transforms.avro.merge import join, take_apart

SCHEMA = {"type": "record", "name": "r", "fields": [{"name": "n", "type": "long"}]}
NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30)


def file_of(numbers, codec="zstandard", sync_interval=64):
    out = io.BytesIO()
    fastavro.writer(
        out,
        fastavro.parse_schema(SCHEMA),
        [{"n": n} for n in numbers],
        codec=codec,
        sync_interval=sync_interval,
    )
    return out.getvalue()


def numbers_of(data):
    return [record["n"] for record in fastavro.reader(io.BytesIO(data))]


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.sampled_from(["null", "deflate", "zstandard"]))
def test_a_joined_file_holds_the_records_of_all_in_their_order(parts, codec):
    containers = [take_apart(file_of(numbers, codec)) for numbers in parts]
    assert [one.records for one in containers] == list(map(len, parts))
    joined = join(containers, "part-x.avro")
    assert numbers_of(joined) == [number for numbers in parts for number in numbers]
    assert take_apart(joined).records == sum(map(len, parts))


def test_the_same_files_join_to_the_same_bytes():
    containers = [take_apart(file_of([1, 2])), take_apart(file_of([3]))]
    assert join(containers, "a.avro") == join(containers, "a.avro") != join(containers, "b.avro")


def test_files_of_different_codecs_are_not_joined():
    with pytest.raises(SchemaError, match="different schemas or codecs"):
        join([take_apart(file_of([1], codec)) for codec in ("null", "deflate")], "a.avro")


def test_the_header_that_we_write_is_read(tmp_path):
    data = container_header('{"type": "record", "name": "r", "fields": []}', bytes(16), Codec.DEFLATE)
    assert take_apart(data).blocks == ()


@given(st.data())
def test_a_file_that_was_cut_is_refused_unless_it_ends_with_a_block(data):
    whole = file_of(range(40))
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        container = take_apart(cut)
    except SchemaError:
        return
    assert numbers_of(cut) == list(range(container.records))


@given(st.binary(max_size=64))
def test_no_bytes_do_more_than_be_refused(data):
    with pytest.raises(SchemaError):
        take_apart(b"Obj\x01" + data + b"\xff")

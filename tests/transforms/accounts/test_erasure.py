"""Erasing from container files: what is not the account's stays byte for byte."""

import io

import fastavro
import pytest

from schemas.accounts import ErasureTarget
from schemas.errors import SchemaError
from transforms.accounts.erasure import RecordEraser, erase_from_file

MINE, NAME, OTHER = f"uin_1_{'m' * 20}", f"usr_1_{'n' * 20}", f"uin_1_{'o' * 20}"
SYNC = bytes(range(16))
SCHEMA = fastavro.parse_schema(
    {
        "type": "record",
        "name": "event",
        "fields": [
            {"name": "event_time", "type": "long"},
            {"name": "uin", "type": ["null", "string"]},
            {"name": "username", "type": ["null", "string"]},
            {"name": "output", "type": "string"},
            {"name": "others", "type": {"type": "map", "values": "string"}},
        ],
    }
)


def record(time=5, uin=OTHER, username=None, output="", others=None):
    return {"event_time": time, "uin": uin, "username": username, "output": output, "others": others or {}}


def container(*blocks, codec="zstandard"):
    """Return a container file with a block for each list of records."""
    out = io.BytesIO()
    writer = fastavro.write.Writer(out, SCHEMA, codec=codec, sync_marker=SYNC)
    for records in blocks:
        for one in records:
            writer.write(one)
        writer.dump()
    return out.getvalue()


def read(data):
    return list(fastavro.reader(io.BytesIO(data)))


def erase(data, *targets):
    return erase_from_file(data, RecordEraser(targets))


def test_a_file_without_the_account_is_not_rewritten():
    assert erase(container([record(output=f"for {OTHER}")]), ErasureTarget(MINE, "uin")) is None


@pytest.mark.parametrize("codec", ["zstandard", "deflate"])
def test_untouched_blocks_stay_byte_for_byte_and_an_emptied_one_goes(codec):
    first, last = [record(output="a" * 99)] * 50, [record(output="z" * 99)] * 50
    before = container(first, [record(uin=MINE)], last, codec=codec)
    after = erase(before, ErasureTarget(MINE, "uin"))
    assert after.data == container(first, last, codec=codec)
    assert (after.records, after.removed, after.changed) == (101, 1, 0)


def test_a_block_loses_the_accounts_records_and_others_no_longer_name_it():
    names = {"note": f"{MINE}; {NAME}"}
    before = container(
        [record(uin=MINE), record(output=f"by {MINE}", others=names), record(uin=None, username=NAME)]
    )
    after = erase(before, ErasureTarget(MINE, "uin"), ErasureTarget(NAME, "username"))
    assert read(after.data) == [record(output="by <ERASED>", others={"note": "<ERASED>; <ERASED>"})]
    assert (after.records, after.removed, after.changed) == (3, 2, 1)


@pytest.mark.parametrize(
    ("time", "goes"),
    [
        pytest.param(9, False, id="before-it-was-held"),
        pytest.param(10, True, id="first-moment"),
        pytest.param(19, True, id="last-moment"),
        pytest.param(20, False, id="held-by-the-next"),
    ],
)
def test_a_name_goes_for_the_time_it_was_held(time, goes):
    before = container([record(time, uin=None, username=NAME)])
    after = erase(before, ErasureTarget(NAME, "username", 10, 20))
    assert (after is not None and read(after.data) == []) == goes


def test_an_event_with_a_uin_is_of_that_uin_whatever_its_name():
    before = container([record(uin=OTHER, username=NAME)])
    assert read(erase(before, ErasureTarget(NAME, "username")).data) == [record(username="<ERASED>")]


def test_erasing_twice_changes_nothing():
    before = container([record(uin=MINE), record(output=MINE)])
    after = erase(before, ErasureTarget(MINE, "uin"))
    assert erase(after.data, ErasureTarget(MINE, "uin")) is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Obj\x01", id="cut-off"),
        pytest.param(container([record()])[:-9], id="without-its-end"),
        pytest.param(container([record()]) + b"more", id="with-more"),
        pytest.param(container([record()], codec="null"), id="codec-that-we-do-not-write"),
    ],
)
def test_what_is_no_file_of_ours_is_refused(data):
    with pytest.raises(SchemaError, match="not whole Avro"):
        erase(data, ErasureTarget(MINE, "uin"))

"""Records are encoded as fastavro encodes them by the schema that the file carries."""

import io
import os
import subprocess
import sys

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import event_schema
from schemas.events import FieldOutcome, RawRecord, RedactedEvent, Source, Tag, TaggedEvent
from schemas.policy.file import default_policy
from tests.conftest import ROOT
from tests.made_output import record_of
from transforms.avro import encode
from transforms.avro.encode import Encoding
from transforms.tag import MS_A_DAY

POLICY = default_policy()
NAMES = [rule.name for rule in POLICY.fields]
TEXT = st.one_of(st.text(max_size=40), st.integers(60, 9000).map(lambda size: "é" * (size // 2)))
LONG = st.integers(0, 2**53)
TAGS = st.lists(
    st.builds(
        Tag,
        st.sampled_from(NAMES),
        *[st.just("c")] * 4,
        st.integers(0, 36_500),
        st.lists(st.tuples(st.just("EMAIL"), st.integers(1, 999)), max_size=2).map(tuple),
    ),
    max_size=5,
).map(tuple)


def _tagged(values, others, source, event_time, expires_at, tags):
    event = RedactedEvent(
        RawRecord(b"", Source("a")),
        "id",
        event_time,
        source,
        values,
        others,
        tuple(FieldOutcome(tag.field, tag.treatment, tag.detected) for tag in tags),
    )
    return TaggedEvent(event, tags, expires_at, "2027-05-23", "1.0", "1")


def _by_fastavro(tagged):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(event_schema(POLICY)), record_of(tagged))
    return out.getvalue()


@given(
    st.builds(
        _tagged,
        st.dictionaries(st.sampled_from(NAMES), TEXT),
        st.dictionaries(st.text(max_size=5), TEXT, max_size=3),
        st.none() | TEXT,
        LONG,
        LONG,
        TAGS,
    )
)
def test_a_record_has_the_bytes_that_fastavro_gives_it(tagged):
    assert Encoding(POLICY).build().encode_events([tagged]) == {"2027-05-23": [_by_fastavro(tagged)]}


@pytest.mark.parametrize("remembered", [pytest.param(1, id="forgetful"), pytest.param(65_536, id="usual")])
def test_an_encoder_gives_a_record_the_tags_and_dates_of_its_own(remembered, monkeypatch):
    monkeypatch.setattr(encode, "_CACHED_TAG_DAYS", remembered)
    encoder = Encoding(POLICY).build()
    for number in range(60):
        # A new tag mostly lies where one that was let go of lay.
        tags = (Tag("state", *["c"] * 4, 180 + number % 2, (("EMAIL", number % 3),)),) * 30
        tagged = _tagged({}, {}, None, number % 4 * MS_A_DAY, 2, tags)
        assert encoder.encode_events([tagged]) == {"2027-05-23": [_by_fastavro(tagged)]}


def test_the_header_of_a_file_is_the_same_in_every_process() -> None:
    program = (
        "import json, sys; from schemas.avro import event_schema; from schemas.policy.file import default_policy;"
        " from transforms.avro.blocks import container_header;"
        " sys.stdout.buffer.write(container_header(json.dumps(event_schema(default_policy())), bytes(16)))"
    )
    headers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
            cwd=ROOT,
        ).stdout
        for seed in range(4)
    }
    assert len(headers) == 1
    assert fastavro.reader(io.BytesIO(headers.pop())).metadata["avro.codec"] == "zstandard"

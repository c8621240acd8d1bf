"""Records are encoded as fastavro encodes them by the schema that the file carries."""

import io
from datetime import date

import fastavro
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import event_schema
from schemas.events import FieldOutcome, RawRecord, RedactedEvent, Source, Tag, TaggedEvent
from schemas.policy_file import default_policy
from transforms.encode import Encoding

POLICY = default_policy()
NAMES = [rule.name for rule in POLICY.fields]
TEXT = st.one_of(st.text(max_size=40), st.integers(60, 9000).map(lambda size: "é" * (size // 2)))
LONG = st.integers(0, 2**53)
TAGS = st.lists(
    st.builds(
        Tag,
        st.sampled_from(NAMES),
        *[st.just("c")] * 4,
        st.just("2027-05-23"),
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
    event = tagged.event
    record = {
        **dict.fromkeys(NAMES),
        **event.values,
        "event_id": event.event_id,
        "event_time": event.event_time,
        "expires_at": tagged.expires_at,
        "policy_version": tagged.policy_version,
        "key_epoch": tagged.key_epoch,
        "source": event.source,
        "others": event.others,
        "tags": [
            {
                **tag._asdict(),
                "expires_on": date.fromisoformat(tag.expires_on),
                "detected": [{"kind": kind, "count": count} for kind, count in tag.detected],
            }
            for tag in tagged.tags
        ],
    }
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(event_schema(POLICY)), record)
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


def test_an_encoder_gives_a_record_its_own_tags_where_those_of_an_earlier_one_lay_in_memory():
    encoder = Encoding(POLICY).build()
    tags = [Tag("state", *["c"] * 4, "2027-05-23", (("EMAIL", number),)) for number in range(3)]
    expected = [_by_fastavro(_tagged({}, {}, None, 1, 2, (tag,) * 30)) for tag in tags]
    for number in [0, 1, 2] * 20:
        assert encoder.encode_events([_tagged({}, {}, None, 1, 2, (tags[number],) * 30)]) == {
            "2027-05-23": [expected[number]]
        }

"""A real broker's topics: every compression, odd messages, transactions, retention, SASL, and partitions that come."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import fastavro
import orjson
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from pipelines.sources.kafka import PASSWORD_VARIABLE, KafkaConnection, KafkaTopic
from pipelines.streams import topic_writers
from pipelines.streams.job import Stores, StreamJob, deal_topic
from pipelines.streams.lane_worker import LaneWorker
from pipelines.streams.micro_batches import run_micro_batches
from pipelines.streams.topic_writers import ProduceEventsFn, ProduceRejectionsFn, ValueFormat
from schemas.avro import event_schema
from schemas.cls_pb2 import LogGroupList
from schemas.errors import GapError, StreamError, UnreachableError
from schemas.policy.file import default_policy
from tests.certificates import certificates
from tests.cluster.counted import SECRET, counted_event, numbers_in, rejected_in
from tests.kafka import MAX_MESSAGE_BYTES, PASSWORD, USER, Kafka, free_ports, kafka_broker
from tests.made_output import is_whole, read_records
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

BODY = RedactLogEvents(default_policy(), PseudonymKey(bytes(range(32)), "1"), 0)


@pytest.fixture
def topic(broker: Kafka) -> str:
    """Return a new topic of four partitions."""
    name = f"topic-{uuid4()}"
    broker.make_topic(name)
    return name


def stream(root: Path, connection: KafkaConnection, topic: str, lanes: int = 2, **options: object) -> int:
    """Stream what is there of a topic and return how many messages were committed."""
    source = KafkaTopic(topic, connection, "logveil-test")
    job = replace(StreamJob(root, source, deal_topic(root, source, lanes), BODY), **options)
    return run_micro_batches(job, 0.1, threading.Event(), until_caught_up=True).messages


def plain(broker: Kafka) -> KafkaConnection:
    return KafkaConnection(broker.bootstrap)


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_every_compression_is_read(broker, topic, tmp_path, compression):
    broker.produce(topic, map(counted_event, range(500)), compression_type=compression)
    assert stream(tmp_path, plain(broker), topic) == 500
    assert numbers_in(tmp_path) == dict.fromkeys(range(500), 1)
    assert is_whole(tmp_path)


def test_odd_messages_are_rejected_by_reason_and_the_rest_is_written(broker, topic, tmp_path):
    large = counted_event(2)[:-1] + b', "description": "' + b"x" * (9 << 20) + b'"}'
    future = int(datetime.now(UTC).timestamp() * 1000) + 3 * 86_400_000
    odd = [
        None,
        b"",
        b"poison",
        b"\xff\xfe\x00",
        b"y" * (11 << 20),
    ]
    out_of_time = [counted_event(3, future), counted_event(4, 1_500_000_000_000)]
    broker.produce(topic, [counted_event(1), large, *odd, *out_of_time], partition=0)
    assert stream(tmp_path, plain(broker), topic, max_event_bytes=10 << 20) == 9
    assert numbers_in(tmp_path) == {1: 1, 2: 1}
    assert rejected_in(tmp_path) == {"empty_line": 2, "not_json": 2, "too_long": 1, "future_time": 1}
    assert is_whole(tmp_path)


def test_aborted_messages_are_not_seen_and_control_records_are_no_gap(broker, topic, tmp_path):
    producer = broker.producer(transactional_id=topic)
    producer.init_transactions()
    for turn in range(4):
        producer.begin_transaction()
        for number in range(10):
            producer.produce(topic, counted_event(10 * turn + number), partition=turn % 2)
        (producer.commit_transaction if turn % 2 == 0 else producer.abort_transaction)()
        assert stream(tmp_path, plain(broker), topic) == (10 if turn % 2 == 0 else 0)
    assert numbers_in(tmp_path) == dict.fromkeys([*range(10), *range(20, 30)], 1)
    assert is_whole(tmp_path)


def test_a_partition_that_comes_is_read_from_its_start(broker, topic, tmp_path):
    broker.produce(topic, map(counted_event, range(100)))
    stream(tmp_path, plain(broker), topic)
    broker.add_partitions(topic, 7)
    for partition in range(7):
        numbers = range(100 + 10 * partition, 110 + 10 * partition)
        broker.produce(topic, map(counted_event, numbers), partition=partition)
    assert stream(tmp_path, plain(broker), topic) == 70
    assert numbers_in(tmp_path) == dict.fromkeys(range(170), 1)
    assert is_whole(tmp_path)


def test_what_retention_took_before_it_was_read_is_an_error_that_names_it(broker, topic, tmp_path):
    broker.produce(topic, map(counted_event, range(50)), partition=1)
    stream(tmp_path, plain(broker), topic)
    broker.produce(topic, map(counted_event, range(50, 100)), partition=1)
    broker.drop_before(topic, 1, 80)
    with pytest.raises(GapError, match="partition 1: 50 to 79"):
        stream(tmp_path, plain(broker), topic)
    assert stream(tmp_path, plain(broker), topic, record_gaps=True) == 20
    assert numbers_in(tmp_path) == dict.fromkeys([*range(50), *range(80, 100)], 1)
    assert is_whole(tmp_path)


def test_a_topic_made_anew_is_refused(broker, topic, tmp_path):
    broker.produce(topic, map(counted_event, range(50)), partition=1)
    stream(tmp_path, plain(broker), topic)
    admin = broker._admin()
    admin.delete_topics([topic])[topic].result(30)
    while True:
        try:
            broker.make_topic(topic)
            break
        except Exception:  # noqa: BLE001  (it is being deleted)
            continue
    with pytest.raises(StreamError, match="was read to 50 before"):
        stream(tmp_path, plain(broker), topic)


def test_lanes_are_dealt_anew_between_two_runs(broker, topic, tmp_path):
    for turn, lanes in enumerate((1, 4, 3)):
        broker.produce(topic, map(counted_event, range(100 * turn, 100 * turn + 100)))
        assert stream(tmp_path, plain(broker), topic, lanes) == 100
    assert numbers_in(tmp_path) == dict.fromkeys(range(300), 1)
    assert is_whole(tmp_path)


def test_a_user_and_a_password_file_open_the_topic(broker, topic, tmp_path):
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o600)
    broker.produce(topic, map(counted_event, range(20)))
    connection = KafkaConnection(broker.sasl_bootstrap, USER, secret, cls=True)
    assert stream(tmp_path / "out", connection, topic) == 20


def test_a_wrong_password_is_an_error_and_is_not_shown(broker, topic, tmp_path, monkeypatch):
    monkeypatch.setenv(PASSWORD_VARIABLE, "swordfish")
    with pytest.raises((StreamError, UnreachableError)) as raised:
        stream(tmp_path, KafkaConnection(broker.sasl_bootstrap, USER), topic)
    assert "swordfish" not in str(raised.value)


def test_no_broker_is_told_apart_from_no_topic(broker, tmp_path):
    with pytest.raises(UnreachableError, match="doesn't answer"):
        stream(tmp_path, KafkaConnection(f"127.0.0.1:{free_ports(1)[0]}"), "topic")
    with pytest.raises(StreamError, match="the topic can't be read: UNKNOWN_TOPIC_OR_PART"):
        stream(tmp_path, plain(broker), "nowhere")


def test_a_log_group_list_is_read_log_by_log(broker, topic, tmp_path):
    groups = LogGroupList()
    group = groups.logGroupList.add()
    for number in range(3):
        log = group.logs.add()
        log.time = int(datetime.now(UTC).timestamp() * 1000)
        content = log.contents.add()
        content.key, content.value = "request_id", f"{number:032x}"
    broker.produce(topic, [groups.SerializeToString()])
    assert stream(tmp_path, plain(broker), topic) == 1
    assert numbers_in(tmp_path) == {0: 1, 1: 1, 2: 1}
    assert is_whole(tmp_path)


def test_the_consumer_group_shows_how_far_reading_has_come(broker, topic, tmp_path):
    broker.produce(topic, map(counted_event, range(40)), partition=2)
    stream(tmp_path, plain(broker), topic)
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "logveil-test"})
    try:
        assert consumer.committed([TopicPartition(topic, 2)], timeout=30)[0].offset == 40
    finally:
        consumer.close()


def test_messages_of_sixteen_megabytes_at_most_are_fetched(broker, topic, tmp_path):
    producer = Producer({"bootstrap.servers": broker.bootstrap, "message.max.bytes": MAX_MESSAGE_BYTES})
    producer.produce(topic, b"z" * (MAX_MESSAGE_BYTES - 1024))
    assert producer.flush(60) == 0
    assert stream(tmp_path, plain(broker), topic) == 1
    assert rejected_in(tmp_path) == {"too_long": 1}


def messages_of(broker: Kafka, topic: str) -> list[tuple[str, bytes]]:
    """Return the keys and values of a topic of one partition."""
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": str(uuid4())})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        found = consumer.consume(broker.ends(topic)[0], 60)
        return [(message.key().decode(), message.value()) for message in found]
    finally:
        consumer.close()


@pytest.mark.parametrize("format", ValueFormat)
def test_redacted_events_are_written_to_a_topic_by_their_ids(broker, topic, tmp_path, format):
    broker.make_topic(f"{topic}-out", 1)
    broker.produce(topic, map(counted_event, range(50)))
    stores = Stores(events=[ProduceEventsFn(plain(broker), f"{topic}-out", BODY.policy, format)])
    stream(tmp_path, plain(broker), topic, stores=stores)
    records = {
        record["event_id"]: record for record in read_records(tmp_path, "category=troubleshooting_data")
    }
    written = dict(messages_of(broker, f"{topic}-out"))
    assert written.keys() == records.keys()
    if format is ValueFormat.AVRO:
        schema = event_schema(BODY.policy)
        assert {
            key: fastavro.schemaless_reader(BytesIO(value[10:]), schema) for key, value in written.items()
        } == records
        assert {value[:2] for value in written.values()} == {b"\xc3\x01"}
    else:
        decoded = {key: orjson.loads(value) for key, value in written.items()}
        assert {key: value["output"] for key, value in decoded.items()} == {
            key: record["output"] for key, record in records.items()
        }
        assert all(SECRET.encode() not in value for value in written.values())


def test_the_coordinates_of_rejections_are_written_to_a_topic(broker, topic, tmp_path):
    broker.make_topic(f"{topic}-rejected", 1)
    broker.produce(topic, [b"poison of the well"], partition=3)
    stores = Stores(rejections=[ProduceRejectionsFn(plain(broker), f"{topic}-rejected")])
    stream(tmp_path, plain(broker), topic, stores=stores)
    ((key, value),) = messages_of(broker, f"{topic}-rejected")
    assert key == f"{topic}/3/0/0"
    stated = orjson.loads(value)
    assert (stated["reason"], stated["partition"], stated["offset"], stated["length"]) == (
        "not_json",
        3,
        0,
        18,
    )
    assert b"poison" not in value


def test_an_output_topic_that_is_not_there_keeps_segments_from_being_committed(
    broker, topic, tmp_path, monkeypatch
):
    monkeypatch.setattr(topic_writers, "FLUSH_SECONDS", 8.0)
    broker.produce(topic, map(counted_event, range(5)))
    source = KafkaTopic(topic, plain(broker), "logveil-test")
    writer = ProduceEventsFn(plain(broker), "nowhere", BODY.policy)
    job = StreamJob(tmp_path, source, deal_topic(tmp_path, source, 1), BODY, stores=Stores(events=[writer]))
    with pytest.raises(UnreachableError, match="the topic nowhere doesn't take what is written to it"):
        LaneWorker(job, 0).advance(datetime.now(UTC))
    assert not list(tmp_path.glob("category=*"))


def test_tls_is_checked_against_the_named_authority(tmp_path_factory, tmp_path):
    directory = tmp_path_factory.mktemp("tls")
    authority, key_store = certificates(directory)
    with kafka_broker(directory / "kafka", key_store) as broker:
        broker.make_topic("t")
        broker.produce("t", map(counted_event, range(10)))
        bootstrap = f"localhost:{broker.tls_port}"
        assert stream(tmp_path / "out", KafkaConnection(bootstrap, tls=True, tls_ca=authority), "t") == 10
        with pytest.raises((StreamError, UnreachableError)):
            stream(tmp_path / "other", KafkaConnection(bootstrap, tls=True), "t")

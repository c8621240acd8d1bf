"""A real Kafka broker of the test's own: KRaft, one node, its own ports, data and process."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from tests.conftest import ROOT, absent

USER, PASSWORD = "logset-id", "AKIDexample#swordfish-of-the-topic"
MAX_MESSAGE_BYTES = 16 << 20
_START_SECONDS = 300
_CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"


def parts_folder() -> Path:
    """Return where `.ci/parts` has put what it installed."""
    return Path(os.environ.get("LOGVEIL_PARTS", ROOT / ".tools"))


def part(name: str) -> Path:
    """Return a part's folder or program, or skip the test; fail it where everything is required."""
    path = parts_folder() / name
    if not (path / "whole").exists() and not path.is_file():
        absent(f"{name} (.ci/parts installs it)")
    return path


def free_ports(number: int) -> list[int]:
    """Return ports on which nobody listens."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_for(is_so: Callable[[], bool], what: str, seconds: float = _START_SECONDS) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: It isn't after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come about in {seconds} seconds")
        time.sleep(0.1)


@dataclass
class Kafka:
    """A broker that a test starts, kills and starts again; it listens on the loopback, plainly and with SASL or TLS."""

    directory: Path
    port: int
    sasl_port: int
    controller_port: int
    tls_port: int | None = None
    key_store: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def bootstrap(self) -> str:
        """Return where it is reached plainly."""
        return f"127.0.0.1:{self.port}"

    @property
    def sasl_bootstrap(self) -> str:
        """Return where it is reached with user and password."""
        return f"127.0.0.1:{self.sasl_port}"

    def start(self) -> None:
        """Start the broker and wait until it answers."""
        jars = f"{part('kafka')}/lib/*"
        config = self.directory / "server.properties"
        config.write_text(self._config())
        if not (self.directory / "data" / "meta.properties").exists():
            format_it = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(config)]
            subprocess.run(["java", "-Xmx128m", "-cp", jars, *format_it], check=True, capture_output=True)
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", jars, "kafka.Kafka", str(config)]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self._answers, "the broker")

    def kill(self) -> None:
        """Kill the broker as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Shut the broker down."""
        self._end(signal.SIGTERM)

    def make_topic(self, name: str, partitions: int = 4, **config: str) -> None:
        """Make a topic; `config` names its options with underscores for dots."""
        options = {key.replace("_", "."): value for key, value in config.items()}
        admin = self._admin()
        made = admin.create_topics([NewTopic(name, partitions, 1, config=options)])
        made[name].result(30)

    def add_partitions(self, name: str, total: int) -> None:
        """Let a topic have so many partitions."""
        admin = self._admin()
        admin.create_partitions([NewPartitions(name, total)])[name].result(30)

    def drop_before(self, name: str, partition: int, offset: int) -> None:
        """Delete what stands before an offset, as retention would."""
        admin = self._admin()
        for future in admin.delete_records([TopicPartition(name, partition, offset)]).values():
            future.result(30)

    def producer(self, **config: object) -> Producer:
        """Return a producer; `config` names its options with underscores for dots."""
        options = {key.replace("_", "."): value for key, value in config.items()}
        return Producer(
            {
                "bootstrap.servers": self.bootstrap,
                "message.max.bytes": MAX_MESSAGE_BYTES,
                "linger.ms": 20,
                "log_level": 0,
                **options,
            }
        )

    def produce(
        self, name: str, values: Iterable[bytes | None], partition: int = -1, **config: object
    ) -> None:
        """Append messages to a topic and wait until they are there."""
        producer = self.producer(**config)
        for value in values:
            while True:
                try:
                    producer.produce(name, value, partition=partition)
                    break
                except BufferError:
                    producer.poll(0.1)
        assert producer.flush(120) == 0

    def ends(self, name: str) -> dict[int, int]:
        """Return the end of each partition of a topic."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "ends"})
        try:
            partitions = consumer.list_topics(name, timeout=30).topics[name].partitions
            return {
                number: consumer.get_watermark_offsets(TopicPartition(name, number), timeout=30)[1]
                for number in partitions
            }
        finally:
            consumer.close()

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap})

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError((self.directory / "log").read_text()[-2000:])
        with suppress(KafkaException):
            admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
            return bool(admin.list_topics(timeout=2).brokers)
        return False

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None

    def _config(self) -> str:
        listeners = [f"PLAINTEXT://127.0.0.1:{self.port}", f"SASL_PLAINTEXT://127.0.0.1:{self.sasl_port}"]
        if self.tls_port is not None:
            listeners.append(f"SSL://127.0.0.1:{self.tls_port}")
        return "\n".join(
            [
                "process.roles=broker,controller",
                "node.id=1",
                f"controller.quorum.voters=1@127.0.0.1:{self.controller_port}",
                f"listeners={','.join([*listeners, f'CONTROLLER://127.0.0.1:{self.controller_port}'])}",
                f"advertised.listeners={','.join(listeners)}",
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,"
                "SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL",
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=PLAINTEXT",
                "sasl.enabled.mechanisms=PLAIN",
                "listener.name.sasl_plaintext.plain.sasl.jaas.config="
                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                f' user_{USER}="{PASSWORD}";',
                *self._tls_config(),
                f"log.dirs={self.directory}/data",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=4",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0",
                f"message.max.bytes={MAX_MESSAGE_BYTES}",
                f"replica.fetch.max.bytes={MAX_MESSAGE_BYTES}",
                "auto.create.topics.enable=false",
            ]
        )

    def _tls_config(self) -> list[str]:
        if self.key_store is None:
            return []
        return [
            f"ssl.keystore.location={self.key_store}",
            "ssl.keystore.type=PEM",
            "ssl.client.auth=none",
        ]


@contextmanager
def kafka_broker(directory: Path, key_store: Path | None = None) -> Iterator[Kafka]:
    """Start a broker and stop it at the end; skip where there is none."""
    if shutil.which("java") is None:
        absent("java")
    part("kafka")
    ports = free_ports(4)
    directory.mkdir(parents=True, exist_ok=True)
    broker = Kafka(directory, ports[0], ports[1], ports[2], ports[3] if key_store else None, key_store)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()

"""`logveil status`: how far a root and its streams have come, for people, machines and Prometheus."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import CollectorRegistry, start_http_server, write_to_textfile

from pipelines.commands.account_options import Json, in_ms
from pipelines.commands.existing_root import ExistingRoot
from pipelines.commands.kafka_options import (
    Bootstrap,
    Cls,
    SaslMechanism,
    SaslPasswordFile,
    SaslUser,
    Tls,
    TlsCa,
    TlsCertificate,
    TlsKey,
)
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.status_report import print_status, status_json
from pipelines.commands.stopping import stopping
from pipelines.commands.terminal import say, say_json
from pipelines.database.database import Database
from pipelines.sources.kafka import KafkaConnection
from pipelines.status.metrics import Status, StatusCollector
from pipelines.status.root import RootWatcher
from pipelines.status.topic import TopicStatus, ask_topic
from pipelines.vault.erasure import overdue_accounts
from schemas.errors import OptionsError

_AMISS = 1

Topic = Annotated[str | None, typer.Option(help="Ask the broker for this topic alone.")]
Vault = Annotated[
    str | None,
    typer.Option("--vault", envvar="LOGVEIL_VAULT", help="Also count overdue erasures in this vault."),
]
MaxAge = Annotated[
    float | None, typer.Option(help="Exit with 1 if nothing was committed for so many seconds.", min=0)
]
MetricsFile = Annotated[
    Path | None, typer.Option(help="Write Prometheus text to this file (*.prom), for node_exporter.")
]
MetricsPort = Annotated[
    int | None,
    typer.Option(help="Serve Prometheus metrics on this port until interrupted.", min=1, max=65535),
]
MetricsHost = Annotated[str, typer.Option(help="The address to serve on; others than loopback need a guard.")]


def status(
    root: ExistingRoot,
    bootstrap: Bootstrap = None,
    topic: Topic = None,
    sasl_user: SaslUser = None,
    sasl_password_file: SaslPasswordFile = None,
    sasl_mechanism: SaslMechanism = "PLAIN",
    tls: Tls = False,
    tls_ca: TlsCa = None,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    cls: Cls = False,
    vault: Vault = None,
    policy: PolicyOption = None,
    max_age_seconds: MaxAge = None,
    metrics_file: MetricsFile = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
    as_json: Json = False,
) -> None:
    """Show how far a root and its streams have come; the exit code is 1 if there is anything to look after."""
    connection = None
    if bootstrap is not None:
        connection = KafkaConnection(
            bootstrap,
            sasl_user,
            sasl_password_file,
            sasl_mechanism,
            tls,
            tls_ca,
            tls_certificate,
            tls_key,
            cls,
        )
    elif topic is not None:
        raise OptionsError("--topic needs --bootstrap")
    look = _watcher(root, connection, topic, vault, policy)
    if metrics_port is not None:
        _serve(look, metrics_port, metrics_host)
        return
    found = look()
    if metrics_file is not None:
        write_to_textfile(str(metrics_file), _registry(lambda: found))
    if as_json:
        say_json(status_json(found))
    elif metrics_file is None:
        print_status(found)
    age = found.root.commit_age_seconds
    too_old = max_age_seconds is not None and (age is None or age > max_age_seconds)
    if found.warnings or too_old:
        raise typer.Exit(_AMISS)


def _watcher(
    root: Path, connection: KafkaConnection | None, topic: str | None, vault: str | None, policy: Path | None
) -> Callable[[], Status]:
    watcher = RootWatcher(root)
    loaded = read_policy(policy)
    days = loaded.categories[loaded.event_category].retention_days or 0

    def look() -> Status:
        now = datetime.now(UTC)
        seen = watcher.look(now)
        wanted = [one for one in seen.streams if topic in (None, one.topic)]
        topics: tuple[TopicStatus, ...] = ()
        if connection is not None:
            topics = tuple(ask_topic(connection, one.topic, one.next) for one in wanted)
        overdue = None if vault is None else len(overdue_accounts(Database(vault), in_ms(now)))
        return Status(seen, topics, overdue, days)

    return look


def _registry(look: Callable[[], Status]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(StatusCollector(look))
    return registry


def _serve(look: Callable[[], Status], port: int, host: str) -> None:
    look()
    server, _ = start_http_server(port, host, _registry(look))
    stop = stopping()
    say(f"metrics on http://{host}:{port}/metrics")
    while not stop.wait(1):  # not for ever at once: a signal that another thread took must be seen here
        pass
    server.shutdown()

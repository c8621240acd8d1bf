"""`logveil stream`: a topic, a directory or a demonstration, redacted without end."""

import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import typer

from pipelines.commands import stream_options as options
from pipelines.commands.detectors import RecognizersOption, detection_of
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.redact import (
    CodecOption,
    EventsUrl,
    Keys,
    MaxBytes,
    Output,
    Skew,
    Unknown,
    VaultUrl,
    account_store,
    erased_accounts,
    event_store,
    key_ring,
    split_beam_options,
)
from pipelines.commands.stream_demo import show_demo
from pipelines.jobs.redaction import RedactionJob
from pipelines.sources.kafka import KafkaConnection, KafkaTopic
from pipelines.sources.kafka_lane import ReadLimit
from pipelines.streams.cluster import LANES_ON_A_CLUSTER, run_on_runner
from pipelines.streams.job import Stores, StreamJob, Topic, deal_topic
from pipelines.streams.micro_batches import run_micro_batches
from pipelines.streams.watch import FolderWatch, watch_folder
from schemas.errors import OptionsError
from schemas.ledger import Ledger
from transforms.accounts.erased import Marks
from transforms.avro.blocks import Codec
from transforms.classify import UnknownFields
from transforms.framing.messages import MessageFormat
from transforms.pseudonyms import PseudonymKey
from transforms.redact_logs import RedactLogEvents

_LANES_IN_PROCESS = 1
_MS_AN_HOUR = 3_600_000
_READ_SECONDS = 10.0


def stream(
    output: Output,
    arguments: options.Arguments = None,
    bootstrap: options.Bootstrap = None,
    topic: options.TopicName = None,
    group: options.Group = None,
    cls: options.Cls = False,
    begin: options.From = options.Begin.EARLIEST,
    on_gap: options.Gap = options.OnGap.STOP,
    format: options.Format = MessageFormat.JSON,
    sasl_user: options.SaslUser = None,
    sasl_password_file: options.SaslPasswordFile = None,
    sasl_mechanism: options.SaslMechanism = "PLAIN",
    tls: options.Tls = False,
    tls_ca: options.TlsCa = None,
    tls_certificate: options.TlsCertificate = None,
    tls_key: options.TlsKey = None,
    roll_seconds: options.RollSeconds = 10.0,
    roll_bytes: options.RollBytes = 64 * options.MIB,
    roll_messages: options.RollMessages = 20_000,
    lanes: options.Lanes = None,
    until_caught_up: options.UntilCaughtUp = False,
    detach: options.Detach = False,
    watch: options.Watch = None,
    stable_seconds: options.StableSeconds = 30.0,
    marker: options.Marker = None,
    local_demo: options.LocalDemo = False,
    policy: PolicyOption = None,
    recognizers: RecognizersOption = None,
    keys: Keys = None,
    unknown_fields: Unknown = UnknownFields.DROP,
    max_event_bytes: MaxBytes = 8 * options.MIB,
    skew_hours: Skew = 24,
    codec: CodecOption = Codec.ZSTANDARD,
    vault: VaultUrl = None,
    mysql: EventsUrl = None,
) -> None:
    """Redact a topic's events as they come into tagged Avro partitions that expire by date."""
    files, beam_options = split_beam_options(arguments or [])
    stated, ring = read_policy(policy), key_ring(keys, output.absolute())
    asked = Asked(
        output.absolute(),
        RedactLogEvents(
            stated,
            ring.current,
            0,
            unknown_fields,
            detection_of(stated, recognizers),
            int(skew_hours * _MS_AN_HOUR),
            sight_accounts=vault is not None,
        ),
        roll_seconds,
        ReadLimit(roll_messages, roll_bytes, _READ_SECONDS),
        lanes,
        codec,
        max_event_bytes,
        format,
        on_gap is options.OnGap.RECORD,
        Stores(
            events=() if mysql is None else [event_store(mysql, stated).writer()],
            sightings=() if vault is None else [account_store(vault, ring, stated).writer()],
        ),
        ring.keys,
        {} if vault is None else erased_accounts(vault, ring, stated),
    )
    if local_demo:
        show_demo(asked.output, asked.body, files, roll_seconds)
        return
    if watch is not None:
        job = RedactionJob(
            inputs=(),
            root=asked.output,
            policy=stated,
            key=ring.current,
            now=datetime.now(UTC),
            unknown_fields=unknown_fields,
            max_event_bytes=max_event_bytes,
            skew=timedelta(hours=skew_hours),
            codec=codec,
            beam_options=beam_options,
            detection=asked.body.detection,
            keys=ring.keys,
            vault=None if vault is None else account_store(vault, ring, stated),
            erased_in_vault=asked.erased_in_vault,
            event_table=None if mysql is None else event_store(mysql, stated),
        )
        folder = FolderWatch(watch.absolute(), asked.output, stable_seconds, marker)
        watch_folder(job, folder, roll_seconds, stopping(), until_caught_up, _show_run)
        return
    if files:
        raise OptionsError("files are fed to --local-demo only; `logveil redact` redacts files")
    if bootstrap is None or topic is None:
        raise OptionsError("a stream needs --bootstrap and --topic, or --watch DIR, or --local-demo")
    connection = KafkaConnection(
        bootstrap, sasl_user, sasl_password_file, sasl_mechanism, tls, tls_ca, tls_certificate, tls_key, cls
    )
    source = KafkaTopic(topic, connection, group or f"logveil-{topic}")
    run_stream(asked, source, begin is options.Begin.LATEST, until_caught_up, beam_options, detach)


@dataclass(frozen=True)
class Asked:
    """What the options ask of any stream."""

    output: Path
    body: RedactLogEvents
    roll_seconds: float
    limit: ReadLimit
    lanes: int | None
    codec: Codec
    max_event_bytes: int
    format: MessageFormat
    record_gaps: bool
    stores: Stores
    keys: Sequence[PseudonymKey]
    erased_in_vault: Marks

    def job(self, topic: Topic, at_end: bool, default_lanes: int) -> StreamJob:
        """Return the job, the topic dealt."""
        return StreamJob(
            self.output,
            topic,
            deal_topic(self.output, topic, self.lanes, at_end, default_lanes),
            self.body,
            self.format,
            self.max_event_bytes,
            self.limit,
            self.codec,
            self.record_gaps,
            self.stores,
            self.keys,
            self.erased_in_vault,
        )


def run_stream(
    asked: Asked,
    topic: Topic,
    at_end: bool,
    until_caught_up: bool,
    beam_options: Sequence[str],
    detach: bool,
) -> None:
    """Run a topic's stream until it is told to stop, in this process and then say what it has done, or on a runner."""
    if beam_options:
        if until_caught_up:
            raise OptionsError("--until-caught-up is for a stream in this process")
        job = asked.job(topic, at_end, LANES_ON_A_CLUSTER)
        run_on_runner(job, asked.roll_seconds, beam_options, stopping(), detach)
        return
    progress = run_micro_batches(
        asked.job(topic, at_end, _LANES_IN_PROCESS), asked.roll_seconds, stopping(), until_caught_up
    )
    typer.echo(f"{progress.messages} messages committed in {progress.runs} runs")


def _show_run(ledger: Ledger) -> None:
    typer.echo(f"{len(ledger.inputs)} files, {ledger.counts['written']} events written  {ledger.run_id}")


def stopping() -> threading.Event:
    """Return what is set when this process is told to end: what is under way is then brought to its end."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop

"""`logveil stream`: a topic, a directory or a demonstration, redacted without end."""

import signal
import threading
from datetime import UTC, datetime, timedelta
from types import FrameType

from pipelines.commands import stream_options as options
from pipelines.commands.detectors import FormatsOption, NamesOption, RecognizersOption, detection_of
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
from pipelines.commands.terminal import say
from pipelines.jobs.redaction import RedactionJob
from pipelines.sources.kafka import KafkaConnection, KafkaTopic
from pipelines.sources.kafka_lane import ReadLimit
from pipelines.streams.cluster import LANES_ON_A_CLUSTER, run_on_runner
from pipelines.streams.job import Stores, StreamJob, deal_topic
from pipelines.streams.micro_batches import run_micro_batches
from pipelines.streams.topic_writers import ProduceEventsFn, ProduceRejectionsFn, ValueFormat
from pipelines.streams.watch import FolderWatch, watch_folder
from schemas.errors import OptionsError
from schemas.ledger import Ledger
from transforms.avro.blocks import Codec
from transforms.classify import UnknownFields
from transforms.framing.messages import MessageFormat

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
    output_topic: options.OutputTopic = None,
    output_format: options.OutputFormat = ValueFormat.JSON,
    reject_topic: options.RejectTopic = None,
    detach: options.Detach = False,
    watch: options.Watch = None,
    stable_seconds: options.StableSeconds = 30.0,
    marker: options.Marker = None,
    local_demo: options.LocalDemo = False,
    policy: PolicyOption = None,
    recognizers: RecognizersOption = None,
    formats: FormatsOption = None,
    names: NamesOption = None,
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
    accounts = None if vault is None else account_store(vault, ring, stated)
    table = None if mysql is None else event_store(mysql, stated)
    job = RedactionJob(
        inputs=(),
        root=output.absolute(),
        policy=stated,
        key=ring.current,
        now=datetime.now(UTC),
        unknown_fields=unknown_fields,
        max_event_bytes=max_event_bytes,
        skew=timedelta(hours=skew_hours),
        codec=codec,
        beam_options=beam_options,
        detection=detection_of(stated, recognizers, formats, names),
        keys=ring.keys,
        vault=accounts,
        erased_in_vault={} if vault is None else erased_accounts(vault, ring, stated),
        event_table=table,
    )
    if local_demo:
        show_demo(job.root, job.body({}), files, roll_seconds)
        return
    if files:
        raise OptionsError("files are fed to --local-demo only; `logveil redact` redacts files")
    if watch is not None:
        folder = FolderWatch(watch.absolute(), job.root, stable_seconds, marker)
        watch_folder(job, folder, roll_seconds, stopping(), until_caught_up, _show_run)
        return
    if bootstrap is None or topic is None:
        raise OptionsError("a stream needs --bootstrap and --topic, or --watch DIR, or --local-demo")
    if beam_options and until_caught_up:
        raise OptionsError("--until-caught-up is for a stream in this process")
    connection = KafkaConnection(
        bootstrap, sasl_user, sasl_password_file, sasl_mechanism, tls, tls_ca, tls_certificate, tls_key, cls
    )
    events = [] if table is None else [table.writer()]
    if output_topic is not None:
        events.append(ProduceEventsFn(connection, output_topic, stated, output_format))
    stores = Stores(
        events,
        [] if reject_topic is None else [ProduceRejectionsFn(connection, reject_topic)],
        [] if accounts is None else [accounts.writer()],
    )
    source = KafkaTopic(topic, connection, group or f"logveil-{topic}")
    default_lanes = LANES_ON_A_CLUSTER if beam_options else _LANES_IN_PROCESS
    lasting = StreamJob(
        job.root,
        source,
        deal_topic(job.root, source, lanes, begin is options.Begin.LATEST, default_lanes),
        job.body({}),
        format,
        max_event_bytes,
        ReadLimit(roll_messages, roll_bytes, _READ_SECONDS),
        codec,
        on_gap is options.OnGap.RECORD,
        stores,
        job.keys,
        job.erased_in_vault,
    )
    if beam_options:
        run_on_runner(lasting, roll_seconds, beam_options, stopping(), detach)
        return
    progress = run_micro_batches(lasting, roll_seconds, stopping(), until_caught_up)
    say(f"{progress.messages} messages committed in {progress.runs} runs")


def stopping() -> threading.Event:
    """Return what is set when this process is told to end: what is under way is then brought to its end."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop


def _show_run(ledger: Ledger) -> None:
    say(f"{len(ledger.inputs)} files, {ledger.counts['written']} events written  {ledger.run_id}")

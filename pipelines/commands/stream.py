"""`logveil stream`: a topic, a directory or a demonstration, redacted without end."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from apache_beam import DoFn

from pipelines.commands import kafka_options as broker
from pipelines.commands import stream_options as options
from pipelines.commands.detectors import (
    AllowOption,
    FormatsOption,
    NamesOption,
    RecognizersOption,
    detection_of,
)
from pipelines.commands.known_accounts import KnownAccountsOption, with_known_accounts
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.redact import (
    CodecOption,
    Engine,
    EventsUrl,
    Keys,
    MaxBytes,
    Output,
    Skew,
    Unknown,
    VaultUrl,
    key_ring,
    split_beam_options,
)
from pipelines.commands.stopping import stopping
from pipelines.commands.stores import account_store, erased_accounts, event_store
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
from transforms.engine.choice import EngineChoice
from transforms.framing.messages import MessageFormat

_LANES_IN_PROCESS = 1
_READ_SECONDS = 10.0


def stream(
    output: Output,
    arguments: options.Arguments = None,
    bootstrap: broker.Bootstrap = None,
    topic: options.TopicName = None,
    group: options.Group = None,
    cls: broker.Cls = False,
    begin: options.From = options.Begin.EARLIEST,
    on_gap: options.Gap = options.OnGap.STOP,
    format: options.Format = MessageFormat.JSON,
    sasl_user: broker.SaslUser = None,
    sasl_password_file: broker.SaslPasswordFile = None,
    sasl_mechanism: broker.SaslMechanism = "PLAIN",
    tls: broker.Tls = False,
    tls_ca: broker.TlsCa = None,
    tls_certificate: broker.TlsCertificate = None,
    tls_key: broker.TlsKey = None,
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
    allow: AllowOption = None,
    known_accounts: KnownAccountsOption = None,
    keys: Keys = None,
    unknown_fields: Unknown = UnknownFields.DROP,
    max_event_bytes: MaxBytes = 8 * options.MIB,
    skew_hours: Skew = 24,
    codec: CodecOption = Codec.ZSTANDARD,
    vault: VaultUrl = None,
    mysql: EventsUrl = None,
    engine: Engine = EngineChoice.AUTO,
) -> None:
    """Redact a topic's events as they come into tagged Avro partitions that expire by date."""
    files, beam_options = split_beam_options(arguments or [])
    if local_demo + (watch is not None) + (topic is not None) != 1 or (topic is None) != (bootstrap is None):
        raise OptionsError("a stream needs --bootstrap and --topic, or --watch DIR, or --local-demo")
    if files and not local_demo:
        raise OptionsError("files are fed to --local-demo only; `logveil redact` redacts files")
    if beam_options and until_caught_up and watch is None:
        raise OptionsError("--until-caught-up is for a stream in this process")
    connection = KafkaConnection(
        bootstrap or "",
        sasl_user,
        sasl_password_file,
        sasl_mechanism,
        tls,
        tls_ca,
        tls_certificate,
        tls_key,
        cls,
    )
    stated = read_policy(policy)
    detection = detection_of(stated, recognizers, formats, names, allow)
    ring = key_ring(keys, output.absolute())  # last, for it may make a key
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
        detection=with_known_accounts(detection, known_accounts, vault, ring, stated),
        keys=ring.keys,
        vault=accounts,
        erased_in_vault={} if vault is None else erased_accounts(vault, ring, stated),
        event_table=table,
        engine=engine,
    )
    if topic is None:
        if watch is None:
            show_demo(job.root, job.body({}), files, roll_seconds, engine)
        else:
            folder = FolderWatch(watch.absolute(), job.root, stable_seconds, marker)
            watch_folder(job, folder, roll_seconds, stopping(), until_caught_up, _show_run)
        return
    lasting = StreamJob(
        job.root,
        source := KafkaTopic(topic, connection, group or f"logveil-{topic}"),
        deal_topic(
            job.root,
            source,
            lanes,
            begin is options.Begin.LATEST,
            LANES_ON_A_CLUSTER if beam_options else _LANES_IN_PROCESS,
        ),
        job.body({}),
        format,
        max_event_bytes,
        ReadLimit(roll_messages, roll_bytes, min(roll_seconds, _READ_SECONDS)),
        codec,
        on_gap is options.OnGap.RECORD,
        Stores(
            [
                *([] if table is None else [table.writer()]),
                *_if_named(
                    output_topic, lambda name: ProduceEventsFn(connection, name, stated, output_format)
                ),
            ],
            _if_named(reject_topic, lambda name: ProduceRejectionsFn(connection, name)),
            [] if accounts is None else [accounts.writer()],
        ),
        job.keys,
        job.erased_in_vault,
        engine,
    )
    lasting.engine_for(lasting.without({}))
    run(lasting, roll_seconds, until_caught_up, beam_options, detach)


def _if_named(topic: str | None, writer: Callable[[str], DoFn]) -> list[DoFn]:
    return [] if topic is None else [writer(topic)]


def run(
    job: StreamJob, roll_seconds: float, until_caught_up: bool, beam_options: Sequence[str], detach: bool
) -> None:
    """Run a topic's stream until it is told to stop: on a runner, or in this process and then say what it has done."""
    if beam_options:
        run_on_runner(job, roll_seconds, beam_options, stopping(), detach)
        return
    progress = run_micro_batches(job, roll_seconds, stopping(), until_caught_up)
    say(f"{progress.messages} messages committed in {progress.runs} runs")


def _show_run(ledger: Ledger) -> None:
    say(f"{len(ledger.inputs)} files, {ledger.counts['written']} events written  {ledger.run_id}")

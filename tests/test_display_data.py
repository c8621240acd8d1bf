"""What a runner's page shows of the public transforms: which policy and key epoch, and nothing that is secret."""

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.transforms.display import DisplayData

import pipelines
import transforms
from pipelines.database.database import Database
from pipelines.jobs.graph import RedactFiles
from pipelines.jobs.run_summary import SummariseRun
from pipelines.keys.rings import KeyRing
from pipelines.mysql.events import WriteEventsToMySql
from pipelines.root.write_partitions import WriteAvroPartitions
from pipelines.sources.kafka import KafkaConnection, KafkaTopic
from pipelines.sources.read_files import Reading, ReadLogFiles
from pipelines.streams.graph import RedactTopic
from pipelines.streams.job import StreamJob
from pipelines.streams.micro_batches import AdvanceLanes
from pipelines.vault.sightings import UpsertAccounts
from schemas.policy.file import default_policy
from schemas.segment import Dealing
from transforms.accounts.sight import SightAccounts
from transforms.avro.encode import Encoding
from transforms.classify import ClassifyFields
from transforms.engine.redact import RedactIntoRecords
from transforms.parsing.parse import ParseLogEvents
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactFields
from transforms.redact_logs import RedactLogEvents
from transforms.rejections import Rejecter
from transforms.repeats import DropRepeats
from transforms.tag import TagFields

POLICY = default_policy()
SECRET = b"canary-sings-in-thirty-two-bytes"
KEY = PseudonymKey(SECRET, "3")
REJECT = Rejecter(KEY, "2027-05-23")
DATABASE = Database("mysql+pymysql://tweety:sylvester@127.0.0.1/logs")
OF_POLICY = {"policy_version": POLICY.version, "policy_digest": POLICY.digest}
MOMENT = {"now_ms": 7, "skew_ms": 5}
BODY = RedactLogEvents(POLICY, KEY, 7, skew_ms=5)

CONNECTION = KafkaConnection("127.0.0.1:9", "tweety", Path("sylvester"))
STREAM = StreamJob(
    Path("tweety"), KafkaTopic("tweety", CONNECTION, "g"), Dealing("tweety", 1, 2, {}, ""), BODY
)
OF_STREAM = {"lanes": 2, "format": "json", "codec": "zstandard"}

SHOWN = [
    (ParseLogEvents(REJECT), {"key_epoch": "3", "rejections_expire_on": "2027-05-23"}),
    (ClassifyFields(POLICY, REJECT), {**OF_POLICY, "unknown_fields": "drop"}),
    (RedactFields(POLICY, KEY, REJECT), {**OF_POLICY, "key_epoch": "3"}),
    (TagFields(POLICY, "3", 7, REJECT, 5), {**OF_POLICY, "key_epoch": "3", **MOMENT}),
    (DropRepeats(9), {"remembered": 9}),
    (SightAccounts(POLICY, KEY, 7, 5), {**OF_POLICY, "key_epoch": "3", **MOMENT}),
    (BODY, {**OF_POLICY, "key_epoch": "3", **MOMENT, "unknown_fields": "drop", "sight_accounts": False}),
    (
        RedactIntoRecords(BODY),
        {**OF_POLICY, "key_epoch": "3", **MOMENT, "unknown_fields": "drop", "sight_accounts": False},
    ),
    (ReadLogFiles(Reading(10, 11), False), {"max_event_bytes": 10, "max_expansion": 11, "in_batches": False}),
    (WriteAvroPartitions(Path("tweety"), Encoding(POLICY)), {**OF_POLICY, "codec": "zstandard"}),
    (
        RedactFiles((), BODY, 10, Path("tweety"), event_table=beam.Create([])),
        {
            "parts": 0,
            "codec": "zstandard",
            "in_batches": True,
            "by_engine": False,
            "to_vault": False,
            "to_event_table": True,
        },
    ),
    (
        UpsertAccounts(DATABASE, KeyRing((KEY,)), POLICY, 12),
        {**OF_POLICY, "key_epoch": "3", "most_accounts": 12},
    ),
    (
        WriteEventsToMySql(DATABASE, POLICY, batch_size=13),
        {**OF_POLICY, "table": "logveil_events", "batch_size": 13},
    ),
    (SummariseRun(Path("tweety")), {}),
    (AdvanceLanes(STREAM, (0, 1)), OF_STREAM),
    (RedactTopic(STREAM, 10.0), OF_STREAM),
]


@pytest.mark.parametrize(("transform", "shown"), SHOWN, ids=[type(shown[0]).__name__ for shown in SHOWN])
def test_a_transform_shows_its_configuration_and_no_secret(transform, shown):
    items = DisplayData.create_from(transform).items
    assert {item.key: item.value for item in items} == shown
    told = repr([item.get_dict() for item in items])
    assert not any(secret in told for secret in ("tweety", "sylvester", SECRET.decode(), SECRET.hex()))


def test_every_public_transform_is_here():
    found = set()
    for package in (pipelines, transforms):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((".env", ".__main__")):
                members = vars(import_module(module.name)).values()
                found |= {one for one in members if inspect.isclass(one) and issubclass(one, beam.PTransform)}
    ours = {one for one in found if one.__module__.partition(".")[0] in ("pipelines", "transforms")}
    assert ours == {type(transform) for transform, _ in SHOWN}

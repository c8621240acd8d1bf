"""The batch job from file to partition: every field of every record, exactly."""

import json
from datetime import UTC, date, datetime, timedelta

import fastavro
import pytest

from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from tests.made_output import EVENTS_ROOT, read_records, tree
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.tag import MS_A_DAY

KEY = PseudonymKey(bytes(range(32)), "1")
POLICY = default_policy()
CLAUSE_DAYS = 180
REQUEST = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
UIN = pseudonym(KEY, "uin", "uin", "100012345678")
USER = pseudonym(KEY, "usr", "username", "lin.qiao")
ALL_FIELDS = {
    "__TIMESTAMP__": NOW_MS - MS_A_DAY,
    "__TAG__": {"region": "ap-guangzhou", "cluster_id": "cls-a1b2c3d4"},
    "uin": "100012345678",
    "username": "lin.qiao",
    "ip_address": "2001:db8:1:2::7",
    "client_ip": "36.110.4.77",
    "source_ip": "::ffff:203.0.113.9",
    "description": "Accepted password for lin.qiao from 36.110.4.77 port 52344 ssh2",
    "url": "https://api.example.com/v1/jobs/lin.qiao?Action=Run&token=s3cr3tvalue",
    "application_description": "variant caller 4.2.1",
    "request_id": REQUEST,
    "access_time": "2026-11-23T08:00:00Z",
    "dns_domain_name": "api.example.com",
    "error_message": "mail chen.wei@example.org",
    "network_type": "VPC",
    "output": "chr1:10,000-20,000 done",
    "resource_id": "ins-a1b2c3d4",
    "single_step_debugging_information": "step 3",
    "state": "RUNNING",
}
WRITTEN = {
    "uin": (UIN, "pseudonymise"),
    "username": (USER, "pseudonymise"),
    "ip_address": ("2001:db8:1::/48", "truncate_ip"),
    "client_ip": ("36.110.4.0/24", "truncate_ip"),
    "source_ip": ("203.0.113.0/24", "truncate_ip"),
    "description": (f"Accepted password for {USER} from 36.110.4.0/24 port 52344 ssh2", "redact_text"),
    "url": (f"https://api.example.com/v1/jobs/{USER}?Action=Run&token=<SECRET>", "redact_url"),
    "application_description": ("variant caller 4.2.1", "redact_text"),
    "request_id": (REQUEST, "keep"),
    "access_time": ("2026-11-23T08:00:00Z", "keep"),
    "dns_domain_name": ("api.example.com", "redact_text"),
    "error_message": ("mail <EMAIL>", "redact_text"),
    "network_type": ("VPC", "keep"),
    "output": ("chr1:10,000-20,000 done", "redact_text"),
    "resource_id": ("ins-a1b2c3d4", "keep"),
    "single_step_debugging_information": ("step 3", "redact_text"),
    "state": ("RUNNING", "keep"),
}


@pytest.fixture
def record(redact, write_lines, tmp_path):
    """Return the one record that the event with all fields becomes."""
    redact(write_lines([json.dumps(ALL_FIELDS).encode()]))
    (only,) = read_records(tmp_path / "out", EVENTS_ROOT)
    return only


def test_every_field_of_an_event_is_written_as_the_policy_treats_it(record):
    assert {name: record[name] for name in WRITTEN} == {name: value for name, (value, _) in WRITTEN.items()}


def test_the_record_says_when_it_happened_and_when_it_must_go(record):
    event_time = datetime.fromtimestamp(NOW_MS / 1000, UTC) - timedelta(days=1)
    assert record["event_time"] == event_time
    assert record["expires_at"] == event_time + timedelta(days=CLAUSE_DAYS)
    assert (record["policy_version"], record["key_epoch"]) == (POLICY.version, "1")
    assert record["source"] == "ap-guangzhou/cls-a1b2c3d4"
    assert record["others"] == {}


def test_every_field_is_tagged_with_purpose_basis_treatment_and_expiry(record):
    treatments = {name: treatment for name, (_, treatment) in WRITTEN.items()}
    tags = {tag.pop("field"): tag for tag in record["tags"]}
    assert {name: tag.pop("treatment") for name, tag in tags.items()} == treatments
    assert [tag.pop("detected") for name, tag in tags.items() if name == "error_message"] == [
        [{"kind": "EMAIL", "count": 1}]
    ]
    for tag in tags.values():
        tag.pop("detected", None)
        assert tag == {
            "category": "troubleshooting_data",
            "purpose": "dpv:RepairImpairments",
            "legal_basis": "eu-gdpr:A6-1-b-contract-performance",
            "expires_on": date(2027, 5, 22),
        }


def test_a_file_explains_each_field_by_attributes_of_its_schema(record, tmp_path):
    (path,) = (tmp_path / "out").glob("category=troubleshooting_data/expires_on=2027-05-22/*.avro")
    with path.open("rb") as stream:
        schema = json.loads(fastavro.reader(stream).metadata["avro.schema"])
    stated = {field["name"]: field for field in schema["fields"]}
    for rule in POLICY.fields:
        assert stated[rule.name]["doc"] == rule.label
        assert stated[rule.name]["category"] == rule.category
        assert stated[rule.name]["retention_days"] == CLAUSE_DAYS
        assert stated[rule.name]["legal_basis"] == "eu-gdpr:A6-1-b-contract-performance"


def test_two_runs_into_two_roots_give_an_event_the_same_id(record, redact, tmp_path):
    redact(tmp_path / "events.jsonl", root=tmp_path / "second")
    (again,) = read_records(tmp_path / "second", EVENTS_ROOT)
    assert again == record


def test_two_runs_write_equal_files(record, redact, tmp_path):
    redact(tmp_path / "events.jsonl", root=tmp_path / "second")

    def partitions(root):
        return {name: (root / name).read_bytes() for name in tree(root) if name.startswith("category=")}

    assert partitions(tmp_path / "out") == partitions(tmp_path / "second")


def test_another_key_gives_other_ids_and_pseudonyms(record, redact, tmp_path):
    redact(tmp_path / "events.jsonl", root=tmp_path / "second", key=PseudonymKey(bytes(32), "2"))
    (other,) = read_records(tmp_path / "second", EVENTS_ROOT)
    assert other["event_id"] != record["event_id"]
    assert other["uin"].startswith("uin_2_")
    assert other["description"] != record["description"]


@pytest.mark.parametrize(
    ("time", "partition"),
    [
        pytest.param("2026-05-29T00:00:00Z", "2026-11-25", id="179-days-old"),
        pytest.param("2026-05-28T23:59:59.999Z", None, id="180-days-and-a-moment"),
        pytest.param("2026-05-28T00:00:00Z", None, id="180-days-old"),
        pytest.param("2026-05-27T00:00:00Z", None, id="181-days-old"),
        pytest.param("2026-11-24T00:30:00+08:00", "2027-05-22", id="the-day-before-in-utc"),
        pytest.param("2026-11-23T23:30:00-05:00", "2027-05-23", id="the-day-after-in-utc"),
        pytest.param("2026-11-23T00:00:00Z", "2027-05-22", id="first-moment-of-a-day"),
        pytest.param("2026-11-23T23:59:59.999Z", "2027-05-22", id="last-moment-of-a-day"),
    ],
)
def test_the_partition_is_the_utc_date_of_the_expiry(redact, write_lines, tmp_path, time, partition):
    ledger = redact(write_lines([json.dumps({"access_time": time, "state": "RUNNING"}).encode()]))
    folders = [path.name for path in (tmp_path / "out").glob("category=troubleshooting_data/*")]
    assert folders == ([] if partition is None else [f"expires_on={partition}"])
    assert ledger.counts.get("expired_on_arrival", 0) == (partition is None)


def test_retention_counts_days_through_a_leap_day(redact, write_lines, tmp_path):
    line = json.dumps({"access_time": "2027-09-15T12:00:00Z", "state": "RUNNING"}).encode()
    redact(write_lines([line]), now=datetime(2027, 9, 16, tzinfo=UTC))
    (folder,) = (tmp_path / "out").glob("category=troubleshooting_data/*")
    assert folder.name == f"expires_on={date(2027, 9, 15) + timedelta(days=180)}" == "expires_on=2028-03-13"


def test_the_ledger_names_input_files_and_balance(redact, write_lines, tmp_path):
    path = write_lines([json.dumps(ALL_FIELDS).encode(), b"no", b""])
    ledger = redact(path)
    assert [(item.name, item.bytes, item.format) for item in ledger.inputs] == [
        ("events.jsonl", path.stat().st_size, "json")
    ]
    assert ledger.counts["read"] == 3
    assert ledger.counts["written"] == 1
    assert {name: count for name, count in ledger.counts.items() if name.startswith("rejected/")} == {
        "rejected/not_json": 1,
        "rejected/empty_line": 1,
    }
    assert sorted((file.partition, file.records) for file in ledger.files) == [
        ("category=rejected/expires_on=2027-05-23", 2),
        ("category=troubleshooting_data/expires_on=2027-05-22", 1),
    ]


def test_a_rejection_holds_coordinates_and_no_content(redact, write_lines, tmp_path):
    redact(write_lines([json.dumps(ALL_FIELDS).encode(), b"lin.qiao 13912345678"]))
    (rejection,) = read_records(tmp_path / "out", "category=rejected")
    digest = rejection.pop("digest")
    checksum = rejection.pop("checksum")
    assert (len(digest), len(checksum)) == (32, 64)
    assert rejection == {
        "stage": "parse",
        "reason": "not_json",
        "source": "events.jsonl",
        "offset": len(json.dumps(ALL_FIELDS)) + 1,
        "line": 2,
        "part": 0,
        "length": 20,
        "expires_on": date(2027, 5, 23),
    }

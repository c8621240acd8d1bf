"""The shipped policy says what the published one says, and keeps only what has a harmless form."""

import pickle

import pytest
import re2

from schemas.policy.file import default_policy
from schemas.policy.policy import (
    MAX_KEPT_CHARACTERS,
    Category,
    FieldPolicy,
    Personal,
    Policy,
    Treatment,
    matches_form,
)

TREATMENTS = [
    ("uin", "UIN", Personal.DIRECT, Treatment.PSEUDONYMISE),
    ("username", "Username", Personal.DIRECT, Treatment.PSEUDONYMISE),
    ("ip_address", "IP address", Personal.INDIRECT, Treatment.TRUNCATE_IP),
    ("client_ip", "Client IP", Personal.INDIRECT, Treatment.TRUNCATE_IP),
    ("description", "Description", Personal.INDIRECT, Treatment.REDACT_TEXT),
    ("url", "URL", Personal.INDIRECT, Treatment.REDACT_URL),
    ("source_ip", "Source IP", Personal.INDIRECT, Treatment.TRUNCATE_IP),
    ("application_description", "Application description", Personal.INDIRECT, Treatment.REDACT_TEXT),
    ("request_id", "Request ID", Personal.INDIRECT, Treatment.KEEP),
    ("access_time", "Access time", Personal.INDIRECT, Treatment.KEEP),
    ("dns_domain_name", "DNS domain name", Personal.INDIRECT, Treatment.REDACT_TEXT),
    ("error_message", "Error message", Personal.INDIRECT, Treatment.REDACT_TEXT),
    ("network_type", "Network type", Personal.NO, Treatment.KEEP),
    ("output", "Output", Personal.INDIRECT, Treatment.REDACT_TEXT),
    ("resource_id", "Resource ID", Personal.INDIRECT, Treatment.KEEP),
    (
        "single_step_debugging_information",
        "Single step debugging information",
        Personal.INDIRECT,
        Treatment.REDACT_TEXT,
    ),
    ("state", "State", Personal.NO, Treatment.KEEP),
]
UUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Return the shipped policy."""
    return default_policy()


def test_the_fields_are_those_of_the_published_policy_in_its_order(policy: Policy) -> None:
    assert [(rule.name, rule.label, rule.personal, rule.treatment) for rule in policy.fields] == TREATMENTS


def test_every_event_field_is_kept_180_days_for_troubleshooting_under_the_contract(policy: Policy) -> None:
    assert {
        (rule.category, rule.purpose, rule.legal_basis, rule.retention_days) for rule in policy.fields
    } == {("troubleshooting_data", "troubleshooting", "contract", 180)}


def test_account_information_lives_with_the_account_and_is_erased_within_30_days(policy: Policy) -> None:
    systems = ("ciam", "cvm", "cfs", "tke", "vpc", "tdsql_c", "cls", "tencentdb_mysql")
    assert policy.categories["account_information"] == Category(
        name="account_information",
        text="Account information",
        purpose="provide_feature",
        legal_basis="contract",
        retention_days=None,
        erase_within_days=30,
        systems=systems,
        clause="Section 4 and the retention table, row Account Information",
        fields=("uin", "username"),
    )


def test_eight_systems_take_part(policy: Policy) -> None:
    assert set(policy.systems) == {"cls", "tencentdb_mysql", "tdsql_c", "ciam", "cvm", "cfs", "tke", "vpc"}


def test_purposes_and_bases_carry_identifiers_of_the_data_privacy_vocabulary(policy: Policy) -> None:
    identifiers = {held.name: held.dpv for held in (*policy.purposes.values(), *policy.legal_bases.values())}
    assert identifiers == {
        "provide_feature": "dpv:ServiceProvision",
        "troubleshooting": "dpv:RepairImpairments",
        "contract": "eu-gdpr:A6-1-b-contract-performance",
    }


@pytest.mark.parametrize(
    ("name", "prefix", "entity"),
    [
        ("uin", "uin", "UIN"),
        ("username", "usr", "USERNAME"),
        ("request_id", "req", "REQUEST_ID"),
        ("resource_id", "res", "RESOURCE_ID"),
        ("ip_address", "adr", "IP_ADDRESS"),
        ("client_ip", "adr", "IP_ADDRESS"),
        ("source_ip", "adr", "IP_ADDRESS"),
        ("output", "fld", None),
    ],
)
def test_a_pseudonym_shows_its_kind(name: str, prefix: str, entity: str | None, policy: Policy) -> None:
    assert (policy[name].prefix, policy[name].entity) == (prefix, entity)


def test_the_envelope_gives_the_event_time(policy: Policy) -> None:
    assert policy.time_fields == ("__TIMESTAMP__",)


def test_query_keys_are_case_folded(policy: Policy) -> None:
    assert "action" in policy.url_query_keys
    assert not [key for key in policy.url_query_keys if key != key.casefold()]


def test_an_unknown_field_has_no_rule(policy: Policy) -> None:
    with pytest.raises(KeyError, match="operator_mobile"):
        policy["operator_mobile"]


def test_the_policy_can_be_sent_to_a_worker(policy: Policy) -> None:
    assert pickle.loads(pickle.dumps(policy)) == policy


@pytest.mark.parametrize("name", [rule.name for rule in default_policy().fields if rule.form])
def test_each_form_runs_in_linear_time(name: str, policy: Policy) -> None:
    assert re2.compile(policy[name].form).groups == 0


def test_only_kept_fields_have_a_form(policy: Policy) -> None:
    assert {rule.treatment for rule in policy.fields if rule.form is not None} == {Treatment.KEEP}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("request_id", UUID, id="UUID"),
        pytest.param("request_id", UUID.upper(), id="UUID in capitals"),
        pytest.param("request_id", f"req-{UUID}", id="OpenStack"),
        pytest.param("request_id", "b3f1e0c29d4a5f67", id="span id"),
        pytest.param("request_id", "4bf92f3577b34da6a3ce929d0e0e4736", id="trace id"),
        pytest.param("request_id", "0" * 31 + "1", id="trace id of digits"),
        pytest.param(
            "request_id", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", id="traceparent"
        ),
        pytest.param("request_id", "1-5759e988-bd862e3fe1be46a994272793", id="X-Ray"),
        pytest.param("resource_id", UUID, id="resource UUID"),
        pytest.param("resource_id", "ins-r8hr2upy", id="CVM"),
        pytest.param("resource_id", "cfs-0a1b2c3d", id="CFS"),
        pytest.param("resource_id", "cdb-c1nl9rpv", id="TencentDB"),
        pytest.param("resource_id", "cls-gbo27yc4", id="TKE"),
        pytest.param("resource_id", "vpc-f49l6u0z", id="VPC"),
        pytest.param("resource_id", "sg-1dd51d", id="security group of six"),
        pytest.param("resource_id", "cynosdbmysql-2u2mh111", id="TDSQL-C cluster"),
        pytest.param("resource_id", "cynosdbmysql-ins-2u2mh111", id="TDSQL-C instance"),
        pytest.param("resource_id", "run-0a1b2c3d4e5f", id="run"),
        pytest.param("access_time", "2026-11-24T03:47:55Z", id="ISO 8601"),
        pytest.param("access_time", "2026-11-24T03:47:55.123456+08:00", id="ISO 8601 with a zone"),
        pytest.param("access_time", "2026-11-24 03:47:55", id="spaced"),
        pytest.param("access_time", "2026-11-24 03:47:55,123", id="with a comma"),
        pytest.param("access_time", "2022-11-27 18:58:02.096 UTC", id="PostgreSQL"),
        pytest.param("access_time", "2026/11/24 03:47:55", id="nginx error log"),
        pytest.param("access_time", "17/May/2015:10:05:03 +0000", id="CLF"),
        pytest.param("access_time", "[17/May/2015:10:05:03 +0000]", id="CLF in brackets"),
        pytest.param("access_time", "Tue, 24 Nov 2026 03:47:55 GMT", id="HTTP"),
        pytest.param("access_time", "1795478400", id="seconds"),
        pytest.param("access_time", "1669575482.0968924", id="seconds with a fraction"),
        pytest.param("access_time", "1795478400000", id="milliseconds"),
        pytest.param("access_time", "1795478400000000", id="microseconds"),
        pytest.param("access_time", "1795478400000000000", id="nanoseconds"),
        pytest.param("network_type", "VPC", id="VPC word"),
        pytest.param("network_type", "DIRECT_CONNECT", id="direct connect"),
        pytest.param("network_type", "VPC-CNI", id="container network"),
        pytest.param("network_type", "内网", id="Chinese network"),
        pytest.param("state", "RUNNING", id="capitals"),
        pytest.param("state", "Succeeded", id="Kubernetes"),
        pytest.param("state", "CrashLoopBackOff", id="Kubernetes reason"),
        pytest.param("state", "OUT_OF_MEMORY", id="Slurm"),
        pytest.param("state", "On Hold", id="Cromwell"),
        pytest.param("state", "503", id="HTTP status"),
        pytest.param("state", "-1", id="exit code"),
        pytest.param("state", "已完成", id="Chinese state"),
    ],
)
def test_a_value_of_the_fields_form_may_be_kept(name: str, value: str, policy: Policy) -> None:
    assert matches_form(policy[name], value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("request_id", "11010519491231002X", id="resident id"),
        pytest.param("request_id", "110105194912310021", id="resident id of digits"),
        pytest.param("request_id", "4111111111111111", id="bank card"),
        pytest.param("request_id", "13800138000", id="mobile number"),
        pytest.param("request_id", "100001234567", id="UIN"),
        pytest.param("request_id", "zhang.wei@example.com", id="mail address"),
        pytest.param("request_id", f"{UUID} zhangwei", id="UUID and a name"),
        pytest.param("request_id", f"{UUID}\n", id="UUID and a line end"),
        pytest.param("request_id", "", id="nothing"),
        pytest.param("resource_id", "zhangwei-dev", id="name for a resource"),
        pytest.param("resource_id", "user-zhangwei", id="prefix that is not listed"),
        pytest.param("resource_id", "ins-zhangwei.li", id="dot behind the prefix"),
        pytest.param("resource_id", "6222021234567890123", id="card for a resource"),
        pytest.param(
            "resource_id", "qcs::cvm:ap-guangzhou:uin/100001234567:instance/ins-r8hr2upy", id="UIN in a path"
        ),
        pytest.param("access_time", "6175550123", id="telephone number of 10 digits"),
        pytest.param("access_time", "8613800138000", id="telephone number of 13 digits"),
        pytest.param("access_time", "4111111111111111", id="card for a time"),
        pytest.param("access_time", "110105194912310021", id="resident id for a time"),
        pytest.param("access_time", "2026-13-24 03:47:55", id="month 13"),
        pytest.param("access_time", "2026-11-24 24:47:55", id="hour 24"),
        pytest.param("access_time", "1990-01-01", id="date of birth"),
        pytest.param("network_type", "Zhang", id="surname for a network"),
        pytest.param("network_type", "VPC of Zhang Wei", id="name behind the network"),
        pytest.param("state", "Young", id="surname for a state"),
        pytest.param("state", "张伟", id="Chinese name for a state"),
        pytest.param("state", "FAILED for zhangwei", id="name behind the state"),
        pytest.param("state", "13800138000", id="number for a state"),
        pytest.param("state", "\ud800", id="lone surrogate"),
        pytest.param("output", "RUNNING", id="field without a form"),
    ],
)
def test_any_other_value_is_not_kept(name: str, value: str, policy: Policy) -> None:
    assert not matches_form(policy[name], value)


@pytest.mark.parametrize(("length", "kept"), [(MAX_KEPT_CHARACTERS, True), (MAX_KEPT_CHARACTERS + 1, False)])
def test_a_kept_value_is_short(length: int, kept: bool) -> None:
    rule = default_policy()["state"]
    wide = FieldPolicy(**{name: getattr(rule, name) for name in rule.__slots__} | {"form": "a*"})
    assert matches_form(wide, "a" * length) is kept

"""The record of processing activities says of each category what Article 30(1) of the GDPR asks for."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from schemas.policy.file import default_policy, load_policy
from schemas.policy.policy import Treatment
from schemas.policy.record_of_processing import FieldRow, field_table, record_of_processing, to_markdown


def test_the_field_table_has_a_row_for_each_field_in_order() -> None:
    assert [row.name for row in field_table(default_policy())] == [
        rule.name for rule in default_policy().fields
    ]


def test_a_row_of_the_field_table_says_why_and_how_long() -> None:
    assert field_table(default_policy())[3] == FieldRow(
        "client_ip",
        "Client IP",
        "indirect",
        "truncate_ip",
        "troubleshooting_data",
        "troubleshooting",
        "contract",
        180,
    )


def test_the_record_holds_the_parts_that_article_30_asks_for() -> None:
    assert list(record_of_processing(default_policy())) == [
        "title",
        "controller",
        "policy",
        "data_subjects",
        "activities",
        "recipients",
        "third_country_transfers",
        "security_measures",
    ]


def test_the_record_can_be_written_as_json() -> None:
    record = record_of_processing(default_policy())
    assert json.loads(json.dumps(record)) == record


def test_the_record_names_the_exact_policy() -> None:
    assert record_of_processing(default_policy())["policy"] == {
        "version": "2024-10-22.1",
        "updated": "2024-10-22",
        "source": "https://www.tencentcloud.com/document/product/1234/64942",
        "sha256": default_policy().digest,
    }


def test_each_category_has_its_time_limit() -> None:
    activities = record_of_processing(default_policy())["activities"]
    assert {activity["category"]: activity["retention"] for activity in activities} == {
        "Account information": "until the account is terminated or deleted, then erased within 30 days",
        "Troubleshooting data": "180 days from the event",
    }


def test_purpose_and_basis_are_written_out_as_identifiers() -> None:
    activity = record_of_processing(default_policy())["activities"][1]
    assert (activity["purpose"]["iri"], activity["legal_basis"]["iri"]) == (
        "https://w3id.org/dpv#RepairImpairments",
        "https://w3id.org/dpv/legal/eu/gdpr#A6-1-b-contract-performance",
    )


def test_every_system_stands_with_its_part_and_both_categories() -> None:
    recipients = record_of_processing(default_policy())["recipients"]
    assert [recipient["system"] for recipient in recipients] == list(default_policy().systems)
    assert all(recipient["part"] for recipient in recipients)
    assert {tuple(recipient["categories"]) for recipient in recipients} == {
        ("Account information", "Troubleshooting data")
    }


def test_a_field_of_accounts_is_said_to_live_with_the_account() -> None:
    assert record_of_processing(default_policy())["activities"][0]["fields"][0] == {
        "field": "uin",
        "label": "UIN",
        "personal": "direct",
        "measure": "encrypted in the account vault, beside its pseudonym",
        "purpose": "dpv:ServiceProvision",
        "legal_basis": "eu-gdpr:A6-1-b-contract-performance",
        "retention_days": None,
    }


@pytest.mark.parametrize(
    ("treatment", "measure"),
    [
        (Treatment.PSEUDONYMISE, "replaced by a keyed pseudonym"),
        (Treatment.TRUNCATE_IP, "truncated to its network (IPv4 /24, IPv6 /48)"),
        (
            Treatment.REDACT_URL,
            "user information, query values and fragment removed; identifying path segments replaced",
        ),
        (Treatment.REDACT_TEXT, "personal data that is detected in it is replaced"),
        (Treatment.DROP, "not stored"),
    ],
)
def test_each_treatment_is_said_in_words(treatment: Treatment, measure: str, small_policy: str) -> None:
    policy = load_policy(small_policy, "own.yaml")
    policy = replace(policy, fields=tuple(replace(rule, treatment=treatment) for rule in policy.fields))
    assert record_of_processing(policy)["activities"][0]["fields"][0]["measure"] == measure


def test_a_kept_field_is_said_to_need_its_form() -> None:
    fields = record_of_processing(default_policy())["activities"][1]["fields"]
    assert fields[-1]["measure"] == "kept if it has the field's form, else redacted as free text"


def test_a_field_that_is_kept_for_fewer_days_shows_them(changed: Callable[[str, str], str]) -> None:
    text = changed("    label: Who\n", "    label: Who\n    retention_days: 30\n")
    assert "| 30 days, for dpv:RepairImpairments |" in to_markdown(load_policy(text, "own.yaml"))


def test_the_markdown_has_a_line_for_each_field_and_system() -> None:
    lines = to_markdown(default_policy()).splitlines()
    for rule in default_policy().fields:
        assert len([line for line in lines if line.startswith(f"| {rule.label} | `{rule.name}` |")]) >= 1
    for system in default_policy().systems.values():
        assert f"| {system.name} | {system.text} | Account information, Troubleshooting data |" in lines


def test_a_system_stands_only_with_the_categories_it_takes_part_in(small_policy: str) -> None:
    accounts = (
        "account_category: accounts\n"
        "categories:\n"
        "  accounts:\n"
        "    {text: Accounts, clause: Section 2, purpose: repair, legal_basis: contract,\n"
        "     erase_within_days: 30, systems: [vault], fields: [who]}\n"
    )
    text = small_policy.replace("categories:\n", accounts).replace("  store:", "  vault: The vault\n  store:")
    recipients = record_of_processing(load_policy(text, "own.yaml"))["recipients"]
    assert {recipient["system"]: recipient["categories"] for recipient in recipients} == {
        "vault": ["Accounts"],
        "store": ["Events"],
    }


def test_a_bar_or_a_line_end_in_a_text_does_not_break_the_tables(changed: Callable[[str, str], str]) -> None:
    text = changed("store: The store", 'store: "a | b\\nc"')
    assert r"| store | a \| b c | Events |" in to_markdown(load_policy(text, "own.yaml")).splitlines()

"""A small policy and ways to spoil it."""

from collections.abc import Callable

import pytest

SMALL = """\
version: "2026-01-01.1"
title: Small
source: https://example.com/policy
updated: "2026-01-01"
event_category: events
systems:
  store: The store
purposes:
  repair: {text: To repair, dpv: "dpv:RepairImpairments"}
legal_bases:
  contract: {text: The contract, dpv: "eu-gdpr:A6-1-b"}
categories:
  events:
    text: Events
    clause: Section 1
    purpose: repair
    legal_basis: contract
    retention_days: 180
    systems: [store]
    fields: [who, state]
time_fields: [__TIME__]
fields:
  who:
    label: Who
    personal: direct
    treatment: pseudonymise
    prefix: usr
    entity: USERNAME
    aliases: [user, login]
  state:
    label: State
    personal: "no"
    treatment: keep
    form: ["ON", "OFF"]
    aliases: [status]
"""


@pytest.fixture(scope="session")
def small_policy() -> str:
    """Return the text of a policy with two fields."""
    return SMALL


@pytest.fixture(scope="session")
def changed() -> Callable[[str, str], str]:
    """Return a function that gives the small policy with one place changed."""

    def change(old: str, new: str) -> str:
        assert SMALL.count(old) == 1
        return SMALL.replace(old, new)

    return change

"""What a stored value needs under a stricter policy, and that nothing is behind a weaker one."""

from dataclasses import replace

import pytest

from schemas.policy.file import default_policy
from schemas.policy.policy import Policy, Treatment
from transforms.drift import Drift, Remedy, Stored

POLICY = default_policy()
WRITTEN = frozenset(rule.name for rule in POLICY.fields)
KEEP, PSEUDONYMISE, TRUNCATE, URL, TEXT, DROP = Treatment


def under(name: str, treatment: Treatment, **changes: object) -> Policy:
    """Return the shipped policy with another treatment of one field."""
    fields = tuple(
        replace(rule, treatment=treatment, **changes) if rule.name == name else rule for rule in POLICY.fields
    )
    return replace(POLICY, fields=fields)


@pytest.mark.parametrize(
    ("stored", "now", "remedy"),
    [
        (PSEUDONYMISE, PSEUDONYMISE, Remedy.NONE),
        (PSEUDONYMISE, DROP, Remedy.DROP),
        (PSEUDONYMISE, TEXT, Remedy.NONE),
        (PSEUDONYMISE, KEEP, Remedy.NONE),
        (TRUNCATE, TRUNCATE, Remedy.NONE),
        (TRUNCATE, PSEUDONYMISE, Remedy.DROP),
        (TRUNCATE, TEXT, Remedy.NONE),
        (TRUNCATE, DROP, Remedy.DROP),
        (KEEP, KEEP, Remedy.NONE),
        (KEEP, TEXT, Remedy.TREAT),
        (KEEP, URL, Remedy.TREAT),
        (KEEP, TRUNCATE, Remedy.TREAT),
        (KEEP, PSEUDONYMISE, Remedy.TREAT),
        (KEEP, DROP, Remedy.DROP),
        (TEXT, KEEP, Remedy.NONE),
        (TEXT, TEXT, Remedy.NONE),
        (TEXT, URL, Remedy.TREAT),
        (TEXT, PSEUDONYMISE, Remedy.TREAT),
        (TEXT, DROP, Remedy.DROP),
        (URL, URL, Remedy.NONE),
        (URL, TEXT, Remedy.TREAT),
        (URL, PSEUDONYMISE, Remedy.DROP),
        (URL, DROP, Remedy.DROP),
    ],
)
def test_what_was_done_and_what_the_policy_says_now_give_the_remedy(
    stored: Treatment, now: Treatment, remedy: Remedy
) -> None:
    drift = Drift(under("state", now), WRITTEN)
    assert drift.remedy(Stored("state", "running", stored.value, found=False)) is remedy


def test_a_text_in_which_something_was_replaced_cannot_be_pseudonymised() -> None:
    drift = Drift(under("state", PSEUDONYMISE), WRITTEN)
    assert drift.remedy(Stored("state", "of <EMAIL>", "redact_text", found=True)) is Remedy.DROP


def test_a_kept_value_that_a_narrower_form_refuses_is_read_as_text() -> None:
    drift = Drift(under("state", KEEP, form="OFF"), WRITTEN)
    assert drift.remedy(Stored("state", "running", "keep", found=False)) is Remedy.TREAT
    assert drift.remedy(Stored("state", "OFF", "keep", found=False)) is Remedy.NONE


@pytest.mark.parametrize(
    ("text", "remedy"), [("n/a", Remedy.NONE), ("203.0.113.7", Remedy.TREAT), ("203.0.113.0/24", Remedy.NONE)]
)
def test_an_address_that_was_read_as_text_is_cut(text: str, remedy: Remedy) -> None:
    assert Drift(POLICY, WRITTEN).remedy(Stored("client_ip", text, "redact_text", found=False)) is remedy


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        (
            "https://h.example/a?page=2&q=<QUERY_VALUE>&u=usr_1_6dwfilq6zfyfapjxeemj&ip=10.1.2.0/24",
            Remedy.NONE,
        ),
        ("https://h.example/a?page=2&region=x", Remedy.NONE),
        ("https://h.example/a?ticket=4711", Remedy.TREAT),
    ],
)
def test_a_url_with_values_of_keys_that_are_no_longer_kept_is_read_again(url: str, remedy: Remedy) -> None:
    assert Drift(POLICY, WRITTEN).remedy(Stored("url", url, "redact_url", found=True)) is remedy


def without(name: str) -> Policy:
    """Return the shipped policy without a field."""
    fields = tuple(rule for rule in POLICY.fields if rule.name != name)
    aliases = {key: field for key, field in POLICY.aliases.items() if field != name}
    return replace(POLICY, fields=fields, aliases=aliases)


@pytest.mark.parametrize("name", ["state", "others.state", "others.state.2"])
def test_a_field_that_is_gone_from_the_policy_goes_second_values_too(name: str) -> None:
    assert (
        Drift(without("state"), WRITTEN).remedy(Stored(name, "running", "keep", found=False)) is Remedy.DROP
    )


def test_an_unknown_field_that_was_kept_as_text_stays() -> None:
    drift = Drift(POLICY, WRITTEN)
    assert drift.remedy(Stored("others.colour", "red", "redact_text", found=False)) is Remedy.NONE


def test_a_field_under_a_new_name_is_that_field() -> None:
    renamed = replace(
        POLICY,
        fields=tuple(
            replace(rule, name="outcome") if rule.name == "state" else rule for rule in POLICY.fields
        ),
        aliases={key: "outcome" if field == "state" else field for key, field in POLICY.aliases.items()},
    )
    drift = Drift(renamed, WRITTEN)
    assert (drift.target("state"), drift.target("others.state.2")) == ("outcome", "outcome")
    assert drift.remedy(Stored("state", "running", "keep", found=False)) is Remedy.NONE

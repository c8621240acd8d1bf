"""One person, number or address has one canonical form, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy.file import load_policy
from schemas.policy.record_of_processing import to_markdown
from schemas.policy.tokens import (
    KEYED_KINDS,
    TOKEN_KINDS,
    Tokens,
    canonical_mail,
    canonical_person,
    canonical_phone,
)


@pytest.mark.parametrize(
    "spellings",
    [
        ("13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "0086 138 0013 8000", "(+86)13800138000"),
        ("010-62345678", "(010) 62345678", "+86 10 6234 5678", "+86 (0)10 62345678", "010 6234-5678转801"),
        ("+44 20 7946 0123", "+44 (0)20 7946 0123", "0044 20 79460123", "＋44 20 7946 0123 ext. 7"),
        ("021-51234567", "+862151234567"),
        ("+14155552671", "+1 (415) 555-2671", "001 415 555 2671"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_one_however_it_is_written(spellings: tuple[str, ...]) -> None:
    assert len({canonical_phone(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("13800138000", "13800138001"), ("+14155552671", "+8614155552671"), ("010-62345678", "021-62345678")],
)
def test_other_numbers_stay_other_numbers(one: str, other: str) -> None:
    assert canonical_phone(one) != canonical_phone(other)


@pytest.mark.parametrize(
    "spelling",
    ["Anna.Smith@EXAMPLE.com", "<anna.smith@example.com>", '"Smith, Anna" <anna.smith@example.com>',
     "mailto:anna.smith@example.com", "ａnna.smith@example.com", " anna.smith@example.com. "],
)  # fmt: skip
def test_a_mail_address_is_one_however_it_is_written(spelling: str) -> None:
    assert canonical_mail(spelling) == "anna.smith@example.com"


def test_a_text_of_two_addresses_is_neither_of_them() -> None:
    assert canonical_mail("a@b.cn, c@b.cn") == "a@b.cn, c@b.cn"


def test_a_person_is_one_in_any_case_width_and_spacing() -> None:
    assert len({canonical_person(text) for text in ("ANNA SMITH", "Anna\tSmith", " ａnna smith")}) == 1
    assert len({canonical_person(text) for text in ("陈静", "陈 静", "陈·静")}) == 1
    assert canonical_person("Anna Smith") != canonical_person("Annas Mith")


@given(st.text(max_size=40), st.sampled_from(TOKEN_KINDS))
def test_a_canonical_form_of_digits_or_a_name_is_its_own(text: str, kind: object) -> None:
    for form in (canonical_person, canonical_mail):
        assert form(form(text)) == form(text)


def test_each_kind_has_a_prefix_and_a_domain_of_its_own() -> None:
    assert len({kind.prefix for kind in TOKEN_KINDS}) == len({kind.domain for kind in TOKEN_KINDS}) == 3
    assert all(KEYED_KINDS[kind.mask] is kind for kind in TOKEN_KINDS)


def test_the_policy_says_masked_or_keyed_and_masked_is_what_it_always_was(small_policy: str) -> None:
    silent, masked, keyed = (
        load_policy(small_policy + line, "own.yaml") for line in ("", "tokens: masked\n", "tokens: keyed\n")
    )
    assert (silent.tokens, masked.tokens, keyed.tokens) == (Tokens.MASKED, Tokens.MASKED, Tokens.KEYED)
    assert silent.digest == masked.digest != keyed.digest


def test_the_record_of_processing_says_whether_persons_can_be_followed(small_policy: str) -> None:
    assert "become the name of their kind" in to_markdown(load_policy(small_policy, "own.yaml"))
    followed = to_markdown(load_policy(small_policy + "tokens: keyed\n", "own.yaml"))
    assert "become keyed pseudonyms, by which one can be followed from event to event" in followed

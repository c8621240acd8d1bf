"""What may be written of a structured value."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy.file import default_policy
from schemas.policy.policy import PREFIXES
from transforms.pseudonyms import PSEUDONYM, PseudonymKey, pseudonym, pseudonym_once
from transforms.treatments import compile_treatments, truncate_ip

KEY = PseudonymKey(bytes(range(32)), "3")


@pytest.mark.parametrize(
    ("value", "network"),
    [
        pytest.param("10.6.88.244", "10.6.88.0/24", id="v4"),
        pytest.param(" 10.6.88.244 ", "10.6.88.0/24", id="blanks"),
        pytest.param("::ffff:10.6.88.244", "10.6.88.0/24", id="v4-mapped"),
        pytest.param("2001:DB8:1:2::F", "2001:db8:1::/48", id="v6-upper-case"),
        pytest.param("fe80::1%eth0", "fe80::/48", id="zone"),
        pytest.param("::1", "::/48", id="loopback"),
        pytest.param("10.6.88.0/24", "10.6.88.0/24", id="already-cut"),
        pytest.param("10.6.88.7/24", "10.6.88.0/24", id="address-with-our-prefix"),
        pytest.param("010.6.88.1", None, id="octal-looking"),
        pytest.param("10.6.88.244:443", None, id="with-port"),
        pytest.param("10.6.88", None, id="three-parts"),
        pytest.param("2001:db8::/24", None, id="another-prefix"),
        pytest.param("", None, id="empty"),
    ],
)
def test_an_address_is_cut_to_its_network(value, network):
    assert truncate_ip(value) == network


@given(
    st.ip_addresses(v=6),
    st.sampled_from([str, lambda address: address.exploded, lambda address: str(address).upper()]),
)
def test_a_v6_address_is_cut_as_the_standard_library_cuts_it(address, written):
    within = (address.ipv4_mapped, 24) if address.ipv4_mapped else (address, 48)
    assert truncate_ip(written(address)) == str(ip_network(within, strict=False))


@given(st.text(st.sampled_from("0:1fF.%/ \0é\ud800"), max_size=20))
def test_a_text_is_an_address_where_the_standard_library_says_so(text):
    try:
        ip_address(text.strip().partition("%")[0])
        is_address = True
    except ValueError:
        is_address = False
    assert (truncate_ip(text) is not None) == is_address


@given(st.ip_addresses())
def test_cutting_an_address_twice_is_cutting_it_once(address):
    once = truncate_ip(str(address))
    assert once is not None
    assert truncate_ip(once) == once


@given(st.text(min_size=1))
def test_a_pseudonym_has_its_form_and_is_its_own_pseudonym(value):
    first = pseudonym(KEY, "usr", "username", value)
    assert PSEUDONYM.fullmatch(first)
    assert pseudonym_once(KEY, "usr", "username", first) == first


@pytest.mark.parametrize("prefix", ["abc", "usrx", "xusr", "Usr", "us"])
def test_what_only_looks_like_a_pseudonym_is_given_one(prefix):
    lookalike = f"{prefix}_1_{'k3vab' * 4}"
    first = pseudonym(KEY, "usr", "username", lookalike)
    assert PSEUDONYM.fullmatch(lookalike) is None
    assert PSEUDONYM.fullmatch(first)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_pseudonym_with_any_prefix_of_a_policy_stays(prefix):
    own = pseudonym(KEY, prefix, "any", "lin")
    assert pseudonym_once(KEY, "usr", "username", own) == own


def test_equal_values_of_two_fields_have_different_pseudonyms():
    assert pseudonym(KEY, "fld", "a", "x") != pseudonym(KEY, "fld", "b", "x")


def test_a_key_does_not_show_in_its_repr():
    assert repr(KEY) == "PseudonymKey(epoch='3')"


def test_a_kept_field_passes_only_in_its_form():
    treat = compile_treatments(default_policy(), KEY)["state"]
    assert treat("RUNNING") == "RUNNING"
    assert treat("lin.qiao@example.com") is None


def test_free_text_has_no_treatment_as_a_whole():
    assert "description" not in compile_treatments(default_policy(), KEY)

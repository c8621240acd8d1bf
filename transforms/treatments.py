"""The treatments of structured fields: pure functions from a value to what may be written."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from ipaddress import ip_network
from socket import AF_INET6, inet_ntop, inet_pton

from schemas.identities import canonical
from schemas.policy.policy import FieldPolicy, Policy, Treatment, matches_form
from transforms.accounts.erased import ErasedWatch
from transforms.pseudonyms import PseudonymKey, caching_pseudonym, looks_forged

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = re.compile(rf"({_OCTET}\.{_OCTET}\.{_OCTET})\.{_OCTET}")
V4_PREFIX = 24
V6_PREFIX = 48
_V6_BYTES = V6_PREFIX // 8
_V4_MAPPED = bytes(10) + b"\xff\xff"  # RFC 4291, 2.5.5.2
_CACHED_VALUES = 16384


@lru_cache(maxsize=_CACHED_VALUES)
def truncate_ip(value: str) -> str | None:
    """Return the network of an address, v4 /24 and v6 /48 (v4-mapped as v4), or None if it is no address.

    An address that is already cut to its network stays as it is.

    Example:
        >>> truncate_ip("203.0.113.77"), truncate_ip("2001:db8:1:2::7"), truncate_ip("::ffff:203.0.113.77")
        ('203.0.113.0/24', '2001:db8:1::/48', '203.0.113.0/24')
        >>> truncate_ip("203.0.113.0/24"), truncate_ip("fe80::1%eth0"), truncate_ip("n/a")
        ('203.0.113.0/24', 'fe80::/48', None)
    """
    text = value.strip()
    if text.endswith((f"/{V4_PREFIX}", f"/{V6_PREFIX}")):
        return _own_network(text)
    host = text.partition("%")[0]
    if (match := _V4.fullmatch(host)) is not None:
        return f"{match[1]}.0/{V4_PREFIX}"
    try:
        address = inet_pton(AF_INET6, host)  # takes a thirtieth of the time of `ipaddress`
    except (OSError, ValueError):
        return None
    if address.startswith(_V4_MAPPED):
        return f"{address[12]}.{address[13]}.{address[14]}.0/{V4_PREFIX}"
    return f"{inet_ntop(AF_INET6, address[:_V6_BYTES] + bytes(16 - _V6_BYTES))}/{V6_PREFIX}"


def _own_network(text: str) -> str | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return str(network) if network.prefixlen == (V4_PREFIX if network.version == 4 else V6_PREFIX) else None


Treat = Callable[[str], str | None]
"""Treats one field's value; None says that it hasn't the field's form and must be read as free text."""

TreatField = Callable[[str, str], str | None]
"""Gives a value the treatment of the field that is named first; None where the field has none."""


def compile_treatments(
    policy: Policy, key: PseudonymKey, watch: ErasedWatch | None = None, arriving: bool = False
) -> dict[str, Treat]:
    """Return the function for each field whose value is taken whole, by canonical field name.

    Fields that are free text, URLs or dropped have none. `watch` is shown every pseudonym. Where values are `arriving`,
    one in the form of a pseudonym is pseudonymised, and none is kept that holds one; else it is logveil's own.
    """
    pseudonym = watched_pseudonym(key, watch, arriving)
    treatments = {rule.name: _treatment(rule, pseudonym, arriving) for rule in policy.fields}
    return {name: treat for name, treat in treatments.items() if treat is not None}


def watched_pseudonym(
    key: PseudonymKey, watch: ErasedWatch | None, arriving: bool
) -> Callable[[str, str, str], str]:
    """Return what makes pseudonyms under a key; `watch` is shown every one."""
    pseudonym = caching_pseudonym(key, arriving)
    return pseudonym if watch is None else watch.watching(pseudonym)


def canonical_pseudonym(rule: FieldPolicy, pseudonym: Callable[[str, str, str], str]) -> Treat:
    """Return what gives every spelling of an account the pseudonym of its canonical form; a blank value has no form."""
    prefix, name, identity = rule.prefix or "fld", rule.name, rule.identity
    assert identity is not None

    @lru_cache(maxsize=_CACHED_VALUES)
    def treat(value: str) -> str | None:
        account = canonical(value, identity)
        return pseudonym(prefix, name, account) if account else None

    return treat


def field_treatment(treatments: Mapping[str, Treat]) -> TreatField:
    """Return the function that gives a value found in a text the treatment of a field, None where it has none."""

    def treat(name: str, value: str) -> str | None:
        treatment = treatments.get(name)
        return None if treatment is None else treatment(value)

    return treat


def _treatment(rule: FieldPolicy, pseudonym: Callable[[str, str, str], str], arriving: bool) -> Treat | None:
    match rule.treatment:
        case Treatment.KEEP:
            return lambda value: (
                value if matches_form(rule, value) and not (arriving and looks_forged(value)) else None
            )
        case Treatment.PSEUDONYMISE if rule.identity is None:
            return partial(pseudonym, rule.prefix or "fld", rule.name)
        case Treatment.PSEUDONYMISE:
            return canonical_pseudonym(rule, pseudonym)
        case Treatment.TRUNCATE_IP:
            return truncate_ip
        case Treatment.REDACT_URL | Treatment.REDACT_TEXT | Treatment.DROP:
            return None

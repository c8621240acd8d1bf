"""Checks that a number or an address is what it looks like: checksums and number plans, pure functions."""

from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import AddressValueError, IPv6Address
from typing import Any

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_PROVINCES = frozenset(
    (
        11,
        12,
        13,
        14,
        15,
        21,
        22,
        23,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        41,
        42,
        43,
        44,
        45,
        46,
        50,
        51,
        52,
        53,
        54,
        61,
        62,
        63,
        64,
        65,
        71,
        81,
        82,
        83,
    )
)


def digits_of(text: str) -> str:
    """Return the digits of a text.

    Example:
        >>> digits_of("4111-1111 1")
        '411111111'
    """
    return "".join(filter(str.isdigit, text))


def is_luhn(number: str) -> bool:
    """Tell whether digits end in the check digit of ISO/IEC 7812-1, annex B.

    Example:
        >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
        (True, False)
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0


_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    # Ranges of leading digits and lengths, as ISO/IEC 7812-1 registers issuers and the schemes publish them.
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),  # Mastercard, series 2
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (6011, 6011, (16, 17, 18, 19)),  # Discover
    (644, 659, (16, 17, 18, 19)),
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (300, 305, (14,)),  # Diners Club
    (3095, 3095, (14,)),
    (36, 36, (14,)),
    (38, 39, (14,)),
    (2200, 2204, (16,)),  # Mir
    (5018, 5018, (13, 16, 19)),  # Maestro
    (5020, 5020, (13, 16, 19)),
    (5038, 5038, (13, 16, 19)),
    (6304, 6304, (16, 18, 19)),
    (6759, 6763, (16, 18, 19)),
    (60, 60, (16,)),  # RuPay
    (81, 82, (16,)),
)


def is_card(number: str) -> bool:
    """Tell whether digits are a payment card's number: issuer range, length and Luhn digit.

    Example:
        >>> is_card("4111111111111111"), is_card("1111111111111117"), is_card("378282246310005")
        (True, False, True)
    """
    if not is_luhn(number) or len(set(number)) < 2:
        return False
    return any(
        len(number) in lengths and low <= int(number[: len(str(low))]) <= high
        for low, high, lengths in _ISSUERS
    )


def is_resident_id(number: str) -> bool:
    """Tell whether 18 characters are a Chinese resident identity number (GB 11643-1999, check ISO 7064 MOD 11-2).

    Example:
        >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021")
        (True, False)
    """
    body, check = number[:17], number[17:].upper()
    if int(body[:2]) not in _ID_PROVINCES or not _is_date(body[6:14]):
        return False
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True)) % 11] == check


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


IBAN_LENGTHS = {
    # The registry of ISO 13616 at SWIFT, release 97: lengths by country.
    length: frozenset(countries.split())
    for length, countries in (
        (15, "NO"), (16, "BE"), (18, "DK FO FI GL NL SD"), (19, "MK SI"), (20, "AT BA EE KZ LT LU XK MN"),
        (21, "CH HR LI LV"), (22, "BG BH CR DE GB GE IE ME RS VA"), (23, "AE GI IL IQ TL SO OM"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"), (25, "LY PT ST"), (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"), (28, "AL AZ BY CY DO GT HU LB NI PL SV"), (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"), (31, "MT SC"), (32, "LC"), (33, "RU"),
    )
}  # fmt: skip
"""The countries whose account numbers have a length."""


def is_iban(text: str) -> bool:
    """Tell whether a text is an international bank account number (ISO 13616-1, MOD 97-10 of ISO 7064).

    Example:
        >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE00 3704 0044 0532 0130 00")
        (True, False)
    """
    plain = "".join(filter(str.isalnum, text)).upper()
    rotated = plain[4:] + plain[:4]
    if plain[:2] not in IBAN_LENGTHS.get(len(plain), ()):
        return False
    return int("".join(str(int(c, 36)) for c in rotated)) % 97 == 1


_UNSPECIFIED, _LOOPBACK = 0, 1
_LINK_LOCAL = 0xFE80 >> 6  # fe80::/10


def is_ipv6(text: str) -> bool:
    """Tell whether a text is an IPv6 address (RFC 4291) and not a time, a MAC address or a scope operator.

    Example:
        >>> is_ipv6("2001:db8::7"), is_ipv6("12:30:45"), is_ipv6("::"), is_ipv6("bad::cafe")
        (True, False, False, False)
    """
    try:
        address = IPv6Address(text.partition("%")[0])
    except (AddressValueError, ValueError):
        return False
    number = int(address)
    if number in (_UNSPECIFIED, _LOOPBACK):
        return False
    return any(map(str.isdigit, text)) and (
        text.count(":") > 2 or number >> 118 == _LINK_LOCAL or "." in text
    )


_ABOVE_VERSIONS = 100


def _octets(address: str) -> list[int]:
    return list(map(int, address.partition("/")[0].split(".")))


def is_above_versions(address: str) -> bool:
    """Tell whether the four numbers of an address, perhaps with a prefix, are larger than those of versions.

    Example:
        >>> is_above_versions("203.0.113.7"), is_above_versions("1.2.3.4")
        (True, False)
    """
    return max(_octets(address)) >= _ABOVE_VERSIONS


def is_netmask(address: str) -> bool:
    """Tell whether an IPv4 address is a mask: ones, then noughts.

    Example:
        >>> is_netmask("255.255.240.0"), is_netmask("255.0.255.0")
        (True, False)
    """
    if not address.startswith("255."):
        return False
    number = int.from_bytes(bytes(_octets(address)))
    return (number | (number - 1)) == 0xFFFFFFFF


def is_network(address: str) -> bool:
    """Tell whether an IPv4 address has a prefix of at most 24 bits and no bits of a host behind it (RFC 4632).

    Example:
        >>> is_network("10.1.0.0/16"), is_network("10.1.0.7/16"), is_network("10.1.0.0")
        (True, False, False)
    """
    _, slash, prefix = address.partition("/")
    if not slash or int(prefix) > 24:
        return False
    return int.from_bytes(bytes(_octets(address))) % (1 << (32 - int(prefix))) == 0


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "card": lambda text: is_card(digits_of(text)),
    "resident_id_cn": lambda text: is_resident_id(text.replace(" ", "").replace("-", "")),
    "iban": is_iban,
    "ipv6": lambda text: is_ipv6(text.partition("/")[0]),
    "above_versions": is_above_versions,
    "netmask": is_netmask,
    "network": is_network,
    "mebibytes": lambda text: int(text) % (1 << 20) == 0,
}
"""What conditions name: checksums and forms that the engine knows too."""

TABLES: Mapping[str, Any] = {
    "card": _ISSUERS,
    "resident_id_cn": sorted(_ID_PROVINCES),
    "iban": [(length, sorted(countries)) for length, countries in IBAN_LENGTHS.items()],
}
"""What of them is a list that others keep: handed over to the engine."""

"""Addresses of the network: IPv4, IPv6, MAC."""

import re

from transforms.detect.detector import Detector
from transforms.detect.validators import is_ipv6

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
# What stands before is looked at after the first digit: Python's `re` then skips to digits at once.
_REST_OF_OCTET = r"(?:(?<=2)5[0-5]|(?<=2)[0-4]\d|(?<=1)\d\d|(?<=[1-9])\d)?"
_VERSION_WORDS = "v ver version release rev revision build firmware driver kernel".split()
# What stands before is read backwards, so that `re` need not try every character of it.
_VERSION_BEFORE = re.compile(
    rf"(?i)[\"'(]?[ \t]{{0,2}}[=:#]?[ \t]{{0,2}}[\"']?(?:{'|'.join(word[::-1] for word in _VERSION_WORDS)})\b"
    r"|[-_][a-z0-9]{0,30}[a-z]"
)
_PRODUCT_BEFORE = re.compile(r"/[A-Za-z]{1,30}[A-Z](?![\w.-])")
_LABELS_BEFORE = re.compile(r"(?:[-.][A-Za-z0-9]{0,20}[A-Za-z]){0,3}(?![\w.-])", re.ASCII)
_LONGEST_LABELS = 67
_MACHINE = re.compile(r"(?:10|127|192-168|172-(?:1[6-9]|2\d|3[01]))-")
_LOOK_BACK = 40
_PRIVATE = ("10.", "192.168.", "172.", "127.", "169.254.", "100.")


def _is_address(match: re.Match[str]) -> bool:
    """Refuse a version of four numbers, a product token (RFC 9110, 10.1.5) and a network without host bits."""
    text, start = match.string, match.start()
    before = text[max(0, start - _LOOK_BACK) : start][::-1]
    if _VERSION_BEFORE.match(before):
        return False
    if _PRODUCT_BEFORE.match(before) and text[match.end() : match.end() + 1] != ":":
        return match.group().startswith(_PRIVATE)
    prefix = match.group("prefix")
    return prefix is None or not _is_network(match.group().partition("/")[0], int(prefix))


def _is_network(address: str, prefix: int) -> bool:
    number = int.from_bytes(bytes(map(int, address.split("."))))
    return prefix <= 24 and number % (1 << (32 - prefix)) == 0


def _is_in_host_name(match: re.Match[str]) -> bool:
    """Refuse the address of a machine, and numbers that do not begin a host name and are not behind its labels."""
    if _MACHINE.match(match.group()):
        return False
    start = match.start()
    return _LABELS_BEFORE.match(match.string[max(0, start - _LONGEST_LABELS) : start][::-1]) is not None


IPV4 = Detector(
    name="ipv4",
    kind="IP_ADDRESS",
    pattern=rf"[0-9](?<![\w.][0-9]){_REST_OF_OCTET}(?:\.{_OCTET}){{3}}(?:/(?P<prefix>[12]?\d|3[0-2])(?![\d/.]))?(?![\d_A-Za-z]|\.\d|-[A-Za-z]|-\d{{1,4}}(?![\d.]))",
    trigger=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    source="RFC 791; dotted decimal as in RFC 1123, 2.1; CIDR RFC 4632",
    examples=(
        "connect to «203.0.113.77»:443 refused",
        "src=«198.51.100.4», dst=«10.0.12.8»",
        "dest: /«10.251.42.84»:57069 in BP-108841162-«10.10.34.11»-1440074360971",
    ),
    counter_examples=(
        "version 1.2.3.4 of 1.2.3.4-beta",
        "Chrome/97.0.46.71 and libfoo-1.2.3.4.jar",
        "OID 1.3.6.1.4.1, 300.1.2.3, route 10.1.0.0/16",
    ),
    boundary="bound to «203.0.113.77»",
    score=0.9,
    check=_is_address,
)

IPV6 = Detector(
    name="ipv6",
    kind="IP_ADDRESS",
    pattern=(
        rf"(?:(?<![\w:.])|(?<=[g-zG-Z]:))(?=[0-9A-Fa-f]{{0,4}}:)(?P<value>[0-9A-Fa-f:]{{2,40}}?(?:(?<=:){_V4})?(?:%[A-Za-z][\w.-]{{0,15}})?"
        r"(?:/\d{1,3})?)(?:(?:(?<=\.\d)|(?<=\.\d\d)|(?<=\.\d\d\d)):\d{1,5}|:\d{5})?(?!\w|:[0-9A-Fa-f:]|\.\d)"
    ),
    trigger=r"[0-9a-fA-F]::|::[0-9a-fA-F]|(?:[0-9a-fA-F]{1,4}:){6}[0-9a-fA-F]",
    source="RFC 4291, 2.2; zone RFC 4007, 11; text form RFC 5952; Java InetSocketAddress.toString",
    examples=(
        "from [«2001:db8:1:2::7»]:443",
        "client «fe80::1ff:fe23:4567:890a%eth0» gone",
        "peer «::ffff:203.0.113.9» and «2400:3200:0:1:2:3:4:5»",
        "from «::ffff:203.0.113.9»:3306",
        "[NIOServerCxn.Factory:«2001:db8:1:2::7»/«2001:db8:1:2::7:2181»:NIOServerCnxn@349]",
    ),
    counter_examples=("at 12:30:45 or 2024:01:02", "std::string and bad::cafe", "chr1:10000:20000 ::1"),
    boundary="«2001:db8::1»",
    score=0.9,
    check=lambda match: is_ipv6(match.group("value").partition("/")[0]),
)

MAC = Detector(
    name="mac",
    kind="MAC_ADDRESS",
    pattern=(
        r"(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?:(?:\1[0-9A-Fa-f]{2}){2}|(?:\1[0-9A-Fa-f]{2}){8})?"
        r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-])"
    ),
    trigger=r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}[^0-9A-Fa-f]",
    source="IEEE 802-2014, 8.1; three groups of four as Cisco IOS prints it; 14 octets as Linux netfilter's MAC=",
    examples=(
        "DHCPACK to «00:16:3e:5e:6c:00» via eth0",
        "MAC=«00:16:3e:5e:6c:00:00:1b:21:3a:4f:5d:08:00» SRC=x",
        "host «0016.3e5e.6c00» learned, was «00-16-3E-5E-6C-01»",
    ),
    counter_examples=(
        "MD5 aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99",
        "2024-10-11-12-13 and 10-11-12",
        "0000.1111 and 12:30:45:10",
    ),
    boundary="«00:16:3e:5e:6c:0f»",
    score=0.9,
)

HOST_ADDRESS = Detector(
    name="address_in_host_name",
    kind="IP_ADDRESS",
    pattern=rf"[0-9](?<!\w[0-9]){_REST_OF_OCTET}(?:-{_OCTET}){{3}}(?=[.-][A-Za-z]|(?![\w.-]))",
    trigger=r"[0-9]-[0-9]{1,3}-[0-9]{1,3}-[0-9]",
    source="AWS EC2 user guide, private DNS names ip-a-b-c-d; reverse names of access providers. Private addresses (RFC 1918) in host names name machines and stay",
    examples=(
        "ec2-«203-0-113-77».compute.example",
        "rhost=dsl-«203-0-113-7».provider.example",
        "host «198-51-100-4».static.example.net",
    ),
    counter_examples=("2024-10-11-12", "uuid 1-2-3-4-5", "ip-10-0-3-44.ec2.internal"),
    boundary="ip-«9-0-3-44»",
    score=0.8,
    check=_is_in_host_name,
)

NETWORK: tuple[Detector, ...] = (IPV4, IPV6, MAC, HOST_ADDRESS)

"""Addresses of the network: IPv4, IPv6, MAC."""

import re

from transforms.detect.conditions import Backward, Before, Behind, Every, Holds, Not, Some, Valid
from transforms.detect.detector import Detector
from transforms.detect.neighbours import BEFORE_CODE

REVERSED = "reverse_name"
"""Name of the detector whose addresses are written backwards: they have no network to cut them to."""

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
# What stands before is looked at after the first digit: Python's `re` then skips to digits at once.
_REST_OF_OCTET = r"(?:(?<=2)5[0-5]|(?<=2)[0-4]\d|(?<=1)\d\d|(?<=[1-9])\d)?"
_VERSION_WORDS = "v ver version release rev revision build firmware driver kernel".split()
# What stands before is read backwards, so that `re` need not try every character of it.
_VERSION_BEFORE = re.compile(
    rf"(?i)[\"'(]?[ \t]{{0,2}}[=:#]?[ \t]{{0,2}}[\"']?(?:{'|'.join(word[::-1] for word in _VERSION_WORDS)})(?![a-z0-9])"
    r"|[-_][a-z0-9]{0,30}[a-z]"
)
_PRODUCT_BEFORE = re.compile(r"/[A-Za-z]{1,30}[A-Z](?![\w.-])")
_LABELS_BEFORE = re.compile(r"(?:[-.][A-Za-z0-9]{0,20}[A-Za-z]){0,3}(?![\w.-])", re.ASCII)
_LONGEST_LABELS = 67
_PRIVATE_NUMBERS = re.compile(r"\A(?:10|127|192-168|172-(?:1[6-9]|2\d|3[01]))-")
_MACHINE_BEFORE = re.compile(
    r"(?i)(?<![a-z])(?:ip|node|vm|worker|pod|master|host|server|instance|compute|cn|gke|eks|tke|ecs|i)[0-9]{0,3}-\Z"
)
_HOST_BEFORE = re.compile(
    r"(?i)(?:[a-z][.-]|(?:host|from|name|server|client|peer|machine|node|leased to)[\"']?[ =:]{1,3}[\"'(\[]?)\Z"
)
_LOOK_BACK = 40
_PRIVATE = re.compile(r"\A(?:10|192\.168|172|127|169\.254|100)\.")
_LETTER_BEHIND = r"[^\W\d_]"

_IS_ABOVE_VERSIONS = Valid("above_versions", 0)
_IS_VERSION = Every(
    Backward(_VERSION_BEFORE, _LOOK_BACK),
    Not(Every(Before(re.compile("[-_]"), 1, 0), _IS_ABOVE_VERSIONS)),
)
_IS_PRODUCT = Every(Backward(_PRODUCT_BEFORE, _LOOK_BACK), Not(Behind(re.compile(":"), 0)))
_IS_JOINED = Every(
    Some(Before(re.compile("~"), 1, 0), Behind(re.compile(f"-{_LETTER_BEHIND}"), 0)), Not(_IS_ABOVE_VERSIONS)
)
"""A mark beside the numbers joins them with a name, as in those of packages."""
_HAS_ARROW = Some(Before(re.compile("[<>] "), 2, 0), Behind(re.compile(" [<>] "), "port"))
"""A fifth number is a port if an arrow stands beside, as tcpdump writes it."""
_IS_ADDRESS = Every(
    Not(_IS_VERSION),
    Some(
        Every(_IS_PRODUCT, Some(Holds(_PRIVATE, 0), _IS_ABOVE_VERSIONS)),
        Every(
            Not(_IS_PRODUCT),
            Some(Not(Holds(re.compile(""), "port")), _HAS_ARROW),
            Not(Valid("netmask", 0)),
            Not(_IS_JOINED),
            Not(Valid("network", 0)),
        ),
    ),
)
"""No version of four numbers, no product token (RFC 9110, 10.1.5), no netmask and no network without host bits."""


_IS_IN_HOST_NAME = Every(
    Not(Every(Holds(_PRIVATE_NUMBERS, 0), Before(_MACHINE_BEFORE, _LOOK_BACK, 0))),
    Some(Behind(re.compile(rf"[\s\S]{_LETTER_BEHIND}"), 0), Before(_HOST_BEFORE, _LOOK_BACK, 0)),
    Backward(_LABELS_BEFORE, _LONGEST_LABELS),
)
"""Not the address of a machine, and numbers that begin a host name or stand behind its labels."""


IPV4 = Detector(
    name="ipv4",
    kind="IP_ADDRESS",
    pattern=rf"[0-9](?<![A-Za-z0-9][0-9])(?<![\w]\.[0-9]){_REST_OF_OCTET}(?:\.{_OCTET}){{3}}(?:/(?P<prefix>[12]?\d|3[0-2])(?![\d/.]))?(?![0-9A-Za-z]|_\d|\.\d{{6}}|\.\d{{1,5}}(?:[A-Za-z_]|\.\d)|-\d{{1,4}}(?![\d.]))(?=(?:\.(?P<port>\d{{1,5}}))?)",
    trigger=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    source="RFC 791; dotted decimal as in RFC 1123, 2.1; CIDR RFC 4632",
    examples=(
        "connect to «203.0.113.77»:443 refused",
        "src=«198.51.100.4», dst=«10.0.12.8»",
        "dest: /«10.251.42.84»:57069 in BP-108841162-«10.10.34.11»-1440074360971",
        "IP «203.0.113.9».43436 > «10.1.2.3».22: Flags [S], _«203.0.113.9»_ «198.51.100.4»...«203.0.113.7»[x]",
    ),
    counter_examples=(
        "version 1.2.3.4 of 1.2.3.4-beta",
        "Chrome/97.0.46.71 and libfoo-1.2.3.4.jar",
        "OID 1.3.6.1.4.1, 300.1.2.3, route 10.1.0.0/16",
        "netmask 255.255.255.0, amd64~~6.1.1.3, libc 1.2.3.4-beta",
    ),
    boundary="bound to «203.0.113.77»",
    score=0.9,
    check=_IS_ADDRESS,
)

IPV6 = Detector(
    name="ipv6",
    kind="IP_ADDRESS",
    pattern=(
        rf"(?:(?<![\w:.])|(?<=[g-zG-Z]:)|(?<![\w:.])(?=[A-Za-z0-9]{{0,14}}[g-zG-Z])[A-Za-z][A-Za-z0-9]{{0,14}}:)(?=[0-9A-Fa-f]{{0,4}}:)(?P<value>(?:[0-9A-Fa-f]{{1,4}}:){{7}}[0-9A-Fa-f]{{1,4}}(?=:\d{{1,5}}(?![\w:]))|[0-9A-Fa-f:]{{2,40}}?(?:(?<=:){_V4})?(?:%[A-Za-z][\w.-]{{0,15}})?"
        r"(?:/\d{1,3})?)(?:(?:(?<=\.\d)|(?<=\.\d\d)|(?<=\.\d\d\d)):\d{1,5}|:\d{5})?(?!\w|:[0-9A-Fa-f:]|\.\d)"
    ),
    trigger=r"[0-9a-fA-F]::|::[0-9a-fA-F]|(?:[0-9a-fA-F]{1,4}:){6}[0-9a-fA-F]",
    source="RFC 4291, 2.2; zone RFC 4007, 11; text form RFC 5952; Java InetSocketAddress.toString",
    examples=(
        "from [«2001:db8:1:2::7»]:443",
        "client «fe80::1ff:fe23:4567:890a%eth0» gone",
        "peer «::ffff:203.0.113.9» and «2400:3200:0:1:2:3:4:5»",
        "from «::ffff:203.0.113.9»:3306",
        "v6(en0:«2001:db8:71:8:a1:b2:c3:d4») DNS*",
        "[NIOServerCxn.Factory:«2001:db8:1:2::7»/«2001:db8:1:2::7:2181»:NIOServerCnxn@349]",
    ),
    counter_examples=("at 12:30:45 or 2024:01:02", "std::string and bad::cafe", "chr1:10000:20000 ::1"),
    boundary="«2001:db8::1»",
    score=0.9,
    check=Valid("ipv6"),
)

MAC = Detector(
    name="mac",
    kind="MAC_ADDRESS",
    pattern=(
        r"(?<![A-Za-z0-9:])(?<![A-Za-z0-9]-)(?:[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?:(?:\1[0-9A-Fa-f]{2}){2}|(?:\1[0-9A-Fa-f]{2}){8})?"
        r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![A-Za-z0-9:]|-[A-Za-z0-9])"
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
    source="AWS EC2 user guide, private DNS names ip-a-b-c-d; reverse names of access providers. Private addresses (RFC 1918) stay behind words for machines, such as ip- and node-",
    examples=(
        "ec2-«203-0-113-77».compute.example",
        "rhost=dsl-«203-0-113-7».provider.example",
        "host «198-51-100-4».static.example.net",
        "guest-«10-20-30-40» leased",
    ),
    counter_examples=("2024-10-11-12", "uuid 1-2-3-4-5", "ip-10-0-3-44.ec2.internal", "per_pl=3-0-0-0, x"),
    boundary="ip-«9-0-3-44»",
    score=0.8,
    check=_IS_IN_HOST_NAME,
)

REVERSE_NAME = Detector(
    name=REVERSED,
    kind="IP_ADDRESS",
    pattern=(
        rf"{BEFORE_CODE}(?<!\w\.)(?P<value>(?:{_OCTET}\.){{2,3}}{_OCTET}(?=\.in-addr\.arpa\b)|{_V4}(?=\.[A-Za-z][\w-]{{0,62}}\.[A-Za-z])"
        r"|[0-9a-f](?:\.[0-9a-f]){15,31}(?=\.ip6\.arpa\b))"
    ),
    trigger=r"[0-9]\.in-addr\.arpa|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[A-Za-z][0-9A-Za-z_-]{0,62}\.[A-Za-z]|[0-9a-f]\.ip6\.arpa",
    source="RFC 1035, 3.5 and RFC 3596, 2.5: the address backwards; names that access providers give their lines",
    examples=(
        "query[PTR] «77.113.0.203».in-addr.arpa from x",
        "is «77.113.0.203».dialup.example.net",
        "PTR «4.3.3.7.0.7.3.0.e.2.a.8.0.0.0.0.0.0.0.0.3.a.5.8.8.b.d.0.1.0.0.2».ip6.arpa",
    ),
    counter_examples=("from 203.0.113.77. Next", "zone in-addr.arpa", "v1.2.3.4.jar"),
    boundary="«1.2.3.4».in-addr.arpa",
    score=0.95,
)

ERLANG = Detector(
    name="address_in_tuple",
    kind="IP_ADDRESS",
    pattern=rf"\{{(?P<value>{_OCTET}(?:, ?{_OCTET}){{3}})\}}, ?\d{{1,5}}\}}",
    trigger=r"\{[0-9]{1,3}, ?[0-9]{1,3}, ?[0-9]{1,3}, ?[0-9]{1,3}\}, ?[0-9]",
    source="Erlang inet: ip4_address() is a tuple, beside the port",
    examples=("from IP x ({{«192,0,2,4»},12716})", "{{«198,51,100,2»},5222}", "peer {{«10, 0, 2, 4»}, 5222}"),
    counter_examples=("{1,2,3,4}", "{{1,2,3},4}", "{{300,1,2,3},4}"),
    boundary="{{«1,2,3,4»},5}",
    score=0.9,
)

NETWORK: tuple[Detector, ...] = (IPV4, IPV6, MAC, HOST_ADDRESS, REVERSE_NAME, ERLANG)

"""Personal data that real lines hold by the format of the program that wrote them, whoever labels them.

The generator labels what it splices and some of what stands in the real lines anyway; a word that one of these
formats gives to an account or an address is personal too. The forms are read off the programs, not off detectors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled stretch of a text, [start, end) in code points."""

    start: int
    end: int
    entity: str
    sub: str


_ADDRESS = re.compile(
    r"(?:(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?<![\w.:])[0-9A-Fa-f.:]{7,45})(?!\w|\.\d)"
)
_VERSION_BEFORE = re.compile(r"(?i)(?:\bv|\bver(?:sion)?[ =:]*|\brelease[ =:]*)\Z")
_MAIL = re.compile(r"(?<![\w.+-])[\w.%+-]{1,40}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,10}(?![\w-])")
_ACCOUNTS = tuple(
    re.compile(form, re.MULTILINE)
    for form in (
        r" [CS]-0x[0-9a-f]+: [^/\s]+/(?P<name>[^@\s]+)@",  # pgbouncer, src/util.c: log prefix of a client or server
        r" (?:db=\S+ )?user=(?P<name>[^\s,]+) tls=",  # pgbouncer, src/client.c: login attempt
        r"(?:invalid|authenticating) user (?P<name>\S+)(?: \d| \[preauth)",  # sshd, auth.c and packet.c
        r"attempts exceeded for (?:invalid user )?(?P<name>\S+) from",  # sshd, auth.c
        r"内网IP\[(?P<name>[^]]+)\]\[",  # RuoYi, AsyncFactory.java: address, place, account, status
        r"sudo: +(?P<name>\S+) : (?:TTY=|\d+ incorrect)",  # sudo, plugins/sudoers/logging.c
        r" by (?P<name>\S+)\(uid=\d+\)",  # Linux-PAM, pam_unix_sess.c
        r"# User@Host: (?P<name>\S+?\[\S*?\]) @ ",  # MySQL, sql/log.cc: user and privileged user
        r" su\[\d+\]: [-+] \S+ (?P<name>[\w.-]+):[\w.-]+$",  # shadow-utils, src/su.c: terminal, from whom, to whom
        r" su\[\d+\]: [-+] \S+ [\w.-]+:(?P<name>[\w.-]+)$",
        r" ; USER=(?P<name>\S+) ; ",  # sudo, plugins/sudoers/logging.c: as whom
        r"pam_unix\([^)\s]*\): user \"(?P<name>[^\"]+)\" does not exist",  # shadow-utils and Linux-PAM, chpasswd
        r"authentication failed for user \"(?P<name>[^\"]+)\"",  # PostgreSQL, src/backend/libpq/auth.c
        r"systemd-logind\[\d+\]: New session \S+ of user (?P<name>[^\s.]+)\.",  # logind-session.c
        r"sshd\[\d+\]: Accepted \S+ for (?P<name>\S+) from ",  # sshd, auth.c
        r"Starting session: .{0,60} for (?P<name>\S+) from ",  # sshd, session.c
        r"useradd\[\d+\]: (?:new (?:user|group): name=|failed adding user ')(?P<name>[\w.-]+)",  # useradd(8)
        r" \(set_id=(?P<name>[^)\s]+)\)",  # Exim specification, 33.3
        r": USER (?P<name>[\w.-]+) \(Login failed\)",  # ProFTPD, modules/mod_auth.c
    )
)
_HOST_ADDRESS = re.compile(r"(?<![\w.])(?:[a-z]+-)?(?P<address>\d{1,3}(?:-\d{1,3}){3})(?=\.[a-z])")


def by_form(text: str, decoys: tuple[Mark, ...] = ()) -> Iterator[Mark]:
    """Yield addresses, mailboxes and account names, of which the generator labels only a part as natural.

    Four numbers behind a word for version are no address, nor is a decoy.

    Example:
        >>> text = "to 10.0.12.8:8443 with version 1.2.3.4: invalid user bob [preauth]"
        >>> [text[mark.start:mark.end] for mark in by_form(text)]
        ['bob', '10.0.12.8']
    """
    for match in _MAIL.finditer(text):
        yield Mark(match.start(), match.end(), "EMAIL_ADDRESS", "form")
    for form in _ACCOUNTS:
        for match in form.finditer(text):
            yield Mark(*match.span("name"), "USERNAME", "form")
    for match in _HOST_ADDRESS.finditer(text):
        if _is_address(match.group("address").replace("-", ".")):
            yield Mark(*match.span("address"), "IP_ADDRESS", "form")
    for match in _ADDRESS.finditer(text):
        is_decoy = any(decoy.start <= match.start() < decoy.end for decoy in decoys)
        if not is_decoy and _is_address(match.group()) and not _VERSION_BEFORE.search(text, 0, match.start()):
            yield Mark(match.start(), match.end(), "IP_ADDRESS", "form")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

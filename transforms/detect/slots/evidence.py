"""What speaks for a word in a slot being an account, and what against it: the word, its cue and what stands around."""

import re
from collections.abc import Iterator
from functools import lru_cache

from transforms.detect.slots.forms import ADDRESS, SIGNS
from transforms.detect.words import COMMON_ACCOUNTS, GIVEN_NAMES, NO_NAME, SURNAMES, is_ordinary

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_ADDRESS_V4 = re.compile(r"\d\.\d{1,3}\.\d{1,3}\.\d", re.ASCII)
_ADDRESS_V6 = re.compile(r"::[0-9a-f]|(?:[0-9a-f]{1,4}:){5}")
_FAILURES = "fail denied invalid incorrect wrong unknown bad_ no_such not_found illegal reject mismatch accepted succe".replace(
    "_", " "
).split()
_SIGNS = (*SIGNS, *(sign.replace("_", " ") for sign in SIGNS if "_" in sign), " su ", " su:", " su[")
_START = 3
_STARTS = dict.fromkeys(("use", "ses", "aut", "pas", *(sign[:_START] for sign in _SIGNS)))
_SIGNS_BY_START = tuple((start, [sign for sign in _SIGNS if sign.startswith(start)]) for start in _STARTS)
"""Half as many starts as signs are looked for where there is none; the most frequent ones come first."""

_CODES = (
    "exception",
    "java.",
    ".java",
    "function",
    "class ",
    "import ",
    "select ",
    "where ",
    " at org.",
    " at com.",
)
_ACCOUNT_PROGRAMS = frozenset(
    """ssh sshd sudo su doas pkexec polkit polkitd cron crond anacron atd login systemd-logind gdm gdm-password lightdm useradd userdel usermod groupadd gpasswd passwd
    chage chfn newgrp dovecot postfix sendmail exim exim4 courier cyrus imap imapd imaps pop3 pop3d vsftpd proftpd pure-ftpd ftpd in.telnetd rlogind smbd winbindd samba sssd
    krb5kdc kadmind slapd radiusd xrdp pam_unix postgres postgresql mysqld mariadbd mongod openvpn charon strongswan pppd squid auditd audispd asterisk slurmctld slurmd
    slurmdbd pbs_server pbs_mom schedd jenkins gitea gitlab nextcloud owncloud wordpress drupal zabbix""".split()
)
_PROGRAM = re.compile(r"[a-z][a-z0-9_.-]+")
_PREFIX_WORDS = 8

_EXTENSION = re.compile(
    r"(?i)\.(?:py|java|sh|log|conf|cfg|txt|json|ya?ml|xml|html?|php|js|css|jar|so|exe|dll|service|socket|target|timer|mount|slice|scope|gz|zip|bam|fq|fastq|vcf|com|org|net|io|cn|de|at|ch|fr|it|es|nl|be|pl|ru|uk|eu|info|biz|edu|gov|mil|se|fi|dk|cz|jp|kr|br|local|internal|lan|corp|example|c|h|cpp|go|rs)\Z"
)
_SHAPES = (
    ("version", re.compile(r"v?\d+(?:[.-]\w+)*\Z")),
    ("hexadecimal", re.compile(r"(?=.*\d)[0-9a-fA-F]{6,}\Z")),
    ("random", re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w-]{8,}\Z")),
    ("extension", re.compile(rf".*{_EXTENSION.pattern.removeprefix('(?i)')}", re.IGNORECASE)),
    ("login", re.compile(r"[a-z][a-z]+(?:[._-][a-z]+)?\d{0,4}(?:@.*)?\Z")),
    ("number", re.compile(r"\d+(?:@.*)?\Z")),
    ("digits", re.compile(r"[^@]*[A-Za-z_][^@]*\d(?:@.*)?\Z")),
    ("at", re.compile(r".*@")),
    ("dot", re.compile(r"[^@]*\.")),
    ("underscore", re.compile(r"[^@]*_")),
    ("hyphen", re.compile(r"[^@]*-")),
    ("capitals", re.compile(r"(?=[^a-z@]*[A-Z])[^a-z@]+(?:@.*)?\Z")),
    ("camel", re.compile(r"[^@]*[a-z][A-Z]")),
    ("title", re.compile(r"[A-Z][a-z]+(?:@.*)?\Z")),
    ("short", re.compile(r"[^@]{1,2}(?:@.*)?\Z")),
    ("long", re.compile(r"[^@]{21,}")),
)
_STRONG = frozenset(
    "user username login account logon usr uname acct logname principal loginname accountname useraccount userid nick sudoer mailbox apiuser dbuser subuser".split()
)
_THINGS = re.compile(
    r"(?:host|server|node|db|database|schema|table|queue|partition|cluster|realm|tenant|region|zone|bucket|container|pod|namespace|plugin|project"
    r"|status|state|stage|step|task|workflow|pipeline|dag|template|file|path|directory|folder|volume|device|disk|interface|port|network|endpoint|topic|channel|index|collection"
    r"|study|dataset|version|branch|repository|method|mode|protocol|cipher|command|function|class|package|library|option|parameter|field|column|attribute|property|action"
    r"|operation|level|category|terminal|tty|priority)(?:s|[_ ]?name|[_ ]?id)?[\"'\])]{0,2}[ \t]?[:=]?[ \t]?(?:\[\d{1,4}\] ?)?[\"'`\[(<{]{0,2}\Z"
)
_OF_THINGS = 32
"""How far before a word the noun that says what it names ends."""

_OF_PEOPLE = "logged|logs|logging|signed|authenticated|uploaded|uploads|downloaded|downloads|commented|invited|approved|approves|joined|attempted|tried|claimed|reviewed|edited|enrolled|viewed|entered|impersonated"
_PERSONS = frozenset(
    """experimenter practitioner clinician technician curator moderator inviter invitee reviewer approver uploader creator committer reporter researcher investigator submitter
    requester requestor assignee employee student maintainer""".split()
)

_FOLLOWING = {
    "address": rf"[\"'\])]?[ ,(@|:/-]{{1,3}}(?:\[|\()?{ADDRESS}",
    "from": r"[\"'\])]{0,2}:? (?:from|at|on|via|by|using|with)\b",
    "noun": r" (?:user|account|users|accounts|session|tokens?|keys?|windows?|connections?)\b",
    "event": r"[\])] (?!INFO|DEBUG|WARN|ERROR|TRACE|FATAL|SEVERE|NOTICE|CRIT)[A-Z]{2,}\b",
    "uid": r"[ ]?\((?:uid=)?\d",
    "act": rf"[\"'\])]?:? (?:has |have )?(?:successfully )?(?:{_OF_PEOPLE})\b",
    "verb": r"[\"'\])]?:? (?:[a-z]{2,12}ed|is|was|has|had|does|did|not|cannot|login|logon|ran|gives)\b",
    "end": r"[\"'\])]{0,2}[.!]?\s*(?:\Z|[\r\n])",
    "stop": r"[\"'\])]{0,2}[.,;] ?",
    "colon": r"[\"'\])]{0,2}:",
    "bracket": r"[\"'\])>}]{0,2} ?[\[(<]",
    "equals": r"\s?=",
    "quote": r" [\"'`‘“]",
    "slash": r"[/\\]",
    "call": r"\(",
}
_WHAT_FOLLOWS = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FOLLOWING.items()))
BEHIND = (*(f"then {name}" for name in _FOLLOWING), "then other")
"""The pieces of evidence of which one is true of what follows a candidate."""

_PROGRAM_ENDS = (": ", "[")
"""What stands behind the name of a program that begins its line."""

_LONGEST_DOMAIN = 15
"""Characters of a NetBIOS domain; HK begin the hives of the registry."""

_WINDOW = 160
_NEAR = 40
_NEARBY = "sign near"
_COLONS = 5
_CANDIDATES = 2048


def evidence(match: re.Match[str], form: str) -> tuple[str, ...]:
    """Return the names of what is true of a candidate: of its form, its cue, the word, what follows, and the line."""
    text = match.string
    start, end = match.span("value")
    return (
        f"form {form}",
        *of_word(match["value"]),
        *of_cue(form, match["cue"] or "", match["sep"] or "", match["quote"] or ""),
        behind(text, end),
        *of_line(text, start, end, form),
    )


_OF_FEW_CUES = ("cue", "preposition", "list")
_NAMED_BY_CUE = (*_OF_FEW_CUES, "domain", "domain_in_brackets")
"""Forms whose cue is one of a few words, and those where it is the name of a domain."""


@lru_cache(maxsize=4096)
def of_cue(form: str, cue: str, sep: str, quote: str) -> tuple[str, ...]:
    """Return what is true of the cue of a candidate, what stands behind the cue, and its quotes or brackets."""
    found = tuple(_of_cue(form, re.sub(r"[ _-]", "", cue).lower(), sep, quote))
    if form == "domain" and cue.isupper() and len(cue) <= _LONGEST_DOMAIN and not cue.startswith("HK"):
        found += ("domain in capitals",)
    return found


def _of_cue(form: str, cue: str, sep: str, quote: str) -> Iterator[str]:
    if cue and form in _OF_FEW_CUES:
        yield f"cue {cue}"
    if cue in _STRONG:
        yield "cue strong"
    elif cue in _PERSONS:
        yield "cue person"
    elif cue and not cue.isdigit() and form not in _NAMED_BY_CUE:
        yield "cue ordinary" if is_ordinary(cue) else "cue other"
    yield from _of_signs(form, sep, quote)


def _of_signs(form: str, sep: str, quote: str) -> Iterator[str]:
    if quote:
        yield "quoted" if quote in "\"'`‘“" else "bracketed"
    if ":" in sep or "=" in sep:
        yield f"{form} keyed"
    elif "\t" in sep:
        yield "tab"
    elif "address" in form:
        yield f"{form} {sep.strip() or 'blank'}"


@lru_cache(maxsize=16384)
def of_word(value: str) -> tuple[str, ...]:
    """Return what is true of a word by itself.

    Example:
        >>> of_word("wronat7"), of_word("window")
        (('word suspect', 'word login', 'word digits'), ('word ordinary', 'word login'))
    """
    name = value.partition("@")[0]
    vocabulary = _vocabulary(value, _PARTS.findall(name))
    title = name[:1].upper() + name[1:].lower().rstrip("0123456789")
    names = ("word name",) if title in GIVEN_NAMES or title in SURNAMES else ()
    shapes = (f"word {shape}" for shape, form_of in _SHAPES if form_of.match(value))
    return (f"word {vocabulary}", *names, *shapes)


def _vocabulary(value: str, parts: list[str]) -> str:
    lower = value.lower()
    if not parts:
        return "no letters"
    if (
        lower in NO_NAME
        or lower.startswith("pam_")
        or (lower in _STRONG and lower.title() not in GIVEN_NAMES)
    ):
        return "stop"
    if lower in COMMON_ACCOUNTS:
        return "common account"
    if is_ordinary(value):
        return "ordinary"
    if (
        value.isascii()
        and max(map(len, parts)) > 1
        and all(len(part) < 2 or is_ordinary(part) for part in parts)
    ):
        return "ordinary parts"
    return "suspect"


def behind(text: str, end: int) -> str:
    """Return what follows a candidate."""
    found = _WHAT_FOLLOWS.match(text, end)
    return f"then {found.lastgroup}" if found is not None else "then other"


def of_line(text: str, start: int, end: int, form: str) -> Iterator[str]:
    """Yield what is true of the line of a candidate, as far as it is near."""
    for piece in _around(text, start, end):
        yield f"{_NEARBY} {form}" if piece is _NEARBY else piece


@lru_cache(maxsize=_CANDIDATES)
def _around(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return what is true around a word: several forms propose it, one after the other for all texts of a batch."""
    first = max(text.rfind("\n", 0, start) + 1, start - 2000)
    last = text.find("\n", end, end + _WINDOW)
    last = min(len(text), end + _WINDOW) if last < 0 else last
    before = text[max(first, start - _WINDOW) : start].lower()
    around = f"{before}\0{text[end:last].lower()}"
    found = list(_of_place(text, start, end, before))
    if _holds_sign(around):
        found.append("sign in line")
        if _holds_sign(before[-_NEAR:]):
            found.append(_NEARBY)
    if _holds(around, _FAILURES):
        found.append("failure in line")
    if _holds_address(around):
        found.append("address in line")
    if not _ACCOUNT_PROGRAMS.isdisjoint(_PROGRAM.findall(_first_words(text[first:start]))):
        found.append("program of accounts")
    if _holds(around, _CODES):
        found.append("code in line")
    if "{" in around:
        found.append("braces in line")
    return tuple(found)


def _of_place(text: str, start: int, end: int, before: str) -> Iterator[str]:
    if _THINGS.search(before, max(0, len(before) - _OF_THINGS)) is not None:
        yield "beside thing"
    if _is_escape(text, start, end):
        yield "escape"
    if text.startswith(_PROGRAM_ENDS, end) and not before.strip():
        yield "first in line"


def _is_escape(text: str, start: int, end: int) -> bool:
    r"""Tell whether the first letter of a word behind a single backslash is an escape: `ERROR\nStack`, `done\tnext`."""
    if text[start - 1 : start] != "\\" or text[start - 2 : start - 1] == "\\" or text[start] not in "nrt":
        return False
    rest = text[start + 1 : end]
    return rest[:1].isupper() or is_ordinary(rest)


def _holds_address(text: str) -> bool:
    if _ADDRESS_V4.search(text) is not None:
        return True
    may_be_v6 = "::" in text or text.count(":") >= _COLONS
    return may_be_v6 and _ADDRESS_V6.search(text) is not None


def is_in_reach(match: re.Match[str], reach: int) -> bool:
    """Tell whether a sign stands near a candidate, wholly within so many characters before or behind it in its line."""
    text = match.string
    start, end = match.start("quote") if match["quote"] else match.start("value"), match.end("value") + 1
    before = text[max(0, start - reach) : start].rpartition("\n")[2]
    behind_it = text[end : end + reach].partition("\n")[0]
    return _holds_sign(f"{before}\0{behind_it}".lower())


def _holds_sign(text: str) -> bool:
    for start, signs in _SIGNS_BY_START:
        if start in text and _holds(text, signs):
            return True
    return False


def _holds(text: str, parts: tuple[str, ...] | list[str]) -> bool:
    for part in parts:
        if part in text:
            return True
    return False


def _first_words(text: str) -> str:
    """Return where a line names its program, counted in words: a redaction changes how long they are, not how many."""
    return " ".join(text.split(None, _PREFIX_WORDS)[:_PREFIX_WORDS]).lower()

"""What a named part of a format is: the policy field whose replacement its value gets, or a kind of the detectors."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from schemas.policy.policy import FieldPolicy, Policy, Treatment
from transforms.detect.formats.ecs import ecs_name
from transforms.detect.spans import Span
from transforms.detect.urls import url_spans
from transforms.treatments import truncate_ip

IP_ADDRESS, URL = "IP_ADDRESS", "URL"
KINDS = frozenset(
    "email person phone phone_cn secret secret_id session_id patient_id sample_id birth_date location".split()
)
"""Kinds of personal data that are no field of the shipped policy and may be named as a part, in lower case."""

NOBODY = frozenset(
    "null none nil unknown undefined unset unassigned n/a na anonymous nobody invalid empty".split()
)
"""What programs write where they know no value."""


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes of a part: a value of `kind`, the parts of a URL, or nothing of its own where `kind` is empty.

    A value without a kind is text like the rest of the line. `query_keys` are the case-folded query keys whose values a
    URL keeps.
    """

    kind: str = ""
    query_keys: frozenset[str] = frozenset()

    def spans(self, text: str, start: int, end: int, score: float, name: str) -> Iterator[Span]:
        """Yield what of the value at [start, end) of a text is replaced."""
        value = text[start:end]
        if self.kind == URL:
            for span in url_spans(value, self.query_keys):
                yield span._replace(start=start + span.start, end=start + span.end)
        elif self.kind and is_value(value, self.kind):
            yield Span(start, end, self.kind, score, name)


def is_value(value: str, kind: str) -> bool:
    """Tell whether a part holds something: an address where it should be one, else more than a mark or `unknown`.

    Example:
        >>> [is_value(*one) for one in (("anna", "USERNAME"), ("-", "USERNAME"), ("(null)", "USERNAME"), ("h1", "IP_ADDRESS"))]
        [True, False, False, False]
    """
    if kind == IP_ADDRESS:
        return truncate_ip(value) is not None or truncate_ip(value.partition("/")[0]) is not None
    return any(map(str.isalnum, value)) and value.strip("()[]<>\"'").lower() not in NOBODY


FindPart = Callable[[str], Part | None]
"""Gives what a name is, None where no field of the policy and no kind has it."""


def parts_of(policy: Policy) -> FindPart:
    """Return what names are under a policy: its fields, their aliases, names of the Elastic Common Schema, and `KINDS`.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> find = parts_of(default_policy())
        >>> [find(name).kind for name in ("username", "clientIp", "client.user.email", "source.ip", "url.original", "message")]
        ['USERNAME', 'IP_ADDRESS', 'EMAIL', 'IP_ADDRESS', 'URL', '']
        >>> find("process.pid") is None
        True
    """
    rules: Mapping[str, FieldPolicy] = {rule.name: rule for rule in policy.fields}

    def find(name: str) -> Part | None:
        for known in (name, ecs_name(name)):
            rule = rules.get(policy.field_of(known) or known) if known is not None else None
            if rule is not None:
                return _of_field(rule, policy.url_query_keys)
            if known in KINDS:
                return Part(known.upper())
        return None

    return find


def _of_field(rule: FieldPolicy, query_keys: frozenset[str]) -> Part:
    match rule.treatment:
        case Treatment.TRUNCATE_IP:
            return Part(IP_ADDRESS)
        case Treatment.REDACT_URL:
            return Part(URL, query_keys)
        case Treatment.PSEUDONYMISE | Treatment.DROP:
            return Part(rule.entity or rule.name.upper())
        case Treatment.KEEP | Treatment.REDACT_TEXT:
            return Part()

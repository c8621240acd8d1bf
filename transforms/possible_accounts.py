"""Find what may be an account's name in a field that should hold an address and holds none."""

import re
from collections.abc import Mapping

from schemas.policy.policy import Policy, Treatment
from transforms.detect.own import Known
from transforms.detect.words import COMMON_ACCOUNTS, NO_NAME
from transforms.treatments import Treat

ACCOUNT = "USERNAME"
USERNAME_PREFIX = "usr"

_CHUNK = re.compile(r"[^\s,;|=()\[\]{}\"'<>]+")
_WORD = re.compile(r"[^\W_][\w.@+\-]*", re.UNICODE)
_NUMERIC = re.compile(r"[\d.\-+]*")
_ADDRESS_SHAPED = re.compile(r"(?i)(?=(?:.*:){2})[0-9a-f:.]+(?:[%/].*)?")
_LONGEST_PORT = 5


def possible_accounts(value: str) -> list[str]:
    """Return the words of a value that are neither ordinary words nor parts of an address.

    Example:
        >>> possible_accounts("zhangwei"), possible_accounts("unknown"), possible_accounts("203.0.113.7:443")
        (['zhangwei'], [], [])
        >>> possible_accounts("10.0.0.1 (zhang.wei, 100012345678)"), possible_accounts("[2001:db8::1]:443")
        (['zhang.wei', '100012345678'], [])
    """
    return [
        word
        for chunk in _CHUNK.findall(value)
        if not _ADDRESS_SHAPED.fullmatch(chunk)
        for word in (found.rstrip(".-+@") for found in _WORD.findall(chunk))
        if _may_be_account(word)
    ]


def _may_be_account(word: str) -> bool:
    if _NUMERIC.fullmatch(word):
        return word.isdigit() and len(word) > _LONGEST_PORT
    return word.casefold() not in COMMON_ACCOUNTS and word.casefold() not in NO_NAME


def account_treatment(policy: Policy, treatments: Mapping[str, Treat]) -> tuple[str, Treat]:
    """Return the kind and the treatment of the policy's field of user names; without one they become `<USERNAME>`."""
    for rule in policy.fields:
        if rule.treatment is Treatment.PSEUDONYMISE and rule.prefix == USERNAME_PREFIX:
            return rule.entity or rule.name.upper(), treatments[rule.name]
    return ACCOUNT, lambda _: None


def known_accounts(value: str, kind: str, treat: Treat) -> list[Known]:
    """Return the possible accounts of a value with what they become, to be found in that value without a cue."""
    found = [Known(word, treat(word) or f"<{kind}>", kind) for word in possible_accounts(value)]
    for known in found:
        known.distinct = True
    return found

"""Find what may be an account's name in a field that should hold an address or one account and holds something else."""

import re
from collections.abc import Callable, Mapping

from schemas.policy.policy import Policy, Treatment
from transforms.detect.own import Known, is_distinct
from transforms.detect.views import as_read
from transforms.detect.words import COMMON_ACCOUNTS, NO_NAME, is_ordinary
from transforms.treatments import Treat

ACCOUNT = "USERNAME"
USERNAME_PREFIX, UIN_PREFIX = "usr", "uin"

_CHUNK = re.compile(r"[^\s,;|=()\[\]{}\"'<>]+")
_WORD = re.compile(r"[^\W_][\w.@+\-]*", re.UNICODE)
_NUMERIC = re.compile(r"[\d.\-+]*")
_ADDRESS_SHAPED = re.compile(r"(?i)(?=(?:.*:){2})[0-9a-f:.]+(?:[%/].*)?")
_LONGEST_PORT = 5
_ALONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9]")
_FULL_NAME = re.compile(r"[^\W\d_]+(?:[ ,.'’-]+[^\W\d_]+)*", re.UNICODE)
_JOINTS = re.compile(r"[._@+-]+")


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


def account_treatment(
    policy: Policy, treatments: Mapping[str, Treat], prefix: str = USERNAME_PREFIX
) -> tuple[str, Treat]:
    """Return the kind and the treatment of the policy's field of user names or UINs, `<USERNAME>` if it has none."""
    for rule in policy.fields:
        if rule.treatment is Treatment.PSEUDONYMISE and rule.prefix == prefix:
            return rule.entity or rule.name.upper(), treatments[rule.name]
    return ACCOUNT, lambda _: None


def part_reader(policy: Policy, treatments: Mapping[str, Treat]) -> Callable[[str], tuple[Known, ...]]:
    """Return what reads the accounts in the value of a people's field that is more than the name of one.

    Such a value is an account of its own in its field; in the event's texts its parts are looked for.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> read = part_reader(default_policy(), {"username": str.upper, "uin": str.upper})
        >>> [[part.text for part in read(value)] for value in ("100012345678/lin.qiao", "./lin.qiao", "lin.qiao")]
        [['100012345678', 'lin.qiao'], ['lin.qiao'], []]
    """
    of_names = account_treatment(policy, treatments)
    of_numbers = account_treatment(policy, treatments, UIN_PREFIX)

    def read(value: str) -> tuple[Known, ...]:
        if _ALONE.fullmatch(value):
            return ()
        plain = as_read(value).strip()
        if _FULL_NAME.fullmatch(plain):
            return ()
        words = [word for word in possible_accounts(plain) if word != value and _is_telling(word)]
        told = ((word, *(of_numbers if word.isdecimal() else of_names)) for word in words)
        return tuple(Known(word, treat(word) or f"<{kind}>", kind) for word, kind, treat in told)

    return read


def _is_telling(word: str) -> bool:
    return is_distinct(word) and not all(map(is_ordinary, filter(None, _JOINTS.split(word))))


def known_accounts(value: str, kind: str, treat: Treat) -> list[Known]:
    """Return the possible accounts of a value with what they become, to be found in that value without a cue."""
    return [Known.without_cue(word, treat(word) or f"<{kind}>", kind) for word in possible_accounts(value)]

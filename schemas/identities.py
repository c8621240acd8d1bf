"""The canonical form of whom a field names: one for pseudonyms, search, sightings, the vault and erasure.

Two spellings of one account must have one pseudonym, else an erasure leaves what was written in the other one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum

import orjson

_ROUNDED_DIGITS = 6
"""So many digits spreadsheets show before an exponent: what has no more may stand for another number."""

_LARGEST_EXPONENT = 30
_INVISIBLE = re.compile(
    r"\x1b\[[0-9;]*[A-Za-z]|[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_QUOTED = re.compile(r"""=?(["'`])(.*)\1""", re.DOTALL)
_DIGITS = re.compile(r"(?:uin[\s:=#_-]*)?\+?0*([0-9]+)(?:\.0*)?", re.IGNORECASE)
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:([,'_ ])[0-9]{3})(?:\1[0-9]{3})+|[0-9]{3,4}(?:([ _-])[0-9]{3,4})(?:\2[0-9]{3,4})+"
)
"""Thousands, and the groups of three and four in which people read numbers to each other."""
_SCIENTIFIC = re.compile(r"([0-9]+(?:\.[0-9]*)?)[eE]\+?([0-9]{1,2})")
_CAM_UINS = re.compile(r"\b(?:uin|owner)/([0-9]{5,20})")
_LIST = re.compile(r"\s*[,;|\u3001]\s*")
_NUMBER_LIST = re.compile(r"[\s,;|\u3001]+")
_SURNAME_FIRST = re.compile(r"[^\W\d_][\w'.-]*, [^\W\d_][\w'. -]*")
_DISTINGUISHED = re.compile(r"(?:uid|cn|samaccountname|userid)=([^,]+),\s*[a-z]+=", re.IGNORECASE)
_DOMAIN = re.compile(r"[^\\\s]*\\+([^\\]+)")
_ADDRESS = re.compile(r"(?:[^<>]*<)?([^\s@<>]+)@([^\s@<>]+)>?")
_MAIL_DOMAIN = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}")


class Identity(StrEnum):
    """How the spellings of one identity are told to be one."""

    NUMBER = "number"
    NAME = "name"
    FOLDED_NAME = "folded_name"


_PLAIN = {
    Identity.NUMBER: re.compile(r"[1-9][0-9]*"),
    Identity.NAME: re.compile(r"[A-Za-z0-9_.-]+"),
    Identity.FOLDED_NAME: re.compile(r"[a-z0-9_.-]+"),
}


def canonical(text: str, identity: Identity) -> str:
    """Return the canonical form of the one account that a text names, the first of several; empty for a blank text.

    Example:
        >>> canonical(" 1.00012345678e+11", Identity.NUMBER), canonical("CORP\\\\Lin.Qiao ", Identity.FOLDED_NAME)
        ('100012345678', 'lin.qiao')
    """
    if is_plain(text, identity):
        return text
    found = accounts_in(text, identity)
    return found[0][0] if found else ""


def is_plain(text: str, identity: Identity) -> bool:
    """Tell whether a text is one account in its canonical form at sight, as most are; in doubt not.

    Example:
        >>> is_plain("100012345678", Identity.NUMBER), is_plain("Lin", Identity.FOLDED_NAME)
        (True, False)
    """
    return _PLAIN[identity].fullmatch(text) is not None


def accounts_in(text: str, identity: Identity) -> tuple[tuple[str, ...], ...]:
    """Return the canonical forms of each account that a field's value names, each account once.

    Blanks around it, invisible characters and quotes go, and compatible characters become plain (NFKC). A number is
    its digits, whatever wrote it: padded, grouped, with an exponent, or as a resource of CAM (`uin/100…`). An exponent
    behind so few digits as spreadsheets show stays text: the number may have been rounded. A name has no domain
    (`CORP\\anna`, `anna@CORP`, `uid=anna,ou=…`); a mail address is a name of its own, and names its local part as well.
    A list, as JSON or between commas, names each of its members; `Smith, Anna` is one.

    Example:
        >>> accounts_in('["100012345678", 100023456781.0]', Identity.NUMBER)
        (('100012345678',), ('100023456781',))
        >>> accounts_in("Anna@Example.com, bob", Identity.FOLDED_NAME)
        (('anna@example.com', 'anna'), ('bob',))
    """
    plain = _plain(text if identity is not Identity.NUMBER or text.isascii() else _with_ascii_digits(text))
    fold = identity is Identity.FOLDED_NAME
    found: list[tuple[str, ...]]
    if identity is Identity.NUMBER:
        found = [(_number(member),) for member in _members(plain, _number_members)]
    else:
        found = [_names(member, fold) for member in _members(plain, _name_members)]
    return tuple(dict.fromkeys(one for one in found if one[0]))


def is_one_account(text: str, identity: Identity) -> bool:
    """Tell whether a text names exactly one account, and surely: not several, nor a number that may be rounded.

    Example:
        >>> [is_one_account(text, Identity.NUMBER) for text in ("100012345678", "1.00012E+11", "1, 2", "")]
        [True, False, False, False]
    """
    found = accounts_in(text, identity)
    return len(found) == 1 and not (identity is Identity.NUMBER and _SCIENTIFIC.fullmatch(found[0][0]))


def _plain(text: str) -> str:
    bare = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    while (quoted := _QUOTED.fullmatch(bare)) is not None and quoted[1] not in quoted[2]:
        bare = quoted[2].strip()
    return bare


def _with_ascii_digits(text: str) -> str:
    """Return a text whose digits, of whichever script, are those of ASCII."""
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def _members(plain: str, split: Callable[[str], Iterable[str]]) -> Iterable[str]:
    if not plain.startswith("["):
        return split(plain)
    try:
        loaded = orjson.loads(plain)
    except orjson.JSONDecodeError:
        loaded = None
    if isinstance(loaded, list):
        return [one for member in loaded for one in split(_plain(_scalar(member)))]
    return [_plain(member) for member in _LIST.split(plain.strip("[]"))]


def _scalar(member: object) -> str:
    if isinstance(member, str):
        return member
    return "" if member is None else orjson.dumps(member).decode()


def _number_members(plain: str) -> Iterable[str]:
    if uins := _CAM_UINS.findall(plain):
        return list(uins)
    if _GROUPED.fullmatch(plain):
        return [plain]
    members = [_plain(member) for member in _NUMBER_LIST.split(plain)]
    return members if all(_DIGITS.fullmatch(member) or not member for member in members) else [plain]


def _name_members(plain: str) -> Iterable[str]:
    if _DISTINGUISHED.match(plain) or _SURNAME_FIRST.fullmatch(plain):
        return [plain]
    members = [_plain(member) for member in _LIST.split(plain)]
    return [plain] if any(" " in member and "<" not in member for member in members) else members


def _number(text: str) -> str:
    bare = re.sub("[,'_ -]", "", text) if _GROUPED.fullmatch(text) else text
    if (digits := _DIGITS.fullmatch(bare)) is not None:
        return digits[1]
    if (scientific := _SCIENTIFIC.fullmatch(bare)) is None:
        return text
    mantissa, exponent = scientific.groups()
    significant = mantissa.replace(".", "").strip("0")
    value = Decimal(mantissa).scaleb(int(exponent))
    is_exact = len(significant) > _ROUNDED_DIGITS and int(exponent) <= _LARGEST_EXPONENT
    return str(int(value)) if is_exact and value == int(value) else text


def _names(text: str, fold: bool) -> tuple[str, ...]:
    if (distinguished := _DISTINGUISHED.match(text)) is not None:
        return _names(_plain(distinguished[1]), fold)
    if (in_domain := _DOMAIN.fullmatch(text)) is not None:
        return _names(_plain(in_domain[1]), fold)
    if (address := _ADDRESS.fullmatch(text)) is None:
        return (_folded(text, fold),)
    local, domain = _plain(address[1]), _plain(address[2])
    name = _folded(local, fold)
    return (f"{name}@{domain.casefold()}", name) if _is_mail(local, domain) else (name,)


def _is_mail(local: str, domain: str) -> bool:
    """Tell a mail address from a principal of Kerberos, whose realm alone is in capitals (RFC 4120, 6.1)."""
    is_realm = domain.isupper() and not local.isupper()
    return _MAIL_DOMAIN.fullmatch(domain) is not None and not is_realm


def _folded(name: str, fold: bool) -> str:
    return _plain(name.casefold()) if fold else name

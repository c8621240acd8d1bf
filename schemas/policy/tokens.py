"""What becomes of mail addresses, telephone numbers and persons in texts: their kind's token, or a keyed pseudonym."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Tokens(StrEnum):
    """Whether one such value can be told from another in what is written."""

    MASKED = "masked"
    KEYED = "keyed"


_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;@]+@[^\s<>()\[\]\"',;@]+")
_EXTENSION = re.compile(r"(?i)\s*(?:ext(?:ension)?\.?|x|转|转接|分机)\s*\d{1,6}\s*\Z")
_TRUNK = re.compile(r"\(\s*0\s*\)")
_MOBILE_CN = re.compile(r"1[3-9]\d{9}")
_LANDLINE_CN = re.compile(r"0[1-9]\d{1,2}[2-8]\d{6,7}")
_HAN_BLANK = re.compile(r"(?<=[\u4e00-\u9fff])[\s\u00b7]+(?=[\u4e00-\u9fff])")
_CHINA = "86"


def canonical_mail(text: str) -> str:
    """Return a mail address in small letters, without the name or the brackets around it; a text of several as it is.

    Example:
        >>> canonical_mail("Anna Smith <Anna.Smith@Example.COM>"), canonical_mail("ａ@b.cn.")
        ('anna.smith@example.com', 'a@b.cn')
    """
    plain = _plain(text).casefold()
    found = _ADDRESS.findall(plain)
    return found[0].removeprefix("mailto:").rstrip(".") if len(found) == 1 else plain


def canonical_phone(text: str) -> str:
    """Return the digits of a telephone number with its country's code (ITU-T E.164), without an extension.

    A Chinese mobile number, or one with a Chinese area code, has the code 86 said or not; of other numbers the country
    is known only if it is said.

    Example:
        >>> {canonical_phone(text) for text in ("138-0013-8000", "+86 138 0013 8000", "008613800138000")}
        {'8613800138000'}
        >>> canonical_phone("010-62345678 ext. 12"), canonical_phone("+44 (0)20 7946 0123"), canonical_phone("n/a")
        ('861062345678', '442079460123', '')
    """
    plain = _EXTENSION.sub("", _plain(text))
    international = plain.lstrip("( ").startswith(("+", "00"))
    digits = "".join(filter(str.isdecimal, _TRUNK.sub("", plain) if international else plain))
    if international:
        digits = digits.removeprefix("00")
        trunk = digits.removeprefix(_CHINA + "0")
        return _CHINA + trunk if trunk != digits else digits
    if _MOBILE_CN.fullmatch(digits):
        return _CHINA + digits
    if _LANDLINE_CN.fullmatch(digits):
        return _CHINA + digits[1:]
    return digits


def canonical_person(text: str) -> str:
    """Return a name without regard to case, width and blanks; in which order its parts stand is not known.

    A plus sign is a blank, as in the query of a URL.

    Example:
        >>> canonical_person(" ANNA  Smith"), canonical_person("王 小明"), canonical_person("Anna+Smith")
        ('anna smith', '王小明', 'anna smith')
    """
    return _HAN_BLANK.sub("", " ".join(_plain(text).casefold().replace("+", " ").split()))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


@dataclass(frozen=True, slots=True)
class TokenKind:
    """What shares a space of pseudonyms: prefix, domain of the keyed hash, token without a key, and who is one."""

    prefix: str
    domain: str
    mask: str
    canonical: Callable[[str], str]


_MAIL = TokenKind("eml", "text.mail", "EMAIL", canonical_mail)
_PHONE = TokenKind("phn", "text.phone", "PHONE", canonical_phone)
_PERSON = TokenKind("psn", "text.person", "PERSON", canonical_person)

KEYED_KINDS = {
    **dict.fromkeys(("EMAIL", "EMAIL_ADDRESS"), _MAIL),
    **dict.fromkeys(("PHONE", "PHONE_CN", "PHONE_NUMBER"), _PHONE),
    "PERSON": _PERSON,
}
"""The kinds that `tokens: keyed` gives pseudonyms, whichever detector finds them: logveil's names and Presidio's."""

TOKEN_KINDS = tuple(dict.fromkeys(KEYED_KINDS.values()))
TOKEN_PREFIXES = tuple(kind.prefix for kind in TOKEN_KINDS)

"""Lists of words that tell an account or a person's name from ordinary language: data, each file with its source."""

from collections.abc import Iterator
from importlib.resources import files


def load_words(name: str) -> frozenset[str]:
    """Return the words of a list in `transforms/detect/data`, one a line; lines with # say where they come from.

    Example:
        >>> "root" in load_words("common_accounts"), any(word.startswith("#") for word in load_words("no_names"))
        (True, False)
    """
    return frozenset(_lines(name))


def _lines(name: str) -> Iterator[str]:
    text = (files("transforms.detect") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


COMMON_ACCOUNTS = load_words("common_accounts")
"""Account names that are ordinary words of logs or ship with systems: taken only next to a cue."""

NO_NAME = load_words("no_names")
"""Words that follow `user`, `account` or `by` in the messages of programs without being an account name."""

NOT_PERSONS = load_words("not_persons")
"""Capitalised words that are no part of a person's name."""

ORDINARY = load_words("english") | load_words("software") | load_words("programs") | NO_NAME | COMMON_ACCOUNTS
"""Words of English and of programs, in small letters: a word that is not among them is suspect where a name may stand."""

GIVEN_NAMES = load_words("given_names") | load_words("given_names_more")
SURNAMES = load_words("surnames")
"""Names of all locales, written with a capital."""

SURNAMES_WORDS = load_words("surnames_words")
"""Surnames that are English words too."""

_CHINESE = load_words("surnames_zh")
SURNAMES_ZH = frozenset(name for name in _CHINESE if len(name) == 1)
SURNAMES_ZH_TWO = _CHINESE - SURNAMES_ZH
SURNAMES_PINYIN = load_words("surnames_pinyin")
"""Chinese surnames of one character and of two, and in Latin letters."""


def is_ordinary(word: str) -> bool:
    """Tell whether a word is one of English or of programs, also as a plural or with a number behind.

    Example:
        >>> [is_ordinary(word) for word in ("database", "Error", "worker7", "tomek", "wronat17")]
        [True, True, True, False, False]
    """
    lower = word.lower().rstrip("0123456789")
    return lower in ORDINARY or (lower.endswith("s") and lower[:-1] in ORDINARY)


def is_chinese_name(word: str) -> bool:
    """Tell whether a word of Han characters is a surname and a given name of one or two.

    Example:
        >>> [is_chinese_name(word) for word in ("李雷", "欧阳明月", "登录成功", "李", "li")]
        [True, True, False, False, False]
    """
    if not all("\u4e00" <= character <= "\u9fff" for character in word):
        return False
    return (len(word) in (2, 3) and word[0] in SURNAMES_ZH) or (
        len(word) in (3, 4) and word[:2] in SURNAMES_ZH_TWO
    )

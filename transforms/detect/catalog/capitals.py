"""Names of persons in capitals, next to the cues of other names: stricter, for whole sentences are written so."""

import re
from collections.abc import Sequence

from transforms.detect.catalog.people import END, GAP, NO_BLANKS, ROLE_EN, WORD, is_listed_name
from transforms.detect.detector import Detector
from transforms.detect.neighbours import UPPER
from transforms.detect.words import GIVEN_NAMES, NOT_PERSONS, SURNAMES, is_ordinary

_CAPITALS = rf"[{UPPER}]{{2,21}}(?:[-'’][{UPPER}]{{2,21}})?"
_APART = f",?{GAP}"
NAME_IN_CAPITALS = (
    rf"(?:{_CAPITALS}{_APART}(?:[A-Z]\.?{GAP})?(?:{_CAPITALS}|{WORD})|{WORD}{_APART}(?:[A-Z]\.?{GAP})?{_CAPITALS})"
    rf"(?:{GAP}(?:{_CAPITALS}|{WORD})){{0,2}}"
)
"""Two words and more of which one is in capitals, as forms, machines and the French write names."""

_WORDS = r"[A-Z\x80-\xff][A-Za-z',.\x80-\xff-]*"
_SOME_CAPITALS = rf"(?:[A-Z\x80-\xff]{{2}}[A-Z'\x80-\xff-]*,?{GAP}[A-Z\x80-\xff]|(?:{_WORDS}{GAP}){{1,2}}[A-Z\x80-\xff]{{2}})"
_MOST_WORDS = 4
_ALSO_WORDS = frozenset(
    "May Will Mark Grant Can Bill Chase Hope Page Art Rich Skip Pat Sue Rob Jack Rod Gene Trace Case Miles Dean King Major Norm Royal"
    " Sage Main Alpha Beta Data Max Min Ray Rock Root Port Link Log Token Prince Star Summer Sky China India Page Drew Frank Guy Ace".split()
)
"""Names that are verbs, places or words of programs: they make nobody's name of other words."""


def cut_capitals(value: str) -> int:
    """Return how many characters of words in capitals are a person's name: one of them is listed, and one at most is ordinary.

    Example:
        >>> [cut_capitals(text) for text in ("ANNA SMITH", "SMITH,  Anna ADMITTED", "RECORD MISSING", "ZHANG WEI LOGIN")]
        [10, 12, 0, 9]
    """
    words = list(NO_BLANKS.finditer(value))[:_MOST_WORDS]
    kept = _of_a_name([word[0].rstrip(",").title() for word in words])
    return words[kept - 1].end() if kept > 1 else 0


def _of_a_name(titles: Sequence[str]) -> int:
    """Return how many words from the first on are a name; 0 if they are none."""
    kept, ordinary = 0, 0
    for title in titles:
        if not _is_listed(title) and len(title.rstrip(".")) > 1:
            ordinary += is_ordinary(title)
            if ordinary > 1 or title in NOT_PERSONS:
                break
        kept += 1
    in_pinyin = kept > 1 and is_listed_name(" ".join(titles[:2])) and titles[0] not in _ALSO_WORDS
    if in_pinyin and titles[0] not in GIVEN_NAMES:
        return min(kept, 2)
    return kept if any(_is_listed(title) and title not in _ALSO_WORDS for title in titles[:kept]) else 0


def _is_listed(title: str) -> bool:
    return any(part in GIVEN_NAMES or part in SURNAMES for part in re.split("[-'’]", title))


def _is_told(match: re.Match[str]) -> bool:
    """Tell whether a name stands behind a role, or begins with a listed name and has one that is no ordinary word."""
    if match.group("role") is not None:
        return True
    titles = [word.rstrip(",").title() for word in NO_BLANKS.findall(match.group("value"))]
    if titles[0] not in GIVEN_NAMES and titles[0] not in SURNAMES:
        return is_listed_name(" ".join(titles[:2])) and not is_ordinary(titles[0])
    return any(_is_listed(title) and not is_ordinary(title) for title in titles)


CAPITALS = Detector(
    name="person_capitals",
    kind="PERSON",
    pattern=(
        rf"(?:(?<![A-Za-z])(?i:(?P<role>{ROLE_EN}|mrs?|ms|miss|dr|prof)|for|to|from|with|by|of|as|notify|notified|call|called|ask|asked|dear|hi|hello|user|thanks|cc|subject|name)"
        rf"[\"']?(?:\.? {{0,4}}[:=：][ \t]{{0,4}}|\.? {{1,4}})[\"'\[(]?|[\[(<{{])(?P<value>(?!(?i:{ROLE_EN}|for|to|by|of|mrs?|ms|miss|dr|prof)\b){NAME_IN_CAPITALS}){END}"
    ),
    trigger=(
        r"(?:(?i:[a-z]{3}ed[- ]by|off[- ]by|submitter|request[eo]r|author|committer|reviewer|reporter|assignee|approver|owner|maintainer"
        r"|contact|person|attn|recipient|sender|payer|payee|holder|beneficiary|customer|patient|donor|physician|doctor|nurse"
        r"|clinician|technician|operator|analyst|investigator|pi|supervisor|manager|employee|name|kin|guardian"
        r"|for|to|from|with|by|of|as|notify|notified|call|called|ask|asked|dear|hi|hello|user|thanks|cc|subject|mrs?|ms|miss|dr|prof)"
        rf"[\"']?(?:\.? {{0,4}}(?:[:=]|：)[ \t]{{0,4}}|\.? {{1,4}})[\"'\[(]?|[\[(<{{]){_SOME_CAPITALS}"
    ),
    source="ICAO 9303-3, 4.6 (names in machine-readable zones are capitals); Le Ramat: surnames in capitals",
    examples=(
        "patient: «ANNA SMITH» admitted",
        "REQUESTED BY «ANNA M. SMITH»",
        "Dr. «SMITH Anna», ward 3",
        "approved by «Jean  DUPONT»",
        "[«ZHANG WEI»] closed",
    ),
    counter_examples=(
        "PATIENT RECORD MISSING",
        "owner: NOT FOUND",
        "for JSON DATA",
        "GET /x FROM CACHE SERVER",
    ),
    boundary="payer: «LI NA»",
    score=0.75,
    check=_is_told,
    cut=cut_capitals,
    begins=r"A-Za-z\[(<{",
)

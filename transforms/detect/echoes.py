"""Find again what a cue showed: a value found once goes wherever the texts of its event repeat it, cue or none."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from transforms.detect.own import Known, People, folded, is_distinct
from transforms.detect.search import mapped
from transforms.detect.spans import Span, merge, without_protected
from transforms.detect.views import View, as_read
from transforms.detect.words import is_ordinary

ECHO = "echo"
"""Name of this recognizer."""

ECHO_SCORE = 0.5
_SURE = 0.7
_ACCOUNT_BEHIND = re.compile(r"\\{1,2}\w", re.ASCII)
"""Makes of a word in capitals a domain, which may also be a word before an escape."""

_KINDS = frozenset(("USERNAME", "PERSON", "EMAIL"))


def repeatable(text: str, spans: Iterable[Span]) -> tuple[Known, ...]:
    """Return the accounts, persons and mail addresses of a text that are searched for: neither short nor common, and sure.

    Example:
        >>> text = "user=tomek@ldap for root"
        >>> [known.text for known in repeatable(text, [Span(5, 15, "USERNAME", 0.9, "a"), Span(20, 24, "USERNAME", 0.9, "a")])]
        ['tomek@ldap']
    """
    found: dict[str, Known] = {}
    for span in spans:
        if span.score >= _SURE and span.kind in _KINDS:
            value = as_read(text[span.start : span.end])
            is_domain = value.isupper() and _ACCOUNT_BEHIND.match(text, span.end) is not None
            if is_domain:
                continue
            if value not in found and _is_telling(value):
                found[value] = _known(value, span.token, span.kind)
    return tuple(found.values())


@lru_cache(maxsize=16_384)
def _is_telling(value: str) -> bool:
    return is_distinct(value) and not is_ordinary(value)


_known = lru_cache(maxsize=16_384)(Known)


def with_echoes(
    text: str, spans: Sequence[Span], view: View | None, known: Sequence[Known]
) -> Sequence[Span]:
    """Add to the spans of a text the places where it repeats those of them that are `known` to be searched for."""
    if not known:
        return spans
    read = folded(text if view is None else f"{text}\n{view.text}")
    again = [one for one in known if read.count(one.literal) > 1]
    return with_known(text, spans, view, again) if again else spans


def with_known(text: str, spans: Sequence[Span], view: View | None, known: Sequence[Known]) -> Sequence[Span]:
    """Add to the spans of a text the places where known values stand."""
    people = People(known)
    found = list(people.find(text))
    if view is not None:
        found += mapped(people.find(view.text), view)
    covered = {(span.start, span.end) for span in spans}
    echoes = [
        one._replace(score=ECHO_SCORE, recognizer=ECHO)
        for one in found
        if (one.start, one.end) not in covered
    ]
    return merge(without_protected(text, [*spans, *echoes])) if echoes else spans

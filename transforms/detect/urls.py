"""The parts of a URL that go whatever they look like: user-info, query values, fragment, id-like path segments."""

import re
from collections.abc import Collection, Iterator
from datetime import date

from transforms.detect.catalog.health import is_accession
from transforms.detect.spans import Span
from transforms.detect.words import NO_NAME

URL = "url_part"
"""Name of this recognizer."""

_SCORE = 0.3
_PARTS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]{0,30}:)?(?://(?:(?P<userinfo>[^/?#@\s]{0,512})@)?(?P<host>[^/?#\s]{0,512}))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_MEMBERS = {
    **dict.fromkeys(("users", "user", "accounts", "members", "people", "customers", "u"), "USERNAME"),
    **dict.fromkeys(("patients", "patient", "subjects", "participants", "donors"), "PATIENT_ID"),
    **dict.fromkeys(("samples", "specimens"), "SAMPLE_ID"),
}
_ROUTES = frozenset(
    "me self current all search export import batch index edit view info login logout auth bulk stats count home".split()
)
_SEGMENT = re.compile(r"[^/]+")
_PAIR = re.compile(r"(?P<key>[^=&;]*)(?P<equals>=)?(?P<value>[^&;]*)")
_SEPARATOR = re.compile("[-_]")
_WORD_OR_YEAR = re.compile(r"[A-Za-z]{2,32}|(?:19|20)\d\d")
_ENDING = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{0,7}){0,3}\Z")
_ID = re.compile(
    r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|(?=.{0,63}\d)[0-9A-Fa-f]{16,64}"
    r"|[A-Za-z]{0,6}[-_]?(?=(?:[^\d]*\d){5})\d[\dA-Za-z]{0,31}(?:[-_][\dA-Za-z]{1,16}){0,4}"
    r"|(?=(?:[^\d]*\d){5})[A-Za-z]\d{1,3}[-_]\d{3,16}"
)


def is_id(segment: str) -> bool:
    """Tell whether a path segment looks like somebody's or something's number.

    Public accession numbers, dates, and words beside dates and years do not count.

    Example:
        >>> [is_id(text) for text in ("S23-00412", "0b5c3f6a8f1e4d07", "v1", "20240117", "SRR6357070", "2000-to-2009")]
        [True, True, False, False, False, False]
    """
    if _ID.fullmatch(segment) is None or all(map(_is_slug_part, _SEPARATOR.split(segment))):
        return False
    return segment.isdigit() or not is_accession(segment)


def _is_slug_part(part: str) -> bool:
    return _WORD_OR_YEAR.fullmatch(part) is not None or _is_date(part)


def _is_date(part: str) -> bool:
    try:
        return len(part) == 8 and date.fromisoformat(part).year > 1990
    except ValueError:
        return False


def url_spans(url: str, query_keys: Collection[str]) -> Iterator[Span]:
    """Yield the parts of a URL that are not kept; `query_keys` are the case-folded keys whose values are.

    Example:
        >>> url = "https://u:p@h.example/runs/904417233/log?page=2&q=x#top"
        >>> [(url[span.start:span.end], span.kind) for span in url_spans(url, {"page"})]
        [('u:p', 'SECRET'), ('top', 'FRAGMENT'), ('904417233', 'ID'), ('x', 'QUERY_VALUE')]
    """
    parts = _PARTS.match(url)
    if parts is None:
        return
    for name, kind in (("userinfo", "SECRET"), ("fragment", "FRAGMENT")):
        if parts.group(name):
            yield Span(*parts.span(name), kind, _SCORE, URL)
    yield from _path_spans(url, *parts.span("path"))
    if parts.group("query"):
        yield from _query_spans(url, *parts.span("query"), query_keys)


def _path_spans(url: str, start: int, end: int) -> Iterator[Span]:
    collection = ""
    for segment in _SEGMENT.finditer(url, start, end):
        ending = _ENDING.search(segment.group())
        stop = segment.start() + (ending.start() if ending else len(segment.group()))
        name = url[segment.start() : stop]
        kind = _MEMBERS.get(collection)
        if kind is not None and name.lower() not in _ROUTES and name.lower() not in NO_NAME:
            yield Span(segment.start(), segment.end(), kind, _SCORE, URL)
        elif name.startswith("~") and len(name) > 1:
            yield Span(segment.start() + 1, stop, "USERNAME", _SCORE, URL)
        elif is_id(name):
            yield Span(segment.start(), stop, "ID", _SCORE, URL)
        collection = name.lower()


def _query_spans(url: str, start: int, end: int, query_keys: Collection[str]) -> Iterator[Span]:
    for pair in _PAIR.finditer(url, start, end):
        group = "value" if pair.group("equals") else "key"
        if pair.group(group) and pair.group("key").casefold() not in query_keys:
            yield Span(*pair.span(group), "QUERY_VALUE", _SCORE, URL)

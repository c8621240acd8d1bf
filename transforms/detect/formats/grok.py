"""Expand grok: `%{PATTERN:name}` becomes the pattern's definition, in a group of its own if it has a name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.errors import FormatFileError

DEEPEST = 24
"""How deep definitions may refer to each other: deeper ones go round in a circle."""

LONGEST = 65_536
"""How many characters an expanded pattern may have: what is doubled at each depth would fill the memory."""

_REFERENCE = re.compile(r"%\{(?P<pattern>\w+)(?::(?P<name>[^}:]+)(?::(?P<type>\w+))?)?\}")
_NAMED = re.compile(r"\(\?P?<(?P<name>(?![=!])[^>]+)>")
_SEGMENT = re.compile(r"\[([^\[\]]+)\]")
_DEFINITION = re.compile(r"(?P<name>\w+)[ \t]+(?P<pattern>\S.*?)[ \t]*\Z")
_POSIX = {
    "alnum": "A-Za-z0-9", "alpha": "A-Za-z", "blank": " \\t", "digit": "0-9", "lower": "a-z", "upper": "A-Z",
    "space": "\\s", "word": "\\w", "xdigit": "0-9A-Fa-f", "punct": "!-/:-@\\[-`{-~",
}  # fmt: skip
_IN_PYTHON = re.compile(r"\[:(?P<posix>[a-z]+):\]|\\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expanded:
    """A regular expression whose named groups are g1, g2 and so on, and the name that each had."""

    pattern: str
    names: Mapping[str, str]


def expand(pattern: str, definitions: Mapping[str, str], place: str) -> Expanded:
    r"""Return a grok pattern without references; `place` is what errors call it.

    Names in brackets are joined by dots, as Logstash writes fields: `[user][name]` is `user.name`. Types are of no meaning here.

    Raises:
        FormatFileError: A definition is unknown or refers to itself, or the whole becomes too long.

    Example:
        >>> expand(r"%{WORD:[user][name]} %{PORT}", {"WORD": r"\b\w+\b", "PORT": r"\d+"}, "")
        Expanded(pattern='(?P<g1>\\b\\w+\\b) (?:\\d+)', names={'g1': 'user.name'})
    """
    names: dict[str, str] = {}
    written = "".join(_pieces(pattern, definitions, names, place, 0))
    if len(written) > LONGEST:
        raise FormatFileError(f"{place}: expanded it has more than {LONGEST:,} characters")
    return Expanded(_in_python(written), names)


def _pieces(
    pattern: str, definitions: Mapping[str, str], names: dict[str, str], place: str, depth: int
) -> Iterator[str]:
    """Yield what a pattern is made of, with the definitions that it refers to written out."""
    if depth > DEEPEST:
        raise FormatFileError(f"{place}: its definitions refer to each other in a circle")
    last = length = 0
    for reference in _REFERENCE.finditer(pattern):
        yield _numbered(pattern[last : reference.start()], names)
        last = reference.end()
        definition = definitions.get(reference["pattern"])
        if definition is None:
            raise FormatFileError(f"{place}: the pattern {reference['pattern']!r} is not defined")
        yield _opened(reference["name"], names)
        for piece in _pieces(definition, definitions, names, place, depth + 1):
            length += len(piece)
            if length > LONGEST:
                raise FormatFileError(f"{place}: expanded it has more than {LONGEST:,} characters")
            yield piece
        yield ")"
    yield _numbered(pattern[last:], names)


def _opened(name: str | None, names: dict[str, str]) -> str:
    if name is None:
        return "(?:"
    group = f"g{len(names) + 1}"
    names[group] = _dotted(name)
    return f"(?P<{group}>"


def _numbered(text: str, names: dict[str, str]) -> str:
    """Give the named groups of a text numbers: of two with one name, `re` would take none."""
    return _NAMED.sub(lambda group: _opened(group["name"], names), text)


def _dotted(name: str) -> str:
    segments = _SEGMENT.findall(name)
    return ".".join(segments) if segments else name


def _in_python(pattern: str) -> str:
    """Write out the classes that have names, which Python's dialect has not."""
    return _IN_PYTHON.sub(lambda found: _POSIX.get(found["posix"] or "", found[0]), pattern)


def read_definitions(text: str, file: str) -> dict[str, str]:
    r"""Return the definitions of a file of grok patterns: a name, a blank and a pattern on each line, # for remarks.

    Raises:
        FormatFileError: A line is none, or defines a name again.

    Example:
        >>> read_definitions("# numbers\nPORT \\d+\n", "own.grok")
        {'PORT': '\\d+'}
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        definition = _DEFINITION.fullmatch(line.lstrip())
        if definition is None:
            raise FormatFileError(f"{file}:{number}: expected a name, a blank and a pattern")
        if definition["name"] in found:
            raise FormatFileError(f"{file}:{number}: {definition['name']} is defined twice in this file")
        found[definition["name"]] = definition["pattern"]
    return found


@cache
def standard_definitions() -> Mapping[str, str]:
    """Return the patterns that every grok knows: the names are Logstash's and Elasticsearch's, the definitions logveil's own."""
    text = files("transforms.detect.formats").joinpath("standard.grok").read_text(encoding="utf-8")
    return read_definitions(text, "standard.grok")

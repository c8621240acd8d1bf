"""Read the grok processors of Elasticsearch's ingest pipelines, as its API gives and takes them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from schemas.errors import FormatFileError

DEEPEST = 64
"""How deep processors may stand in each other."""


class GrokProcessor(NamedTuple):
    """One grok processor: its patterns, the definitions that it brings, and where it stands in the document."""

    patterns: tuple[str, ...]
    definitions: Mapping[str, str]
    place: str


def grok_processors(document: Any, file: str) -> Iterator[GrokProcessor]:
    """Yield the grok processors of a pipeline, or of several by name, wherever they stand; `file` is what errors call it.

    Raises:
        FormatFileError: A processor is not as Elasticsearch writes it.

    Example:
        >>> pipeline = {"processors": [{"grok": {"field": "message", "patterns": ["%{USER:user.name} in"]}}]}
        >>> [(one.patterns, one.place) for one in grok_processors(pipeline, "a.json")]
        [(('%{USER:user.name} in',), 'a.json: processors[0].grok')]
    """
    yield from _within(document, file, "", 0)


def _within(value: Any, file: str, path: str, depth: int) -> Iterator[GrokProcessor]:
    if depth > DEEPEST:
        raise FormatFileError(f"{file}: {path}: nested more than {DEEPEST} levels deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}".removeprefix(".")
            if key == "grok" and isinstance(inner, dict):
                yield _processor(inner, f"{file}: {place}")
            yield from _within(inner, file, place, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _within(inner, file, f"{path}[{index}]", depth + 1)


def _processor(stated: Mapping[str, Any], place: str) -> GrokProcessor:
    patterns, definitions = stated.get("patterns"), stated.get("pattern_definitions", {})
    if not isinstance(patterns, list) or not patterns or not all(isinstance(one, str) for one in patterns):
        raise FormatFileError(f"{place}: patterns: expected a list of patterns")
    if not isinstance(definitions, dict) or not all(isinstance(one, str) for one in definitions.values()):
        raise FormatFileError(f"{place}: pattern_definitions: expected a mapping from names to patterns")
    return GrokProcessor(tuple(patterns), definitions, place)

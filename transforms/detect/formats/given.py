"""The formats of a folder that somebody brings: format files, grok patterns, Logstash's filters, ingest pipelines."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.errors import FormatFileError
from schemas.policy.policy import Policy
from transforms.detect.formats.document import faults_of, format_file, read_yaml, refuse_triggers
from transforms.detect.formats.grok import expand, read_definitions, standard_definitions
from transforms.detect.formats.grok_format import from_oniguruma, grok_format, unknown_names
from transforms.detect.formats.ingest import grok_processors
from transforms.detect.formats.logstash import grok_filters
from transforms.detect.formats.parts import FindPart, parts_of
from transforms.detect.search import Recognizer

FORMAT_ENDINGS = (".yaml", ".yml")
DEFINITION_ENDINGS = ("", ".grok", ".patterns")
ENDINGS = (*FORMAT_ENDINGS, ".json", ".conf", *DEFINITION_ENDINGS)
"""What is read: format files or ingest pipelines, ingest pipelines, Logstash configurations, files of definitions."""

_REFERENCE = re.compile(r"%\{(\w+)")


@dataclass(frozen=True, slots=True)
class GivenFormats:
    """The recognizers of a folder of formats, and the names in its grok patterns that no field and no kind has."""

    recognizers: tuple[Recognizer, ...]
    ignored: tuple[str, ...] = ()


class _Grok(NamedTuple):
    """One pattern, the definitions of its own that it may refer to, and its place."""

    name: str
    pattern: str
    definitions: Mapping[str, str]
    place: str


def given_formats(texts: Mapping[str, str], policy: Policy) -> GivenFormats:
    """Return the formats of the files of a folder, by name, under a policy.

    A definition is a format of its own where it names a part and no other definition of the folder refers to it.

    Raises:
        FormatFileError: A file is wrong; the message names the file, the pattern and what is wrong.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> given = given_formats({"own.grok": "LOGIN %{USER:user.name} came from %{IP:[source][ip]} on %{WORD:door}"}, default_policy())
        >>> text = "anna came from 192.0.2.7 on north"
        >>> [text[span.start : span.end] for one in given.recognizers for span in one.find(text)], given.ignored
        (['anna', '192.0.2.7'], ('door',))
    """
    find_part = parts_of(policy)
    documents = {name: _parsed(name, text) for name, text in texts.items()}
    definitions = _shared_definitions(documents)
    recognizers: list[Recognizer] = []
    ignored: set[str] = set()
    for name, document in documents.items():
        if _is_format_file(document):
            recognizers += _formats_of(document, name, find_part)
    for one in _groks(documents, definitions):
        known = {**standard_definitions(), **definitions, **one.definitions}
        expanded = expand(from_oniguruma(one.pattern), known, one.place)
        ignored.update(unknown_names(expanded, find_part))
        made = grok_format(one.name, expanded, find_part, one.place)
        if made is not None:
            recognizers.append(made)
    if not recognizers:
        raise FormatFileError("no pattern names a part that the policy replaces")
    return GivenFormats(tuple(recognizers), tuple(sorted(ignored)))


def _parsed(name: str, text: str) -> Any:
    """Return what a file holds: definitions as a mapping in a tuple, a configuration as its text, else a document."""
    ending = _ending(name)
    if ending in FORMAT_ENDINGS:
        return read_yaml(text, name)
    if ending == ".json":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FormatFileError(f"{name}: not JSON: {getattr(error, 'msg', 'nested too deep')}") from None
    if ending == ".conf":
        return text
    if ending in DEFINITION_ENDINGS:
        stated = read_definitions(text, name)
        return ({one: from_oniguruma(pattern) for one, pattern in stated.items()},)
    readable = ", ".join(one or "none" for one in ENDINGS)
    raise FormatFileError(f"{name}: files with this ending are not read; endings that are: {readable}")


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending}".lower() if dot and stem else ""


def _is_format_file(document: Any) -> bool:
    return isinstance(document, dict) and "program" in document


def _formats_of(document: Any, name: str, find_part: FindPart) -> Iterator[Recognizer]:
    stated = format_file(document, name, find_part)
    refuse_triggers(stated, name)
    fault = next(faults_of(stated, find_part), None)
    if fault is not None:
        raise FormatFileError(f"{name}: {fault}")
    yield from stated.formats


def _shared_definitions(documents: Mapping[str, Any]) -> dict[str, str]:
    shared: dict[str, str] = {}
    for name, document in documents.items():
        for one, pattern in document[0].items() if isinstance(document, tuple) else ():
            if shared.setdefault(one, pattern) != pattern:
                raise FormatFileError(f"{name}: {one} is defined otherwise in another file")
    return shared


def _groks(documents: Mapping[str, Any], definitions: Mapping[str, str]) -> Iterator[_Grok]:
    """Yield the patterns of pipelines, and then the definitions that nothing in the folder refers to."""
    piped: list[_Grok] = []
    for file, document in documents.items():
        if isinstance(document, str):
            for one in grok_filters(document, file):
                piped += _several(f"{file}:{one.line}", one.patterns, one.definitions)
        elif not isinstance(document, tuple) and not _is_format_file(document):
            piped += _of_pipelines(document, file)
    yield from piped
    of_pipes = (text for one in piped for text in (one.pattern, *one.definitions.values()))
    used = {name for text in (*definitions.values(), *of_pipes) for name in _REFERENCE.findall(text)}
    for file, document in documents.items():
        for name, pattern in document[0].items() if isinstance(document, tuple) else ():
            if name not in used:
                yield _Grok(f"{file}:{name}", pattern, {}, f"{file}: {name}")


def _of_pipelines(document: Any, file: str) -> Iterator[_Grok]:
    found = list(grok_processors(document, file))
    if not found:
        raise FormatFileError(
            f"{file}: neither a format file (program, source, patterns, lines) nor a grok processor"
        )
    for one in found:
        yield from _several(one.place, one.patterns, one.definitions)


def _several(place: str, patterns: tuple[str, ...], definitions: Mapping[str, str]) -> Iterator[_Grok]:
    own = {name: from_oniguruma(pattern) for name, pattern in definitions.items()}
    for index, pattern in enumerate(patterns):
        at = f"{place}: patterns[{index}]"
        yield _Grok(at, pattern, own, at)

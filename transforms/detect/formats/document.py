"""Read a format file, the YAML that states the formats of one program: closed and exact, faults with file and pattern."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from schemas.errors import FormatFileError
from transforms.detect.formats.format import SCORE, Format, compile_format
from transforms.detect.formats.grok import expand, standard_definitions
from transforms.detect.formats.literals import literal_trigger
from transforms.detect.formats.parts import FindPart, Part
from transforms.detect.scan import ENGINES, compiles
from transforms.detect.spans import Span

_ROOT = ("program", "source", "patterns", "lines")
_OPTIONS = ("definitions",)
_PATTERN = ("pattern", "trigger", "score", "source")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MARK = re.compile(r"«(?P<name>[\w.]+):(?P<value>[^«»]+)»")
_NUMBER = re.compile(r"_\d+\Z")
FEWEST_LINES = 3


@dataclass(frozen=True, slots=True)
class FormatFile:
    """The formats of a program, and lines of its log in which their parts are marked."""

    program: str
    formats: tuple[Format, ...]
    lines: tuple[str, ...]


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """YAML without repeated keys: the last of two would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping whose keys differ."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is repeated", key.start_mark
                )
            seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def read_yaml(text: str, file: str) -> Any:
    """Return what a YAML text holds.

    Raises:
        FormatFileError: It is not YAML, or repeats a key.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormatFileError(f"{file}:{line}: not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise FormatFileError(f"{file}: not YAML: a character or a value that YAML does not allow") from None


def format_file(root: Any, file: str, find_part: FindPart) -> FormatFile:
    """Return the formats that a YAML document states; `find_part` says what the names of parts are.

    Raises:
        FormatFileError: It is no format file; the message names the file, the pattern and what is wrong.

    Example:
        >>> format_file({"program": "x"}, "x.yaml", lambda name: None)
        Traceback (most recent call last):
        ...
        schemas.errors.FormatFileError: x.yaml: the key 'source' is missing
    """
    _refuse_keys(root, _ROOT, _OPTIONS, file)
    source = _text(root["source"], f"{file}: source")
    patterns, lines = root["patterns"], _text(root["lines"], f"{file}: lines").splitlines()
    if not isinstance(patterns, dict) or not patterns:
        raise FormatFileError(f"{file}: patterns: expected a mapping from names to patterns")
    if len(lines) < FEWEST_LINES:
        raise FormatFileError(f"{file}: lines: expected a block of at least {FEWEST_LINES} lines")
    definitions = {**standard_definitions(), **_definitions(root, file)}
    formats = tuple(
        _format(name, stated, source, definitions, find_part, f"{file}: {name}")
        for name, stated in patterns.items()
    )
    program = _text(root["program"], f"{file}: program")
    return FormatFile(program, formats, tuple(lines))


def _definitions(root: Mapping[str, Any], file: str) -> dict[str, str]:
    stated = root.get("definitions", {})
    if not isinstance(stated, dict):
        raise FormatFileError(f"{file}: definitions: expected a mapping from names to patterns")
    return {str(name): _text(one, f"{file}: definitions.{name}") for name, one in stated.items()}


def _format(
    name: Any, stated: Any, source: str, definitions: Mapping[str, str], find_part: FindPart, place: str
) -> Format:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise FormatFileError(f"{place}: a name has lower-case letters, digits and _, at most 64")
    options = {"pattern": stated} if isinstance(stated, str) else stated
    _refuse_keys(options, _PATTERN[:1], _PATTERN[1:], place)
    score = options.get("score", SCORE)
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 < score <= 1:
        raise FormatFileError(f"{place}: score: expected a number above 0 and at most 1")
    expanded = expand(_text(options["pattern"], place), definitions, place)
    parts = {group: _part(part, find_part, place) for group, part in expanded.names.items()}
    if not any(part.kind for part in parts.values()):
        raise FormatFileError(f"{place}: it names no part that is replaced")
    stated_source = _text(options.get("source", source), f"{place}: source")
    trigger = options.get("trigger")
    if trigger is not None:
        trigger = _text(trigger, f"{place}: trigger")
    return made_format(name, stated_source, expanded.pattern, parts, place, trigger, score)


def made_format(
    name: str,
    source: str,
    pattern: str,
    parts: Mapping[str, Part],
    place: str,
    trigger: str | None = None,
    score: float = SCORE,
) -> Format:
    """Return a format whose pattern compiles and whose trigger is given, or derived from it.

    Raises:
        FormatFileError: The pattern does not compile, or has too few characters of its own.
    """
    try:
        compiled = compile_format(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise FormatFileError(f"{place}: the pattern does not compile: {error}") from None
    if trigger is None:
        trigger = literal_trigger(compiled)
        if trigger is None:
            raise FormatFileError(f"{place}: no word is sure to stand in every match: give it a trigger")
    return Format(name, source, pattern, trigger, parts, score)


def refuse_triggers(stated: FormatFile, file: str) -> None:
    """Refuse a trigger that one of the engines cannot compile: which one scans depends on the machine.

    Raises:
        FormatFileError: A trigger does not compile.
    """
    for one in stated.formats:
        for engine in ENGINES:
            if not compiles(one.trigger, engine):
                raise FormatFileError(f"{file}: {one.name}: the trigger does not compile for {engine}")


def _part(name: str, find_part: FindPart, place: str) -> Part:
    found = find_part(_NUMBER.sub("", name))
    if found is None:
        raise FormatFileError(f"{place}: {name!r} is no field of the policy and no kind of personal data")
    return found


def marked_parts(line: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """Return a line without its marks, and the name and the stretch of each part that was marked.

    Example:
        >>> marked_parts("for «username:anna» from")
        ('for anna from', (('username', 4, 8),))
    """
    plain, parts = "", []
    last = 0
    for mark in _MARK.finditer(line):
        plain += line[last : mark.start()]
        parts.append((mark["name"], len(plain), len(plain) + len(mark["value"])))
        plain += mark["value"]
        last = mark.end()
    return plain + line[last:], tuple(parts)


def faults_of(stated: FormatFile, find_part: FindPart) -> Iterator[str]:
    """Yield where the lines of a format file say otherwise than its patterns do, and which pattern no line shows."""
    shown: set[str] = set()
    for line in stated.lines:
        text, parts = marked_parts(line)
        expected = {
            span
            for name, start, end in parts
            for span in _expected(text, start, end, find_part(name) or Part())
        }
        spans = [span for one in stated.formats for span in one.find(text)]
        shown |= {span.recognizer for span in spans}
        found = {(span.start, span.end, span.kind) for span in spans}
        if found != expected:
            yield f"{line!r}: found {sorted(found - expected)}, missed {sorted(expected - found)}"
    yield from (f"{one.name}: no line shows it" for one in stated.formats if one.name not in shown)


def _expected(text: str, start: int, end: int, part: Part) -> Iterator[tuple[int, int, str]]:
    spans: Sequence[Span] = list(part.spans(text, start, end, SCORE, ""))
    yield from ((span.start, span.end, span.kind) for span in spans)


def _refuse_keys(stated: Any, required: Sequence[str], optional: Sequence[str], place: str) -> None:
    if not isinstance(stated, dict):
        raise FormatFileError(f"{place}: expected a mapping with the keys {', '.join(required)}")
    for key in required:
        if key not in stated:
            raise FormatFileError(f"{place}: the key {key!r} is missing")
    for key in stated:
        if key not in (*required, *optional):
            raise FormatFileError(
                f"{place}: unknown key {key!r}; allowed: {', '.join((*required, *optional))}"
            )


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FormatFileError(f"{place}: expected a text")
    return value

"""Read Presidio's recognizer-registry YAML: closed and exact, each fault with the file and the entry it stands in.

Source: Presidio 2.2.366, `RecognizerRegistryProvider`, `PatternRecognizer.from_dict`, `conf/example_recognizers.yaml`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from schemas.errors import RecognizerFileError

DEFAULT_FLAGS = int(re.IGNORECASE | re.MULTILINE | re.DOTALL)
"""Presidio's `global_regex_flags`, 26."""

DEFAULT_LANGUAGE = "en"
_ROOT = ("recognizers", "supported_languages", "global_regex_flags")
_COMMON = (
    "name", "class_name", "type", "enabled", "supported_language", "supported_languages", "supported_entity",
    "supported_entities", "context", "score_thresholds", "country_code",
)  # fmt: skip
_CUSTOM = ("patterns", "deny_list", "deny_list_score")
_PATTERN = ("name", "regex", "score")
_ENTITY = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class WeightedPattern:
    """A regular expression of Presidio's `regex` dialect and the score of what it matches, from 0 to 1."""

    name: str
    regex: str
    score: float


@dataclass(frozen=True, slots=True)
class CustomEntry:
    """A recognizer that the file itself defines; `place` is what errors call it.

    `thresholds` maps an entity, or `default`, to the score below which a match counts for nothing.
    """

    place: str
    name: str
    entity: str
    patterns: tuple[WeightedPattern, ...]
    deny_list: tuple[str, ...] = ()
    deny_list_score: float = 1.0
    context: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    flags: int = DEFAULT_FLAGS


@dataclass(frozen=True, slots=True)
class PredefinedEntry:
    """A recognizer of Presidio's own that the file names."""

    place: str
    name: str
    class_name: str
    language: str = DEFAULT_LANGUAGE
    entities: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    flags: int = DEFAULT_FLAGS


Entry = CustomEntry | PredefinedEntry


def load_recognizers(text: str, file: str) -> tuple[Entry, ...]:
    """Return the enabled recognizers of a registry file; `file` is what errors call it.

    An entry whose languages are all outside the file's `supported_languages` is left out, as Presidio does.

    Raises:
        RecognizerFileError: The text is not such a file.

    Example:
        >>> load_recognizers("recognizers: [{name: Zip, supported_entity: ZIP, contxt: [a]}]", "z.yaml")
        Traceback (most recent call last):
        ...
        schemas.errors.RecognizerFileError: z.yaml: recognizers[0] 'Zip': unknown key 'contxt'; allowed: name, ...
    """
    root = _parse(text, file)
    if not isinstance(root, dict):
        raise RecognizerFileError(f"{file}: expected a mapping with the key 'recognizers'")
    _refuse_unknown(root, _ROOT, file)
    flags = root.get("global_regex_flags", DEFAULT_FLAGS)
    if not isinstance(flags, int) or isinstance(flags, bool) or flags < 0:
        raise RecognizerFileError(f"{file}: global_regex_flags: expected a whole number")
    languages = _texts(root, "supported_languages", file)
    items = root.get("recognizers")
    if not isinstance(items, list) or not items:
        raise RecognizerFileError(f"{file}: recognizers: expected a list with at least one entry")
    entries = [
        _entry(item, f"{file}: recognizers[{index}]", languages, flags) for index, item in enumerate(items)
    ]
    found = tuple(entry for entry in entries if entry is not None)
    _refuse_repeated(found)
    return found


class _Loader(yaml.SafeLoader):
    """YAML without repeated keys: the last of two would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping whose keys differ."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is repeated", node.start_mark
                )
        return super().construct_mapping(node, deep)


def _parse(text: str, file: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RecognizerFileError(f"{file}:{line}: not YAML: {error.problem}") from None
    except yaml.YAMLError:
        raise RecognizerFileError(f"{file}: not YAML: a character that YAML does not allow") from None


def _entry(item: Any, place: str, languages: Sequence[str], flags: int) -> Entry | None:
    """Return one entry, or None where it is disabled, and then read no further, or speaks other languages."""
    entry = {"name": item, "type": "predefined"} if isinstance(item, str) else item
    if not isinstance(entry, dict):
        raise RecognizerFileError(f"{place}: expected a mapping or a name")
    place = f"{place} {_text(entry, 'name', place)!r}"
    if not isinstance(entry.get("enabled", True), bool):
        raise RecognizerFileError(f"{place}: enabled: expected true or false")
    if not entry.get("enabled", True):
        return None
    kind = entry.get("type") or ("custom" if entry.keys() & set(_CUSTOM) else "predefined")
    if kind not in ("custom", "predefined"):
        raise RecognizerFileError(f"{place}: type: {kind!r} is not allowed; allowed: custom, predefined")
    _refuse_unknown(entry, (*_COMMON, *_CUSTOM) if kind == "custom" else _COMMON, place)
    spoken, context = _languages(entry, place)
    chosen = [one for one in spoken if not languages or one in languages]
    if kind == "custom":
        made: Entry = _custom(entry, place, context, flags)
    else:
        made = _predefined(
            entry, place, (chosen or spoken or languages or (DEFAULT_LANGUAGE,))[0], context, flags
        )
    return made if chosen or not spoken else None


def _custom(entry: Mapping[str, Any], place: str, context: tuple[str, ...], flags: int) -> CustomEntry:
    entities = _entities(entry, place)
    if len(entities) != 1:
        raise RecognizerFileError(f"{place}: exactly one supported_entity is required")
    patterns = tuple(_patterns(entry, place))
    deny_list = _texts(entry, "deny_list", place)
    if not patterns and not deny_list:
        raise RecognizerFileError(f"{place}: patterns or deny_list is required")
    score = _score(entry.get("deny_list_score", 1.0), f"{place}: deny_list_score")
    name = _text(entry, "name", place)
    return CustomEntry(
        place, name, entities[0], patterns, deny_list, score, context, _thresholds(entry, place), flags
    )


def _predefined(
    entry: Mapping[str, Any], place: str, language: str, context: tuple[str, ...], flags: int
) -> PredefinedEntry:
    name = _text(entry, "name", place)
    class_name = _text(entry, "class_name", place) if entry.get("class_name") is not None else name
    thresholds = _thresholds(entry, place)
    return PredefinedEntry(
        place, name, class_name, language, _entities(entry, place), context, thresholds, flags
    )


def _patterns(entry: Mapping[str, Any], place: str) -> Iterator[WeightedPattern]:
    items = entry.get("patterns") or []
    if not isinstance(items, list):
        raise RecognizerFileError(f"{place}: patterns: expected a list")
    for index, item in enumerate(items):
        where = f"{place}: patterns[{index}]"
        if not isinstance(item, dict):
            raise RecognizerFileError(f"{where}: expected a mapping")
        _refuse_unknown(item, _PATTERN, where)
        if "score" not in item:
            raise RecognizerFileError(f"{where}: the key 'score' is missing; required: {', '.join(_PATTERN)}")
        score = _score(item["score"], f"{where}: score")
        yield WeightedPattern(_text(item, "name", where), _text(item, "regex", where), score)


def _languages(entry: Mapping[str, Any], place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the languages of an entry and its context words, those of all languages together."""
    if entry.get("supported_language") is not None and entry.get("supported_languages") is not None:
        raise RecognizerFileError(f"{place}: supported_language and supported_languages exclude each other")
    context = list(_texts(entry, "context", place))
    if entry.get("supported_language") is not None:
        return (_language(entry["supported_language"], place),), tuple(context)
    items = entry.get("supported_languages") or []
    if not isinstance(items, list):
        raise RecognizerFileError(f"{place}: supported_languages: expected a list")
    spoken: list[str] = []
    for index, item in enumerate(items):
        where = f"{place}: supported_languages[{index}]"
        if isinstance(item, dict):
            _refuse_unknown(item, ("language", "context"), where)
            context += _texts(item, "context", where)
            item = item.get("language")
        spoken.append(_language(item, where))
    return tuple(spoken), tuple(dict.fromkeys(context))


def _language(value: Any, place: str) -> str:
    if not isinstance(value, str) or _LANGUAGE.fullmatch(value) is None:
        raise RecognizerFileError(f"{place}: expected a language code such as en, found {value!r}")
    return value


def _entities(entry: Mapping[str, Any], place: str) -> tuple[str, ...]:
    if entry.get("supported_entity") is not None and entry.get("supported_entities") is not None:
        raise RecognizerFileError(f"{place}: supported_entity and supported_entities exclude each other")
    one = entry.get("supported_entity")
    entities = (
        (_text(entry, "supported_entity", place),)
        if one is not None
        else _texts(entry, "supported_entities", place)
    )
    for entity in entities:
        if _ENTITY.fullmatch(entity) is None:
            raise RecognizerFileError(
                f"{place}: the entity {entity!r} is not upper-case words joined by underscores, as a token shows it"
            )
    return entities


def _thresholds(entry: Mapping[str, Any], place: str) -> dict[str, float]:
    found = entry.get("score_thresholds") or {}
    if not isinstance(found, dict):
        raise RecognizerFileError(f"{place}: score_thresholds: expected a mapping")
    return {str(key): _score(value, f"{place}: score_thresholds.{key}") for key, value in found.items()}


def _score(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise RecognizerFileError(f"{place}: expected a number from 0 to 1, found {value!r}")
    return float(value)


def _text(entry: Mapping[str, Any], key: str, place: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RecognizerFileError(f"{place}: {key}: expected a string, found {value!r}")
    return value


def _texts(entry: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = entry.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise RecognizerFileError(f"{place}: {key}: expected a list of strings; put quotes around numbers")
    return tuple(value)


def _refuse_unknown(entry: Mapping[Any, Any], allowed: Sequence[str], place: str) -> None:
    for key in entry:
        if key not in allowed:
            raise RecognizerFileError(f"{place}: unknown key {key!r}; allowed: {', '.join(allowed)}")


def _refuse_repeated(entries: Sequence[Entry]) -> None:
    first: dict[str, str] = {}
    for entry in entries:
        if entry.name in first:
            raise RecognizerFileError(f"{entry.place}: the name stands first at {first[entry.name]}")
        first[entry.name] = entry.place

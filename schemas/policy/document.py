"""Read the policy's YAML into values that know their file, line and key."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from schemas.errors import MissingFieldRule, PolicyError, PolicySyntaxError, UnknownPolicyKey

MAX_DEPTH = 12
MAX_DAYS = 36_500
_JSON_KINDS = ("str", "int", "float", "bool", "null")
_STRING = "tag:yaml.org,2002:str"
_FOLDED_FROM = 60
"""Programs that write YAML fold lines of 80 characters; two spellings of a field are not as long."""

_INTEGER = "tag:yaml.org,2002:int"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DECIMAL = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the document with the place where it stands; `line` is that of its key, from 1."""

    node: yaml.Node
    file: str
    path: str
    line: int

    def fault(self, message: str, kind: type[PolicyError] = PolicySyntaxError) -> PolicyError:
        """Return an error that names the file, the line and the key."""
        return kind(f"{self.file}:{self.line}: {self.path}: {message}")

    def entries(self) -> "dict[str, Value]":
        """Return the values of a mapping by key, in document order; a repeated key is an error."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.fault(f"expected a mapping, found {_kind(self.node)}")
        found: dict[str, Value] = {}
        for key_node, value_node in self.node.value:
            line = key_node.start_mark.line + 1
            key = Value(key_node, self.file, self.path, line).text()
            value = Value(value_node, self.file, f"{self.path}.{key}".removeprefix("policy."), line)
            if key in found:
                raise value.fault(f"the key is repeated; it stands first at line {found[key].line}")
            found[key] = value
        return found

    def record(self, required: Sequence[str], optional: Sequence[str] = ()) -> "dict[str, Value]":
        """Return the values of a mapping with exactly these keys."""
        found = self.entries()
        allowed = (*required, *optional)
        for key, value in found.items():
            if key not in allowed:
                raise value.fault(f"unknown key; allowed here: {', '.join(allowed)}", UnknownPolicyKey)
        for key in required:
            if key not in found:
                raise self.fault(
                    f"the key {key!r} is missing; required: {', '.join(required)}", MissingFieldRule
                )
        return found

    def text(self) -> str:
        """Return a string that is not blank, of one line; programs that write YAML fold long ones.

        A short item of a list that goes on in the next line is none: there a comma that is missing joins two.
        """
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != _STRING:
            raise self.fault(
                f"expected a string, found {_kind(self.node)}; put quotes around a word or number"
            )
        value = str(self.node.value)
        if self.node.style in ("|", ">"):
            value = value.removesuffix("\n")
        if not value.strip():
            raise self.fault("expected a string, found a blank one")
        if self.node.start_mark.line != self.node.end_mark.line and self._is_joined(value):
            raise self.fault("expected a string on one line; is a comma or a colon missing?")
        return value

    def _is_joined(self, value: str) -> bool:
        """Tell whether a value of several lines is several, or two items of a list, and not one too long for a line."""
        is_plain_item = self.path.endswith("]") and getattr(self.node, "style", None) is None
        return "\n" in value or (is_plain_item and len(value) < _FOLDED_FROM)

    def texts(self) -> tuple[str, ...]:
        """Return the strings of a list in which none is repeated."""
        values = [(item, item.text()) for item in self.items()]
        seen: set[str] = set()
        for item, text in values:
            if text in seen:
                raise item.fault(f"{text!r} is repeated")
            seen.add(text)
        return tuple(text for _, text in values)

    def items(self) -> "list[Value]":
        """Return the values of a list that is not empty."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.fault(f"expected a list, found {_kind(self.node)}")
        if not self.node.value:
            raise self.fault("expected a list with at least one item")
        return [
            Value(node, self.file, f"{self.path}[{index}]", node.start_mark.line + 1)
            for index, node in enumerate(self.node.value)
        ]

    def days(self) -> int:
        """Return a whole number of days, written in decimal digits without quotes."""
        plain = isinstance(self.node, yaml.ScalarNode) and self.node.tag == _INTEGER
        if not plain or _DECIMAL.fullmatch(self.node.value) is None or int(self.node.value) > MAX_DAYS:
            raise self.fault(
                f"expected a whole number of days from 1 to {MAX_DAYS}, found {_kind(self.node)}"
            )
        return int(self.node.value)

    def plain(self) -> Any:
        """Return the value as JSON has it; what JSON does not have, such as a date, needs quotes."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: value.plain() for name, value in self.entries().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.plain() for item in self.items()] if self.node.value else []
        kind = self.node.tag.rpartition(":")[2]
        if kind not in _JSON_KINDS:
            raise self.fault(f"expected a value of JSON, found {_kind(self.node)}; put quotes around it")
        return yaml.SafeLoader("").construct_object(self.node)

    def shaped(self, shape: re.Pattern[str], expected: str) -> str:
        """Return a string of a given shape."""
        text = self.text()
        if shape.fullmatch(text) is None:
            raise self.fault(f"expected {expected}, found {text!r}")
        return text

    def named(self) -> "list[tuple[str, Value]]":
        """Return the entries of a mapping whose keys are names."""
        entries = list(self.entries().items())
        for key, entry in entries:
            if _NAME.fullmatch(key) is None:
                raise entry.fault(f"{key!r} is not a name: lower-case letters, digits and _, at most 64")
        if not entries:
            raise self.fault("expected at least one entry")
        return entries

    def choice(self, allowed: Iterable[str], kind: type[PolicyError] = PolicySyntaxError) -> str:
        """Return a string of a closed set."""
        names = list(allowed)
        value = self.text()
        if value not in names:
            raise self.fault(f"{value!r} is not allowed; allowed: {', '.join(names)}", kind)
        return value


def read_document(text: str, file: str) -> Value:
    """Return the root of a YAML document; `file` is what errors call it.

    Raises:
        PolicySyntaxError: The text is not one plain YAML document.

    Example:
        >>> read_document("version: '1'", "own.yaml").record(["version"])["version"].text()
        '1'
    """
    try:
        _refuse_unplain(yaml.parse(text, Loader=yaml.SafeLoader), file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicySyntaxError(f"{file}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise PolicySyntaxError(f"{file}: not YAML: a character that YAML does not allow") from error
    if node is None:
        raise PolicySyntaxError(f"{file}:1: the document is empty")
    return Value(node, file, "policy", node.start_mark.line + 1)


def _refuse_unplain(events: Iterator[yaml.Event], file: str) -> None:
    """Refuse anchors, aliases, tags and deep nesting: each can hide a value from its reader."""
    depth = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise PolicySyntaxError(f"{file}:{line}: nested more than {MAX_DEPTH} levels deep")
        if getattr(event, "anchor", None) is not None:
            raise PolicySyntaxError(f"{file}:{line}: anchors and aliases are not allowed; repeat the value")
        if getattr(event, "tag", None) is not None:
            raise PolicySyntaxError(f"{file}:{line}: tags are not allowed; write a plain or quoted value")


def _kind(node: yaml.Node) -> str:
    """Name a node as its author would."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    kind = node.tag.rpartition(":")[2]
    return f"{node.value!r}, which YAML reads as {kind}"

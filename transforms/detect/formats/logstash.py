"""Read the grok filters of a Logstash pipeline's configuration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.errors import FormatFileError

_TOKEN = re.compile(
    r"#[^\n]*|\s+|\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<sign>=>|[{}\[\],()])|(?P<word>[^\s\"'{}\[\],()#]+)",
    re.DOTALL,
)


class GrokFilter(NamedTuple):
    """One grok filter: its patterns, the definitions that it brings, and the line where it begins, from 1."""

    patterns: tuple[str, ...]
    definitions: dict[str, str]
    line: int


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def grok_filters(text: str, file: str) -> Iterator[GrokFilter]:
    r"""Yield the grok filters of a configuration, wherever they stand; `file` is what errors call it.

    Raises:
        FormatFileError: A filter's block, or its settings, are not as Logstash writes them.

    Example:
        >>> config = 'filter { if [a] == "b" { grok { match => { "message" => "%{USER:user.name} in" } } } }'
        >>> [one.patterns for one in grok_filters(config, "main.conf")]
        [('%{USER:user.name} in',)]
    """
    reader = _Reader(list(_tokens(text, file)), file)
    while not reader.done:
        token = reader.take()
        if token == ("word", "grok", token.line) and reader.peek() == "{":
            yield _filter(reader.value(), token.line, file)


def _tokens(text: str, file: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormatFileError(f"{file}:{line}: a quote is not closed")
        if match.lastgroup is not None:
            kind = "text" if match.lastgroup in ("double", "single") else match.lastgroup
            yield _Token(kind, match[match.lastgroup], line)
        line += match[0].count("\n")
        at = match.end()


@dataclass
class _Reader:
    tokens: list[_Token]
    file: str
    at: int = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def peek(self) -> str | None:
        """Return the sign that is next, None if it is none."""
        token = self.tokens[self.at] if not self.done else None
        return token.text if token is not None and token.kind == "sign" else None

    def take(self) -> _Token:
        if self.done:
            line = self.tokens[-1].line if self.tokens else 1
            raise FormatFileError(f"{self.file}:{line}: the configuration ends within a block")
        self.at += 1
        return self.tokens[self.at - 1]

    def value(self) -> Any:
        """Return the value that is next: a text, a list, or the pairs of a block."""
        token = self.take()
        if (token.kind, token.text) == ("sign", "{"):
            return self._pairs()
        if (token.kind, token.text) == ("sign", "["):
            return self._items()
        if token.kind == "sign":
            raise FormatFileError(f"{self.file}:{token.line}: expected a value, found {token.text!r}")
        return token.text

    def _pairs(self) -> list[tuple[str, Any]]:
        pairs: list[tuple[str, Any]] = []
        while self.peek() != "}":
            key = self.value()
            if self.peek() == "," or not isinstance(key, str):
                self.take()
                continue
            self._arrow()
            pairs.append((key, self.value()))
            if self.peek() == ",":
                self.take()
        self.take()
        return pairs

    def _items(self) -> list[Any]:
        items: list[Any] = []
        while self.peek() != "]":
            items.append(self.value())
            if self.peek() == ",":
                self.take()
        self.take()
        return items

    def _arrow(self) -> None:
        token = self.take()
        if token.text != "=>":
            raise FormatFileError(f"{self.file}:{token.line}: expected =>, found {token.text!r}")


def _filter(settings: Any, line: int, file: str) -> GrokFilter:
    named = dict(settings)
    match = named.get("match", [])
    pairs = (
        match if match and isinstance(match[0], tuple) else list(zip(match[::2], match[1::2], strict=False))
    )
    patterns = [one for _, stated in pairs for one in (stated if isinstance(stated, list) else [stated])]
    definitions = named.get("pattern_definitions", [])
    if not patterns or not all(isinstance(one, str) for one in patterns):
        raise FormatFileError(f"{file}:{line}: grok: match: expected fields with their patterns")
    if not all(isinstance(one, tuple) and isinstance(one[1], str) for one in definitions):
        raise FormatFileError(f"{file}:{line}: grok: pattern_definitions: expected names with their patterns")
    return GrokFilter(tuple(patterns), dict(definitions), line)

"""How an explanation is shown: lines for a person, or JSON; control characters are written as escapes."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.commands.printable import printable
from transforms.detect.explain import Taken, TextExplanation
from transforms.detect.spans import Refusal

CONTEXT = 20
"""How many characters are shown on each side of a value."""


def text_lines(explained: TextExplanation, indent: str = "") -> Iterator[str]:
    """Yield what a text becomes, then each value that is taken, then each candidate that is not."""
    yield f"{indent}{printable(explained.redacted)}"
    for one in explained.taken:
        yield f"{indent}+ {_value(explained, one)} → {printable(one.becomes)}"
        yield f"{indent}    {one.kind} by {one.recognizer}, score {one.score:.3g}"
        yield f"{indent}    {one.treatment}: {one.reason}"
        yield f"{indent}    {in_context(explained.text, one.start, one.end)}"
    for other in explained.not_taken:
        kind = f"{other.kind} by " if other.kind else ""
        yield f"{indent}- {_value(explained, other)}"
        yield f"{indent}    {kind}{other.recognizer}: {other.reason}"
        yield f"{indent}    {in_context(explained.text, other.start, other.end)}"


def text_json(explained: TextExplanation) -> Mapping[str, Any]:
    """Return an explanation for machines; offsets count characters."""
    text = explained.text
    return {
        "text": text,
        "redacted": explained.redacted,
        "taken": [
            {
                **_place(text, one),
                "kind": one.kind,
                "recognizer": one.recognizer,
                "score": one.score,
                "becomes": one.becomes,
                "treatment": one.treatment,
                "reason": one.reason,
            }
            for one in explained.taken
        ],
        "not_taken": [
            {**_place(text, one), "kind": one.kind, "recognizer": one.recognizer, "reason": one.reason}
            for one in explained.not_taken
        ],
    }


def in_context(text: str, start: int, end: int) -> str:
    """Return a value in brackets with the characters around it.

    Example:
        >>> in_context("Failed password for anna from 203.0.113.77", 20, 24)
        'Failed password for [anna] from 203.0.113.77'
        >>> in_context("x" * 30 + "anna", 30, 34)
        '…xxxxxxxxxxxxxxxxxxxx[anna]'
    """
    left, right = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    before = "…" if start > CONTEXT else ""
    behind = "…" if end + CONTEXT < len(text) else ""
    return f"{before}{printable(left)}[{printable(text[start:end])}]{printable(right)}{behind}"


def _value(explained: TextExplanation, one: Taken | Refusal) -> str:
    return printable(explained.text[one.start : one.end].strip())


def _place(text: str, one: Taken | Refusal) -> Mapping[str, Any]:
    return {
        "start": one.start,
        "end": one.end,
        "value": text[one.start : one.end],
        "left": text[max(0, one.start - CONTEXT) : one.start],
        "right": text[one.end : one.end + CONTEXT],
    }

"""Say of an input file what it was recognised as, and why."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.sources.found import find_inputs
from pipelines.sources.inputs import Given, InputFile, examine
from schemas.errors import InputError


def recognised(path: str, given: Given | None = None) -> list[InputFile]:
    """Return the contents of a file as a run would read them.

    Raises:
        InputError: The file cannot be read, or is no text; the message says what it is.
    """
    [found, *_] = find_inputs([path], Path("/nonexistent"), "--file")
    try:
        return examine(found.path, given, lambda _: "--file")
    except InputError as error:
        fault = str(error).removeprefix("--file: ").removesuffix("; nothing was written")
        raise InputError(f"--file: {fault}", f"{found.typed}: {fault}") from None


def file_lines(contents: Sequence[InputFile]) -> Iterator[str]:
    """Yield, for each content of a file, how it is packed, its format with the reason, its encoding and its columns."""
    for content in contents:
        member = content.name.partition("!")[2]
        packing = f"{' in '.join(reversed(content.packing))}, holds " if content.packing else ""
        yield f"{member + ': ' if member else ''}{packing}{content.format}: {content.layout.reason}"
        if content.layout.dialect.columns:
            yield f"  columns {', '.join(map(repr, content.layout.dialect.columns))}"
            yield f"  separated by {content.layout.dialect.separator!r}"


def file_json(contents: Sequence[InputFile]) -> Mapping[str, Any]:
    """Return the same for machines."""
    return {
        "contents": [
            {
                "member": content.name.partition("!")[2],
                "packing": list(content.packing),
                "format": str(content.format),
                "reason": content.layout.reason,
                "encoding": content.layout.encoding,
                "columns": list(content.layout.dialect.columns),
                "separator": content.layout.dialect.separator if content.layout.dialect.columns else None,
            }
            for content in contents
        ]
    }

"""The formats that logveil ships: one YAML file a program or family, beside this module."""

from functools import cache
from importlib.resources import files

from schemas.policy.file import default_policy
from transforms.detect.formats.document import FormatFile, format_file, read_yaml
from transforms.detect.formats.format import Format
from transforms.detect.formats.parts import parts_of


@cache
def shipped_files() -> dict[str, FormatFile]:
    """Return what each file states, by the file's name without its ending, in order of the names.

    Raises:
        FormatFileError: A file is wrong.
    """
    find_part = parts_of(default_policy())
    paths = sorted(files("transforms.detect.formats").iterdir(), key=lambda path: path.name)
    return {
        path.name.removesuffix(".yaml"): format_file(
            read_yaml(path.read_text(encoding="utf-8"), path.name), path.name, find_part
        )
        for path in paths
        if path.name.endswith(".yaml")
    }


@cache
def shipped_formats() -> tuple[Format, ...]:
    """Return the formats of all files.

    Example:
        >>> text = "Accepted publickey for anna from 203.0.113.9 port 22"
        >>> [text[span.start : span.end] for one in shipped_formats() for span in one.find(text)]
        ['anna']
    """
    return tuple(one for stated in shipped_files().values() for one in stated.formats)

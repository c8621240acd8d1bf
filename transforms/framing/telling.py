"""Tell each format by the first bytes of a text: a test returns why the text has its format, None where it has not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import orjson

from transforms.framing.containers import read_cri, read_docker
from transforms.framing.otlp import ROOT
from transforms.framing.wrappers import wrapped_at

_ARRAY = re.compile(rb"[\s\x1e]*\[\s*(?:\{|\]\s*\Z)")
_OBJECT = re.compile(rb'[\s\x1e]*\{\s*(?:["}]|\Z)')
_SEARCH_LOG = re.compile(rb'\s*\{\s*"(?:Response"\s*:\s*\{\s*"|(?:Results|Context|ListOver|Analysis)"\s*:)')
_OTLP = re.compile(rb'\s*\[?\s*\{\s*"' + ROOT.encode() + rb'"\s*:')
_DOCKER_ATTRIBUTES = {"log", "stream", "time", "attrs"}
_LOOKED_AT = 20


@dataclass(frozen=True)
class Head:
    """The first bytes of a text, unpacked and in UTF-8, and whether they are all of it."""

    data: bytes
    is_whole: bool = False

    @cached_property
    def lines(self) -> list[bytes]:
        """Return the lines that are whole and not blank, or the one that is not whole."""
        lines = self.data.split(b"\n")
        whole = lines if self.is_whole or len(lines) == 1 else lines[:-1]
        return [line for line in whole if line.strip()]

    @cached_property
    def objects(self) -> list[bytes]:
        """Return the lines that begin as an object does."""
        return [line for line in self.lines if line.lstrip()[:1] == b"{"]

    @cached_property
    def first(self) -> dict[str, object] | None:
        """Return the object that the first line is, if it is one."""
        try:
            loaded = orjson.loads(self.lines[0]) if self.lines else None
        except orjson.JSONDecodeError:
            return None
        return loaded if isinstance(loaded, dict) else None


Test = Callable[[Head], str | None]


def is_search_log(head: Head) -> str | None:
    """Return what tells a response of SearchLog."""
    return "it begins as a response of SearchLog does" if _SEARCH_LOG.match(head.data) else None


def is_otlp(head: Head) -> str | None:
    """Return what tells logs of OpenTelemetry."""
    return f"the key {ROOT}" if _OTLP.match(head.data) else None


def is_cri(head: Head) -> str | None:
    """Return what tells a log file of Kubernetes."""
    lines = head.lines[:_LOOKED_AT]
    return "lines of time, stream and P or F" if lines and all(map(read_cri, lines)) else None


def is_docker(head: Head) -> str | None:
    """Return what tells a log file of Docker."""
    if head.first is None or not {"log", "time", "stream"} <= head.first.keys() <= _DOCKER_ATTRIBUTES:
        return None
    return "lines of log, stream and time" if read_docker(head.lines[0]) is not None else None


def is_document(head: Head) -> str | None:
    """Return what tells documents of JSON that are cut by their brackets, not by their lines."""
    if _ARRAY.match(head.data):
        return "an array of objects"
    if not _OBJECT.match(head.data):
        return None
    if head.data.lstrip().startswith(b"\x1e"):
        return "a sequence of documents, each behind a record separator (RFC 7464)"
    if head.first is None:
        return _several_lines(head)
    path = wrapped_at(head.first)
    return None if path is None else f"objects that wrap a list of events ({len(path)} keys deep)"


def _several_lines(head: Head) -> str | None:
    """Tell an object over several lines, or objects on one line, from lines of which the first is broken."""
    if len(head.lines) == 1:
        return "objects one after the other, or longer than what is looked at" if _goes_on(head) else None
    if _is_json(head.lines[0].strip().removesuffix(b",")):
        return "objects with commas between them"
    if len(head.objects) * 2 >= len(head.lines) and head.lines[0].strip() != b"{":
        return None
    following = head.lines[1].lstrip()[:1]
    return "an object over several lines" if following in (b'"', b"}", b"{", b"[") else None


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _goes_on(head: Head) -> bool:
    return not head.is_whole or re.search(rb"\}\s*,?\s*\{", head.data) is not None


def is_json_lines(head: Head) -> str | None:
    """Return what tells lines of JSON: most of them begin as objects do, whatever else is wrong with them."""
    if len(head.objects) * 2 >= len(head.lines) > 0:
        return f"{len(head.objects)} of the first {len(head.lines)} lines begin with {{"
    return None

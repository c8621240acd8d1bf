"""State a recognizer as data: what of it the engine runs by itself, and what becomes of what it takes."""

from collections.abc import Callable, Iterable
from functools import partial
from json import dumps
from typing import NamedTuple

from schemas.errors import DetectorError
from transforms.detect.conditions import condition_of
from transforms.detect.detector import VALUE, Detector
from transforms.detect.formats.format import Format
from transforms.detect.programs import program_of
from transforms.detect.slots import Slot
from transforms.detect.slots.evidence import NEAR_SIGNS
from transforms.detect.spans import Span

Make = Callable[[str, int, int, int], Iterable[Span]]
"""Gives the spans of what a group, by its number, took of a text."""


class Candidates(NamedTuple):
    """Which matches are judged here: groups by number, and as in `Form` the reach of signs and what is free of it."""

    value: int
    quote: int
    reach: int
    free: str
    signs: tuple[str, ...]


class Stated(NamedTuple):
    """A recognizer as the engine reads it, `program` and `condition` in JSON.

    Without `groups` and `candidates` it only rules texts out; a candidate is handed to `make` by its begin and where the
    part of the text ends.
    """

    program: str
    condition: str | None = None
    groups: list[int] | None = None
    make: Make | None = None
    candidates: Candidates | None = None


def stated(recognizer: object) -> Stated | None:
    """Return what of a recognizer the engine runs, None if nothing: one whose code may be anybody's.

    Example:
        >>> from transforms.detect import CATALOG
        >>> of_name = {one.name: stated(one) for one in CATALOG}
        >>> of_name["ipv4"].groups, of_name["person_by"].groups, stated(object())
        ([0], None, None)
    """
    if type(recognizer) not in (Detector, Format, Slot):
        return None  # what is derived from one of ours may find something else
    try:
        match recognizer:
            case Detector():
                return _detector(recognizer)
            case Format():
                return _format(recognizer)
            case Slot():
                return _slot(recognizer)
    except DetectorError:  # the engine does not run a pattern of it
        return None
    return None


def _detector(detector: Detector) -> Stated:
    program = dumps(program_of(detector.compiled))
    condition = None if detector.check is None else condition_of(detector.check, detector.compiled)
    if detector.cut is not None or (detector.check is not None and condition is None):
        return Stated(program)
    group = detector.compiled.groupindex.get(VALUE, 0)
    return Stated(
        program, None if condition is None else dumps(condition), [group], partial(_of_detector, detector)
    )


def _of_detector(detector: Detector, _text: str, _group: int, start: int, end: int) -> Iterable[Span]:
    return (Span(start, end, detector.kind, detector.score, detector.name),)


def _format(one: Format) -> Stated:
    parts = dict(one.groups)
    return Stated(
        dumps(program_of(one.compiled)),
        groups=list(parts),
        make=lambda text, group, start, end: parts[group].spans(text, start, end, one.score, one.name),
    )


def _slot(slot: Slot) -> Stated:
    pattern, reach, free = slot.form.pattern, slot.form.reach, slot.form.free
    value, quote = pattern.groupindex["value"], pattern.groupindex["quote"]
    return Stated(
        dumps(program_of(pattern)),
        make=lambda text, _group, start, end: slot.judged(text, start, end),
        candidates=Candidates(value, quote, reach, dumps(program_of(free)), NEAR_SIGNS),
    )

"""The files of formats hold what they say, on their own lines and beside all other detectors."""

from collections.abc import Iterator
from itertools import islice
from random import Random

import pytest

from schemas.policy.file import default_policy
from tests.transforms.detect.formats.generated import likely_match
from transforms.detect import CATALOG, TextRedactor
from transforms.detect.formats import Format, parts_of, shipped_files, shipped_formats
from transforms.detect.formats.document import FormatFile, faults_of, marked_parts
from transforms.detect.formats.parts import KINDS
from transforms.detect.scan import ENGINES, compile_scan
from transforms.detect.search import Search
from transforms.detect.vocabulary import Vocabulary

FIND_PART = parts_of(default_policy())


_TRIES = 60
_WANTED = 8


@pytest.fixture(scope="module")
def matched() -> list[str]:
    """Return the lines of all files, and for each format texts made by chance in which it finds something."""
    random = Random(18)
    texts = [marked_parts(line)[0] for stated in shipped_files().values() for line in stated.lines]
    for one in shipped_formats():
        tries = (f"x {likely_match(one.compiled, random)}{random.choice(' x:')}" for _ in range(_TRIES))
        texts += islice((text for text in tries if any(one.find(text))), _WANTED)
    return texts


def _files() -> Iterator[object]:
    for name, stated in shipped_files().items():
        yield pytest.param(stated, id=name)


@pytest.mark.parametrize("stated", list(_files()))
def test_the_formats_of_a_file_find_what_its_lines_mark_and_nothing_else(stated: FormatFile) -> None:
    assert list(faults_of(stated, FIND_PART)) == []


@pytest.mark.parametrize("stated", list(_files()))
def test_no_marked_character_is_left_where_all_recognizers_are_asked(
    stated: FormatFile, redactor: TextRedactor
) -> None:
    for line in stated.lines:
        text, parts = marked_parts(line)
        taken = {at for span in redactor.find(text) for at in range(span.start, span.end)}
        assert {at for _, start, end in parts for at in range(start, end)} <= taken


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trigger_occurs_wherever_its_format_finds_something(engine: str, matched: list[str]) -> None:
    formats = shipped_formats()
    _, scan = compile_scan([one.trigger for one in formats], engine)

    for text, mask in zip(matched, scan(matched), strict=True):
        found = [number for number, one in enumerate(formats) if list(one.find(text))]
        missed = [formats[number].name for number in found if not mask >> number & 1]
        assert missed == [], text


@pytest.mark.parametrize("one", shipped_formats(), ids=lambda one: one.name)
def test_a_format_asked_through_the_scan_finds_what_it_finds_alone(one: Format) -> None:
    texts = [marked_parts(line)[0] for stated in shipped_files().values() for line in stated.lines]
    joined = "\n".join(texts)
    search = Search([one], lambda span, _value: span, "re2")

    (through,) = search.find([joined])

    assert {(span.start, span.end) for span in one.find(joined)} <= {
        (span.start, span.end) for span in through.spans
    }


def test_names_are_of_one_format_alone() -> None:
    names = [one.name for one in (*CATALOG, *shipped_formats())]

    assert len(names) == len(set(names))


def test_every_kind_that_a_part_may_name_is_one_of_the_detectors() -> None:
    known = {one.kind for one in CATALOG} | Vocabulary().kinds

    assert {kind.upper() for kind in KINDS} - known == set()

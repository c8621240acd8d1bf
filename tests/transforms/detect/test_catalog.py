import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

from transforms.detect import CATALOG, Detection, Detector, catalog
from transforms.detect.scan import ENGINES, compile_scan

_MARKS = re.compile("[«»]")


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its marks, and the stretches that stood between them."""
    borders = [match.start() - index for index, match in enumerate(_MARKS.finditer(marked))]
    return _MARKS.sub("", marked), list(zip(borders[::2], borders[1::2], strict=True))


def _cases() -> Iterator[object]:
    for detector in CATALOG:
        cases = (
            ("example", detector.examples),
            ("counter", detector.counter_examples),
            ("boundary", (detector.boundary,)),
        )
        for name, texts in cases:
            for index, text in enumerate(texts):
                yield pytest.param(detector, text, id=f"{detector.name}-{name}-{index}")


@pytest.mark.parametrize(("detector", "marked"), list(_cases()))
def test_a_detector_finds_what_its_cases_mark_and_nothing_else(detector: Detector, marked: str) -> None:
    text, expected = unmarked(marked)

    assert [(span.start, span.end) for span in detector.find(text)] == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("detector", CATALOG, ids=lambda detector: detector.name)
def test_a_trigger_occurs_wherever_its_detector_finds_something(detector: Detector, engine: str) -> None:
    _, scan = compile_scan([detector.trigger], engine)
    texts = [unmarked(marked)[0] for marked in (*detector.examples, detector.boundary)]

    assert scan(texts) == [1] * len(texts)


@pytest.mark.parametrize("detector", CATALOG, ids=lambda detector: detector.name)
def test_every_detector_has_a_source_three_examples_three_counter_examples_and_a_boundary(
    detector: Detector,
) -> None:
    assert detector.source
    assert len(set(detector.examples)) >= 3
    assert len(set(detector.counter_examples)) >= 3
    assert all("«" in text for text in (*detector.examples, detector.boundary))
    assert not any("«" in text for text in detector.counter_examples)


def test_no_trigger_repeats_or_lists_a_character_of_several_bytes() -> None:
    """The engines read triggers byte by byte: `码?` would make only the last byte of three optional."""
    of_bytes = re.compile(r"[^\x00-\x7f][?*+{]|(?<!\\)\[[^\]]*[^\x00-\x7f][^\]]*\]")

    found = [one.name for one in Detection().recognizers() if of_bytes.search(one.trigger)]

    assert found == []


def test_every_detector_that_a_module_defines_is_in_the_catalogue() -> None:
    defined = [
        one
        for module in iter_modules(catalog.__path__, f"{catalog.__name__}.")
        for one in vars(import_module(module.name)).values()
        if isinstance(one, Detector)
    ]

    assert {one.name for one in defined} == {one.name for one in CATALOG}


def test_detectors_have_names_of_their_own() -> None:
    names = [recognizer.name for recognizer in Detection().recognizers()]

    assert len(names) == len(set(names))

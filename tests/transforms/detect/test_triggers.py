import re
from dataclasses import replace

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.detect import CATALOG, Detector
from transforms.detect.scan import ENGINES, compile_scan
from transforms.detect.triggers import ALWAYS, derive_trigger

FLAGS = int(re.IGNORECASE | re.MULTILINE | re.DOTALL)
SCANNED = [
    r"(\b\d{5}(?:\-\d{4})?\b)", r"^k\w+$", r"a.c", r"\bno\b\s+[^\W\d]{2,4}", r"x{2}|[^a-z]7", r"\S\D\W!", r"id:\s*(?P<v>\d+?)\b",
]  # fmt: skip
UNSCANNED = [
    r"(?<=x)\d", r"a(?!b)", r"(a)\1", r"张\d", r"\Aab", r"ab\Z", r"a{,3}b", r"(?:foo){e<=1}", r"[[:alpha:]]b",
    r"\p{L}+", r"(?i)ab", r"a*", r"a++b", r"[a--b]c", r"\mab", r"(",
]  # fmt: skip
TEXTS = st.text("aAbckKxX17 -\t\r\n\x0b\x1f!:ſK１٣张é_id", max_size=14)


@pytest.mark.parametrize("pattern", SCANNED)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_derived_trigger_occurs_wherever_its_pattern_matches(pattern: str, engine: str) -> None:
    compiled = regex.compile(pattern, FLAGS)
    _, scan = compile_scan([derive_trigger([pattern], FLAGS)], engine)

    @settings(max_examples=300, deadline=None)
    @given(texts=st.lists(TEXTS, min_size=1, max_size=4))
    def check(texts: list[str]) -> None:
        masks = scan(texts)
        assert all(mask for text, mask in zip(texts, masks, strict=True) if compiled.search(text))

    check()


@pytest.mark.parametrize("detector", CATALOG, ids=lambda detector: detector.name)
def test_a_trigger_occurs_in_any_text_made_from_the_pattern_of_its_detector(detector: Detector) -> None:
    trigger = re.compile(detector.trigger.encode())

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.from_regex(re.compile(detector.pattern, detector.compiled.flags)))
    def check(text: str) -> None:
        found = any(True for _ in replace(detector, begins="").find(text))
        assert not found or trigger.search(b"\n" + text.encode("utf-8", "surrogatepass") + b"\n")

    check()


@pytest.mark.parametrize(
    "detector", [one for one in CATALOG if one.begins], ids=lambda detector: detector.name
)
def test_a_match_begins_as_its_detector_says(detector: Detector) -> None:
    anywhere = replace(detector, begins="")

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.from_regex(anywhere.compiled))
    def check(text: str) -> None:
        assert list(detector.find(text)) == list(anywhere.find(text))

    check()


@pytest.mark.parametrize("pattern", SCANNED)
def test_a_text_of_printable_ascii_without_a_match_is_passed_over(pattern: str) -> None:
    _, scan = compile_scan([derive_trigger([pattern], FLAGS)])

    assert scan(["/", ","]) == [0, 0]


@pytest.mark.parametrize("pattern", UNSCANNED)
def test_a_pattern_that_the_engines_read_differently_is_asked_for_every_text(pattern: str) -> None:
    assert derive_trigger([r"\d{5}", pattern], FLAGS) == ALWAYS


@pytest.mark.parametrize("flags", [int(re.VERBOSE), int(re.ASCII), 0x100])
def test_flags_that_the_engines_do_not_share_are_asked_for_every_text(flags: int) -> None:
    assert derive_trigger([r"\d{5}"], flags) == ALWAYS


@pytest.mark.parametrize("engine", ENGINES)
def test_every_text_is_asked_for_the_trigger_of_all_texts(engine: str) -> None:
    _, scan = compile_scan(["z", ALWAYS], engine)

    assert scan(["", "a", "z", "a\nb"]) == [2, 2, 3, 2]

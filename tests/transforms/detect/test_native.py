"""What the engine finds of recognizers that are data is what Python finds of them."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy.file import default_policy
from tests.transforms.detect.test_programs import fragments, texts
from transforms.detect import CATALOG, Detection
from transforms.detect.detector import Detector
from transforms.detect.native import PAYING, NativeReader
from transforms.detect.search import FIRST_BIT, WINDOW, Found, Search
from transforms.detect.slots import SLOTS
from transforms.detect.stated import stated

engine = pytest.importorskip("logveil_engine", reason="the event engine is not built: it needs cargo")
if not hasattr(engine, "Recognizers"):
    pytest.skip("the event engine is older than its recognizers: run setup.sh", allow_module_level=True)

FRAGMENTS = list(dict.fromkeys([*fragments(), *texts()]))
PARTS = st.sampled_from(FRAGMENTS) | st.sampled_from(
    ["\n", " ", "%40", "\ud800", "usr_1_c3lhkz3nubgk36ljmayr"]
)


@cache
def detection(*, native: bool) -> Detection:
    return replace(Detection.of(default_policy()), native=native)


def search_of(of: Detection) -> Search:
    """Return a search that hands its recognizers over at once if it is native."""
    search = of.build().search
    if isinstance(search.reader, NativeReader):
        search.reader.at_once = True
    return search


@cache
def search(*, native: bool) -> Search:
    return search_of(detection(native=native))


def assert_equal(asked: list[str]) -> list[Found]:
    expected = search(native=False).find(asked)
    assert search(native=True).find(asked) == expected
    return expected


def test_the_examples_of_all_detectors_are_found_alike() -> None:
    found = {span.recognizer for one in assert_equal(list(texts())) for span in one.spans}
    assert len(found) > len(CATALOG)


def test_lines_are_found_alike_in_texts_of_several_lines() -> None:
    of_five = ["\n".join(texts()[at : at + 5]) for at in range(0, len(texts()), 5)]
    assert sum(len(one.spans) for one in assert_equal(of_five)) > len(texts()) / 2


@given(st.lists(st.lists(PARTS, max_size=12).map("".join), min_size=1, max_size=4))
def test_any_texts_are_found_alike(asked: list[str]) -> None:
    assert_equal(asked)


def test_places_are_counted_in_characters() -> None:
    (found,) = assert_equal(["用户 é😀 from 203.0.113.77\nmail a.smith@example.com 中"])
    assert [(one.start, one.end, one.kind) for one in found.spans] == [
        (11, 23, "IP_ADDRESS"),
        (29, 48, "EMAIL"),
    ]


def test_what_python_alone_can_read_is_left_to_it() -> None:
    half = "\ud800 from 203.0.113.77"
    long = f"{'a ' * (WINDOW // 2 + 9)} from 203.0.113.77 {'b ' * WINDOW}"
    found = assert_equal([half, long, "from 203.0.113.77"])
    assert [len(one.spans) for one in found] == [1, 1, 1]


def test_a_text_that_takes_too_many_steps_is_read_by_python() -> None:
    slow = Detector("slow", "NUMBER", r"(?:a|a){0,26}b|a+7", "a", "", (), (), "")
    both = [
        search_of(Detection(extra=(slow,), native=native)).find(["a" * 26 + "7", "a7"])
        for native in (False, True)
    ]
    assert both[0] == both[1]
    assert [(one.start, one.end) for one in both[0][0].spans] == [(0, 27)]


def test_detectors_that_anybody_derived_are_asked_themselves() -> None:
    class Careful(Detector):
        def find(self, *_: object) -> list:
            return []

    own = Careful("careful", "NUMBER", r"zq\d+", "zq", "", (), (), "")
    assert stated(own) is None
    found = search_of(Detection(extra=(own,), native=True)).find(["zq77"])
    assert [one.spans for one in found] == [()]


def test_a_recognizer_is_handed_over_once_it_pays() -> None:
    reader = NativeReader(detection(native=True).recognizers())
    number = next(at for at, one in enumerate(reader._recognizers) if one.name == "ipv4")
    many = ["from 203.0.113.77"] * (PAYING - 1)
    asked = [(many, PAYING - 1), (many[:1], 1), (many[:1], 0)]
    for some, left in asked:
        (answer,) = reader.answers(some, [FIRST_BIT << number] * len(some), {})
        assert (answer.number, len(answer.places)) == (number, left)


def test_most_detectors_are_data_and_slots_are_ruled_out_alone() -> None:
    data = [one for one in map(stated, CATALOG) if one is not None and one.groups]
    assert len(data) > len(CATALOG) * 0.7
    assert all(one is not None and one.groups is None for one in map(stated, SLOTS))


def test_the_choice_is_pickled_and_each_thread_has_its_own() -> None:
    pickled = pickle.dumps(detection(native=True))
    asked = list(texts())[:400]
    expected = search(native=False).find(asked)

    def find(_: int) -> list[Found]:
        return search_of(pickle.loads(pickled)).find(asked)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(find, range(2))) == [expected, expected]

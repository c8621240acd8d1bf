"""Tests of a policy as data: an event, and the record that it is to become; in the policy file or beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.errors import MissingFieldRule
from schemas.policy.document import Value, read_document

SUFFIX = ".policy-test.yaml"
_TEST = ("name", "event")
_TEST_OPTIONS = ("record", "rejected", "expires_after_days")


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """One test: an event, as JSON values or as a line of text, and what is to become of it.

    `record` holds the expected text of every field that the record is to have, other values under `others.NAME`; a
    pseudonym is written by prefix and number, such as `usr_#1`: equal ones have equal numbers. `rejected` is the reason
    of a rejection, in place of a record. `place` is where the test stands.
    """

    name: str
    place: str
    event: Mapping[str, Any] | str
    record: Mapping[str, str] | None = None
    rejected: str | None = None
    expires_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class TestFile:
    """The tests of a file, and the name of the policy file that they are for; None: any policy beside it."""

    __test__ = False  # no test of pytest's

    policy: str | None
    tests: tuple[PolicyTest, ...]


def load_test_file(text: str, name: str) -> TestFile:
    """Return the tests of a file beside a policy; `name` is what errors call it.

    Raises:
        PolicyError: The text is no file of tests.

    Example:
        >>> text = "tests: [{name: a, event: {state: OK}, rejected: missing_time}]"
        >>> load_test_file(text, "a.policy-test.yaml").tests[0].event
        {'state': 'OK'}
    """
    root = read_document(text, name).record(("tests",), ("policy",))
    return TestFile(root["policy"].text() if "policy" in root else None, read_tests(root["tests"]))


def own_tests(text: str, name: str) -> tuple[PolicyTest, ...]:
    """Return the tests in a policy's own file.

    Raises:
        PolicyError: The text is no document, or its tests are none.
    """
    entries = read_document(text, name).entries()
    return read_tests(entries["tests"]) if "tests" in entries else ()


def read_tests(value: Value) -> tuple[PolicyTest, ...]:
    """Return the tests of a list, each under a name of its own.

    Raises:
        PolicyError: One of them is none.
    """
    found: dict[str, PolicyTest] = {}
    for item in value.items():
        test = _read_test(item)
        if test.name in found:
            raise item.fault(f"the test {test.name!r} is there twice")
        found[test.name] = test
    return tuple(found.values())


def _read_test(item: Value) -> PolicyTest:
    entry = item.record(_TEST, _TEST_OPTIONS)
    if ("record" in entry) == ("rejected" in entry):
        raise item.fault("exactly one of record and rejected is required", MissingFieldRule)
    event = entry["event"].plain()
    if not isinstance(event, dict | str):
        raise entry["event"].fault("expected a mapping, or a line of text")
    return PolicyTest(
        entry["name"].text(),
        f"{item.file}:{item.line}",
        event,
        _texts(entry["record"]) if "record" in entry else None,
        entry["rejected"].text() if "rejected" in entry else None,
        entry["expires_after_days"].days() if "expires_after_days" in entry else None,
    )


def _texts(value: Value) -> dict[str, str]:
    texts = {}
    for name, entry in value.entries().items():
        text = entry.plain()
        if not isinstance(text, str):
            raise entry.fault("expected a string; put quotes around a word or number")
        texts[name] = text
    return texts

"""Run the tests of a policy that are stated as data: an event, and the record that it is to become."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import orjson

from schemas.events import LogEvent, RawRecord, RecordFormat, Source
from schemas.policy.policy import Policy
from schemas.policy.policy_tests import PolicyTest
from transforms.classify import ClassifyStep
from transforms.detect import Detection
from transforms.parsing.parse import ParseStep
from transforms.pseudonyms import PSEUDONYM, PseudonymKey
from transforms.redact_logs import RedactFunction, RedactLogEvents
from transforms.rejections import Rejecter
from transforms.tag import MS_A_DAY

_KEY = PseudonymKey(bytes(32), "0")  # no secret is needed where nothing is stored
_TOKEN = re.compile(PSEUDONYM.pattern)
_ABSENT = "absent"
_EXPIRY = "expires_after_days"
_REJECTED = "rejected"


def failed_tests(
    policy: Policy, tests: Sequence[PolicyTest], detection: Detection | None = None
) -> Iterator[str]:
    """Yield a line for each difference between what tests expect and what becomes of their events."""
    if not tests:
        return
    redact = RedactLogEvents(policy, _KEY, 0, detection=detection).build()
    for test in tests:
        expected = {_REJECTED: test.rejected} if test.record is None else dict(test.record)
        if test.expires_after_days is not None:
            expected[_EXPIRY] = str(test.expires_after_days)
        found = _outcome(policy, redact, test)
        for name in {**expected, **found}:
            wanted, got = expected.get(name, _ABSENT), found.get(name, _ABSENT)
            if wanted != got:
                yield f"{test.place}: {test.name}: {name}: expected {wanted!r}, found {got!r}"


def _outcome(policy: Policy, redact: RedactFunction, test: PolicyTest) -> Mapping[str, str]:
    """Return what becomes of a test's event: its fields, or its rejection."""
    record = _record(test)
    now_ms = _event_time(policy, record)
    redact.start_bundle(now_ms)
    done = redact([record])
    for rejection in done.rejections:
        return {_REJECTED: str(rejection.reason)}
    (tagged,) = done.kept
    event = tagged.event
    values = {rule.name: event.values[rule.name] for rule in policy.fields if rule.name in event.values}
    found = _numbered({**values, **{f"others.{name}": text for name, text in event.others.items()}})
    if test.expires_after_days is not None:
        days = (date.fromisoformat(tagged.expires_on) - date(1970, 1, 1)).days - now_ms // MS_A_DAY
        found[_EXPIRY] = str(days)
    return found


def _record(test: PolicyTest) -> RawRecord:
    if isinstance(test.event, str):
        return RawRecord(test.event.encode(), Source("test", format=RecordFormat.TEXT, modified_ms=0))
    return RawRecord(orjson.dumps(test.event), Source("test"))


def _event_time(policy: Policy, record: RawRecord) -> int:
    """Return when the event was, which then counts as now: a test does not age."""
    reject = Rejecter(_KEY, "")
    parsed: Sequence[LogEvent] = ParseStep(reject).build()([record]).kept
    classified = ClassifyStep(policy, reject).build()(parsed).kept
    return classified[0].event_time if classified else 0


def _numbered(values: Mapping[str, str]) -> dict[str, str]:
    """Return values with each pseudonym written by its prefix and a number, equal ones alike.

    Example:
        >>> _numbered({"username": "usr_0_" + "a" * 20, "output": f"{'usr_0_' + 'b' * 20} for {'usr_0_' + 'a' * 20}"})
        {'username': 'usr_#1', 'output': 'usr_#2 for usr_#1'}
    """
    numbers: dict[str, int] = {}
    counted: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        token, prefix = match[0], match[0].partition("_")[0]
        if token not in numbers:
            counted[prefix] = numbers[token] = counted.get(prefix, 0) + 1
        return f"{prefix}_#{numbers[token]}"

    return {name: _TOKEN.sub(numbered, text) for name, text in values.items()}

"""What each step takes, gives and rejects can be read from Beam's counters, on any runner."""

import re

import apache_beam as beam
import pytest
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from schemas.events import RawRecord, RecordFormat, Source
from tests.conftest import ROOT
from tests.transforms.test_redact_logs import BODY, EVENTS, NOW_MS, record
from transforms.batches.metrics import DROPPED

DELIVERED_TWICE = record(6, uin="7", __PKGID__="A1-2", __PKG_LOGID__="1", __TIMESTAMP__=NOW_MS - 1)
BLANK = RawRecord(b" ", Source("a.log", "d" * 64, RecordFormat.TEXT), 0, 1)
EXPECTED = {
    "ParseStep": {
        "in": 9,
        "out": 6,
        "rejected/not_json": 1,
        "rejected/empty_line": 1,
        "blank_lines": 1,
    },
    "ClassifyStep": {"in": 6, "out": 5, "rejected/no_known_field": 1},
    "RedactStep": {"in": 5, "out": 5},
    "TagStep": {"in": 5, "out": 3, "rejected/future_time": 1, "expired_on_arrival": 1},
    "DropRepeatsStep": {"in": 3, "out": 2, "duplicates_dropped": 1},
}
DOCUMENTED = re.compile(r"^\| `(\w+)` \| .* \| .* \| (.*)\|$", re.MULTILINE)


def counters(runner):
    """Return the counters of a run over good, bad, old, future and repeated records."""
    pipeline = beam.Pipeline(runner=runner)
    given = [*EVENTS, DELIVERED_TWICE, DELIVERED_TWICE, BLANK]
    pipeline | beam.Create(given, reshuffle=False) | BODY
    result = pipeline.run()
    result.wait_until_finish()
    found = {}
    for one in result.metrics().query()["counters"]:
        if one.key.metric.namespace.endswith("Step"):
            named = found.setdefault(one.key.metric.namespace, {})
            named[one.key.metric.name] = named.get(one.key.metric.name, 0) + one.result
    return found


@pytest.mark.parametrize("runner", [FnApiRunner, BundleBasedDirectRunner])
def test_every_step_counts_what_it_takes_gives_and_loses(runner):
    assert counters(runner()) == EXPECTED


def test_each_step_balances():
    for found in EXPECTED.values():
        lost = [number for name, number in found.items() if name.startswith("rejected/") or name in DROPPED]
        assert found["in"] == found["out"] + sum(lost)


def test_the_documentation_lists_every_counter():
    page = (ROOT / "docs" / "operations.md").read_text()
    documented = {
        step: {"in", "out", *re.findall(r"`([^`]+)`", also)} for step, also in DOCUMENTED.findall(page)
    }
    for step, found in EXPECTED.items():
        names = {re.sub(r"/.*", "/<reason>", name) for name in found}
        assert names <= documented[step], step

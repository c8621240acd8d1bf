"""A run tells how far its reading has come, in whatever processes and on whatever runner it is done."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.jobs.redaction import run_redaction
from pipelines.keys.rings import load_keys, make_ring
from pipelines.sources.found import find_inputs
from pipelines.sources.tally import Done
from tests.pipelines.conftest import JOB
from tests.watching import Noted


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"workers": 1}, id="in this process"),
        pytest.param({"workers": 2}, id="in two processes"),
        pytest.param({"beam_options": ["--runner=BundleBasedDirectRunner"]}, id="on another runner"),
    ],
)
def test_at_the_end_every_byte_and_record_was_told(how: dict[str, object], tmp_path: Path) -> None:
    content = b"".join(b"user anna logged in %d\n" % number for number in range(3000))
    (tmp_path / "a.log").write_bytes(content)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(content + b"one more\n"))
    make_ring(tmp_path / "keys")
    key = load_keys(tmp_path / "keys", {}).current
    size = sum(path.stat().st_size for path in tmp_path.glob("*.log*"))
    found = find_inputs([str(tmp_path / "*.log*")], tmp_path / "out")
    noted = Noted()
    ledger = run_redaction(replace(JOB, inputs=found, root=tmp_path / "out", key=key, **how), noted.watch)
    assert noted.ended == [(size, Done(size, 6001))]
    assert ledger.counts["read"] == 6001


def test_nothing_is_watched_where_nothing_is_to_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("user anna logged in\n")
    found = find_inputs([str(tmp_path / "a.log")], tmp_path / "out")
    noted = Noted()
    for _ in range(2):
        run_redaction(replace(JOB, inputs=found, root=tmp_path / "out"), noted.watch)
    assert len(noted.ended) == 1

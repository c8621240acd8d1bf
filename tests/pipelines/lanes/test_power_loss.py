"""A power loss at any step of a segment's commit leaves all of it or nothing, where only what was synced lasts."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from pipelines.lanes.log import position
from pipelines.retention.verify import verify_root
from pipelines.root.segment_files import all_lanes
from tests.conftest import ROOT, absent
from tests.made_output import POLICY, event_ids
from tests.pipelines.lanes.made_lanes import NOW, commit, dealt, event_id, steps

pytestmark = pytest.mark.server

FIRST, SECOND = 6, 4
STEPS = 10  # more than a commit has: the last roots are committed whole


@pytest.fixture(scope="module")
def lossy(tmp_path_factory):
    if not (ROOT / ".tools" / "mfusepy").exists() or not Path("/dev/fuse").exists():
        absent("mfusepy or /dev/fuse")
    folder = tmp_path_factory.mktemp("lossy")
    mount, lasting = folder / "mount", folder / "lasting"
    mount.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".tools" / "mfusepy"), "LASTING": str(lasting)}
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/lossy_file_system.py"), str(mount)], env=environment
    )
    try:
        while not os.path.ismount(mount):
            assert server.poll() is None
        yield mount, lasting
    finally:
        subprocess.run(["umount", str(mount)], check=True)
        server.wait(120)


@pytest.fixture(scope="module")
def lasting(lossy):
    """Return what lasts of roots of which each was left after another step of its second segment's commit."""
    mount, lasting = lossy
    for done in range(STEPS):
        root = mount / str(done)
        root.mkdir()
        lane = dealt(root)[0]
        commit(lane, {0: FIRST})
        for _ in islice(steps(lane, {0: SECOND}), done):
            pass
    _sync(mount)
    (mount / ".power_loss").mkdir()
    return lasting


def _sync(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def ids(messages):
    return sorted(event_id(0, offset) for offset in range(messages))


@pytest.mark.parametrize("done", range(STEPS))
def test_a_segment_is_there_whole_or_not_at_all(lasting, done):
    root = lasting / str(done)
    stands = position(all_lanes_of(root))
    assert stands.sequence in (2, 3)
    assert sorted(event_ids(root)) == ids(stands.next[0])
    assert stands.next[0] == (FIRST if stands.sequence == 2 else FIRST + SECOND)
    left = [str(one) for one in verify_root(root, NOW, POLICY, None, []) if "_staging" not in str(one)]
    assert left == []


def test_what_was_committed_lasts(lasting):
    assert position(all_lanes_of(lasting / str(STEPS - 1))).sequence == 3


def all_lanes_of(root):
    return next(all_lanes(root))

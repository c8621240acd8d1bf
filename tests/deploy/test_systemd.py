"""The units as systemd itself reads them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import absent
from tests.deploy.conftest import DEPLOY

UNITS = DEPLOY / "systemd" / "system"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
WORST_EXPOSURE = 1.4


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """Return the root of a host that has the units and something by the program's name."""
    if shutil.which("systemd-analyze") is None:
        absent("systemd-analyze")
    shutil.copytree(UNITS, tmp_path / "etc/systemd/system")
    program = tmp_path / "opt/logveil/bin/logveil"
    program.parent.mkdir(parents=True)
    shutil.copy("/bin/true", program)
    for target in (
        "sysinit",
        "basic",
        "shutdown",
        "network-online",
        "remote-fs",
        "timers",
        "multi-user",
        "time-sync",
    ):
        (tmp_path / f"etc/systemd/system/{target}.target").write_text(
            "[Unit]\nDescription=a target of the host\n"
        )
    return tmp_path


def test_systemd_has_nothing_to_say_against_a_unit(host):
    units = sorted(path.name for path in UNITS.glob("logveil-*.*") if path.is_file())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", f"--root={host}", *units],
        capture_output=True,
        text=True,
    )
    told = [line for line in done.stderr.splitlines() if "logveil" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_exposes_little_of_the_host(host, service):
    command = ["systemd-analyze", "security", "--offline=true", f"--root={host}", service]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told)
    assert found is not None
    assert float(found[1]) <= WORST_EXPOSURE


@pytest.mark.parametrize("name", ["expire", "erase", "verify", "compact"])
def test_maintenance_runs_daily_by_utc_and_catches_up(name):
    timer = (UNITS / f"logveil-{name}.timer").read_text()
    assert re.search(r"^OnCalendar=\*-\*-\* \d\d:\d\d:00 UTC$", timer, re.MULTILINE)
    assert "Persistent=yes" in timer

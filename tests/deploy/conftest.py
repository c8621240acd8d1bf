"""What the deployment tests read and run: the deploy folder, and tools that `.ci/run` puts into `.tools`."""

from pathlib import Path

from tests.conftest import ROOT, absent

DEPLOY = ROOT / "deploy"


def tool(name: str) -> Path:
    """Return a file or folder of `.tools`, or skip the test for want of it."""
    place = ROOT / ".tools" / name
    if not place.exists():
        absent(f".tools/{name}")
    return place

"""What a report says of where and on what it was measured."""

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from jobs import ROOT

_LIBRARIES = (
    "apache-beam",
    "hyperscan",
    "fastavro",
    "orjson",
    "zstandard",
    "presidio-analyzer",
    "google-re2",
)


def describe_machine() -> dict[str, Any]:
    """Return the processor, its cores, the memory in bytes, the system, and the load before the measurement."""
    return {
        "processor": field_of(Path("/proc/cpuinfo").read_text(encoding="utf-8"), "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": platform.platform(),
        "load": os.getloadavg()[0],
    }


def field_of(text: str, name: str) -> str:
    """Return the first value of a field of /proc/cpuinfo.

    Example:
        >>> field_of("processor\\t: 0\\nmodel name\\t: Fast 9000\\n", "model name")
        'Fast 9000'
    """
    return next(
        (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(name)), "unknown"
    )


def describe_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that the speed depends on."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def describe_commit() -> str:
    """Return the commit, with a plus sign where the product's code differs from it."""
    git = ["git", "-C", str(ROOT)]
    product = ["schemas", "transforms", "pipelines"]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", *product], capture_output=True)
    return commit.stdout.strip() + ("+" if changed.returncode else "")

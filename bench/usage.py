"""Run a command and say what it used: `usage.py REPORT COMMAND…` writes wall and CPU seconds and the peak in bytes.

A process of its own, and a small one: Linux counts into a child's peak that of the process that started it.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the command with this process's streams and exit as it does."""
    report, *command = sys.argv[1:]
    started = time.perf_counter()
    process = subprocess.Popen(command)
    # Not RUSAGE_CHILDREN: its peak is that of the largest child, not of this one with what it waited for.
    _, status, usage = os.wait4(process.pid, 0)
    used = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * 1024,
    }
    Path(report).write_text(json.dumps(used), encoding="utf-8")
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()

"""Our messages of the log service against the classes that its published SDK carries."""

import os
import subprocess
import sys
from pathlib import Path

from schemas.cls_pb2 import LogGroupList
from tests import fixtures_formats as fixtures
from tests.conftest import ROOT, absent

SDK = Path(os.environ.get("LOGVEIL_CLS_SDK", ROOT / ".tools" / "cls-sdk"))
PROGRAM = """
import sys
from tencentcloud.log.cls_pb2 import LogGroupList
groups = LogGroupList.FromString(sys.stdin.buffer.read())
groups.logGroupList[0].logs[0].contents.add(key="added", value="by the SDK")
sys.stdout.buffer.write(groups.SerializeToString())
"""


def test_the_published_sdk_reads_and_writes_the_same_bytes() -> None:
    if not (SDK / "tencentcloud" / "log" / "cls_pb2.py").exists():
        absent("tencentcloud-cls-sdk-python")
    path = os.pathsep.join([str(SDK), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"}
    ours = fixtures.log_groups()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        input=ours,
        env=environment,
        capture_output=True,
        check=True,
    )
    expected = LogGroupList.FromString(ours)
    expected.logGroupList[0].logs[0].contents.add(key="added", value="by the SDK")
    assert LogGroupList.FromString(done.stdout) == expected
    assert done.stdout == expected.SerializeToString()

"""The Dockerfile, by its linter and by what it must not do."""

import os
import re
import subprocess

from tests.deploy.conftest import DEPLOY, tool

DOCKERFILE = DEPLOY / "image" / "Dockerfile"


def test_the_linter_has_nothing_to_say_against_the_image():
    hadolint = tool("hadolint") / "bin" / "hadolint"
    done = subprocess.run(
        [hadolint, DOCKERFILE],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CONFIG_HOME": "/nonexistent"},
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_each_image_ends_as_a_user_without_rights():
    stages = re.split(r"^FROM ", DOCKERFILE.read_text(), flags=re.MULTILINE)
    images = [stage for stage in stages if re.match(r"\S+ AS (logveil|flink-worker)\b", stage)]
    assert len(images) == 2
    for stage in images:
        assert re.findall(r"^USER (\S+)", stage, re.MULTILINE)[-1] == "10001:10001"

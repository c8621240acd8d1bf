"""What others build on: the wheel, the changelog, the hook for pre-commit."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PACKAGES = ("schemas", "transforms", "pipelines")
SHIPPED = {*(f"{package}/py.typed" for package in PACKAGES), "schemas/policy/healthcare_omics.yaml"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*command, "--wheel-dir", source / "made", source], check=True, capture_output=True)
    (made,) = (source / "made").iterdir()
    return zipfile.ZipFile(made)


def test_a_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert set(tracked) >= SHIPPED
    assert set(tracked) - set(wheel.namelist()) == set()


def test_a_wheel_says_its_licence_in_full(wheel: zipfile.ZipFile) -> None:
    (path,) = [name for name in wheel.namelist() if name.endswith("/LICENSE")]
    assert wheel.read(path) == (ROOT / "LICENSE").read_bytes()
    assert PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()


def test_the_changelog_keeps_what_is_unreleased_before_the_version_of_the_project() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[:2] == ["Unreleased", PROJECT["version"]]


def test_the_hook_takes_policies_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    own, wrong = tmp_path / "own-policy.yaml", tmp_path / "policy.yml"
    shutil.copy(ROOT / "schemas/policy/healthcare_omics.yaml", own)
    wrong.write_text(own.read_text().replace("treatment: truncate_ip", "treatment: shorten_ip", 1))
    assert hook["id"] == "logveil-policy-check"
    assert all(re.search(hook["files"], str(path)) for path in (own, wrong))
    assert re.search(hook["files"], "deploy/values.yaml") is None

    def run(*paths: Path) -> subprocess.CompletedProcess[str]:
        program, *arguments = shlex.split(hook["entry"])
        command = [str(ROOT / ".venv/bin" / program), *arguments, *map(str, paths)]
        return subprocess.run(command, capture_output=True, text=True)

    assert run(own).returncode == 0
    refused = run(own, wrong)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"logveil: {wrong}:")

"""The command line as a whole: its version, its help and its completion, none of which imports what a command needs."""

import json
import os
import subprocess
import sys
import tomllib
from importlib import import_module

import pytest
import typer
from typer.testing import CliRunner

from pipelines.commands.cli import _COMMANDS, app
from tests.conftest import ROOT

SHOWN = (
    "import atexit, json, sys; from pipelines.commands.cli import app; "
    "atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr)); "
    "sys.argv = ['logveil', *sys.argv[1:]]; app(prog_name='logveil')"
)


def typed(*arguments: str, **environment: str) -> tuple[list[str], set[str]]:
    """Return the lines that the command line prints, and the modules that it imported."""
    command = [sys.executable, "-c", SHOWN, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), set(json.loads(done.stderr.splitlines()[-1]))


def completed(words: str) -> tuple[list[str], set[str]]:
    return typed(
        _LOGVEIL_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(len(words.split(" ")) - 1)
    )


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    shown, _ = typed("--version")
    assert shown == [f"logveil {project['version']}"]


@pytest.mark.parametrize("name", _COMMANDS)
def test_the_summary_of_a_command_is_how_its_own_help_begins(name: str) -> None:
    place = _COMMANDS[name]
    target = getattr(import_module(f"pipelines.commands.{place.module}"), place.name)
    own = str(target.info.help if isinstance(target, typer.Typer) else target.__doc__)
    assert own.splitlines()[0] == place.summary


def test_help_names_every_command_and_imports_none() -> None:
    shown, imported = typed("--help")
    named = [line.split()[1] for line in shown if line.startswith("│ ") and line.split()[1] in _COMMANDS]
    assert named == list(_COMMANDS)
    assert not imported & {"apache_beam", "sqlalchemy", "pipelines.commands.redact"}


def test_a_command_is_completed_without_importing_any() -> None:
    shown, imported = completed("logveil e")
    assert shown == ["expire", "explain", "erase"]
    assert not imported & {"apache_beam", "sqlalchemy", "pipelines.commands.erase"}


def test_an_option_is_completed_from_the_command_itself() -> None:
    shown, imported = completed("logveil policy ropa --j")
    assert shown == ["--json"]
    assert "apache_beam" not in imported


def test_a_mistyped_command_names_the_one_that_was_meant() -> None:
    result = CliRunner().invoke(app, ["redcat"])
    assert result.exit_code == 2
    assert "Did you mean 'redact'?" in result.output

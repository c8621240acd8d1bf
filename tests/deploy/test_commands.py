"""Every command in a manifest or unit is one that logveil takes."""

import re
import shlex

import pytest
import typer

from pipelines.commands.cli import _COMMANDS, _imported
from tests.deploy.conftest import DEPLOY
from tests.deploy.manifests import WAYS, pods

ROOTS = re.compile(r"/var/lib/logveil/root|/data/root")


def in_units():
    for unit in sorted((DEPLOY / "systemd" / "system").glob("*.service")):
        for line in re.findall(
            r"^ExecStart(?:Pre)?=/opt/logveil/bin/logveil (.+)$", unit.read_text(), re.MULTILINE
        ):
            yield shlex.split(line)


def in_manifests():
    for way in WAYS:
        for _, pod in pods(way):
            for container in [*pod.get("initContainers", []), *pod["containers"]]:
                if container["image"].startswith("logveil:"):
                    yield container["args"]
                    probe = container.get("livenessProbe", {}).get("exec", {}).get("command", [])
                    if probe:
                        yield probe[1:]


def parse(arguments):
    """Parse a command line as click does, and run nothing."""
    name, *rest = arguments
    command = _imported(_COMMANDS[name], name)
    context = typer.Context(command, info_name=name)
    while hasattr(command, "commands"):
        name, *rest = rest
        command = command.commands[name]
        context = typer.Context(command, info_name=name, parent=context)
    command.parse_args(context, rest)


@pytest.mark.parametrize("source", [in_units, in_manifests])
def test_each_command_line_is_taken(source, monkeypatch, tmp_path):
    (tmp_path / "_runs").mkdir()
    monkeypatch.setenv("LOGVEIL_VAULT", "sqlite:///vault.db")
    lines = list(source())
    assert {line[0] for line in lines} >= {"stream", "expire", "erase", "verify", "compact"}
    for line in lines:
        parse([ROOTS.sub(str(tmp_path), argument) for argument in line])


def test_an_option_that_is_not_known_is_refused():
    with pytest.raises(Exception, match="No such option: --palm"):
        parse(["expire", "root", "--palm=x"])

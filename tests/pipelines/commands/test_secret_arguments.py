"""A password on the command line is refused, and not repeated."""

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from schemas.errors import OptionsError

URL = "mysql://lv:Tr0mb0ne-K4zoo@db.example/vault"


@pytest.mark.parametrize("url", [URL, "mysql://lv@db.example/vault?password=Tr0mb0ne-K4zoo"])
@pytest.mark.parametrize(("option", "variable"), [("--vault", "LOGVEIL_VAULT"), ("--mysql", "LOGVEIL_MYSQL")])
@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("command", [("redact", "a", "--output=o"), ("erase", "plan", "o"), ("verify", "o")])
def test_a_password_on_the_command_line_is_refused(
    url: str, option: str, variable: str, joined: bool, command: tuple[str, ...]
) -> None:
    stated = [f"{option}={url}"] if joined else [option, url]
    result = CliRunner().invoke(app, [*command, *stated])
    assert isinstance(result.exception, OptionsError)
    assert variable in str(result.exception)
    assert "Tr0mb0ne" not in str(result.exception)

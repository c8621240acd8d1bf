"""Who asks is whom the system knows; another name takes a program of root's that vouches for it."""

import os
import pwd
from pathlib import Path

import pytest

from pipelines.vault import actors
from pipelines.vault.actors import actor_of, system_user
from schemas.errors import VaultError

ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture(autouse=True)
def nobody_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    login = tmp_path / "loginuid"
    login.write_text(f"{2**32 - 1}")
    monkeypatch.setattr(actors, "_LOGIN_UID", login)
    return login


@pytest.mark.parametrize("variable", ["SUDO_USER", "LOGNAME", "USER", "LNAME", "USERNAME"])
def test_the_environment_names_nobody(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "the.boss")
    assert actor_of(None) == system_user() == ME


def test_who_logged_in_is_named_beside_whom_the_process_runs_as(nobody_logged_in: Path) -> None:
    nobody_logged_in.write_text(f"{2**31}")
    assert actor_of(None) == f"uid {2**31} as {ME}"


def test_ones_own_name_may_be_stated() -> None:
    assert actor_of(ME) == ME


def test_another_name_needs_an_identity_source() -> None:
    with pytest.raises(VaultError, match=r"--actor is you, .* root has to set up /etc/logveil/identity"):
        actor_of("the.boss")


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "identity"
    path.write_text('#!/bin/sh\n[ "$1" = anna ] && echo anna.li\n')
    path.chmod(0o755)
    monkeypatch.setattr(actors, "IDENTITY_SOURCE", path)
    return path


@pytest.mark.skipif(os.getuid() != 0, reason="only root can set up an identity source")
def test_the_identity_source_says_by_which_name_one_acts(source: Path) -> None:
    assert actor_of("anna") == f"anna.li by {ME}"
    with pytest.raises(VaultError, match="does not vouch"):
        actor_of("the.boss")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("spoil", ["owner", "mode"])
def test_an_identity_source_that_others_could_change_is_none(source: Path, spoil: str) -> None:
    os.chown(source, 65534, 0) if spoil == "owner" else source.chmod(0o777)
    with pytest.raises(VaultError, match="root has to set up"):
        actor_of("anna")

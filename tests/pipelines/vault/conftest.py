"""A vault on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.keys.rings import KeyRing, load_keys, make_ring
from pipelines.vault.vault import Vault, open_vault
from schemas.policy.file import default_policy
from tests.mariadb import mariadb

__all__ = ["mariadb"]


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Return a key ring of one epoch."""
    make_ring(tmp_path / "out.keys")
    return load_keys(tmp_path / "out.keys", {})


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("mariadb", marks=pytest.mark.server)])
def vault_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/vault.db"
    return str(request.getfixturevalue("mariadb").make_database("vault"))


@pytest.fixture
def vault(vault_url: str, ring: KeyRing) -> Iterator[Vault]:
    """Return an open, empty vault."""
    opened = open_vault(vault_url, ring, default_policy())
    yield opened
    opened.database.close()

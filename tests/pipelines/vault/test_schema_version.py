"""The vault's tables: made by migrations, equal to the program's, refused if they are of another version."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from pipelines.database.database import Database
from pipelines.keys.rings import KeyRing
from pipelines.vault.schema_version import MIGRATIONS, SCHEMA_VERSION, VERSION_TABLE, migrate, prepare
from pipelines.vault.tables import metadata
from pipelines.vault.vault import Vault, open_vault
from schemas.errors import VaultError
from schemas.policy.file import default_policy


def test_the_migrations_make_the_tables_that_the_program_uses(vault: Vault) -> None:
    def differences(connection: object) -> list[object]:
        context = MigrationContext.configure(
            connection,  # type: ignore[arg-type]
            opts={"version_table": VERSION_TABLE, "compare_type": True},
        )
        return list(compare_metadata(context, metadata))

    assert vault.database.run(differences) == []


def test_migrating_twice_changes_nothing(vault: Vault) -> None:
    assert migrate(vault.database) == SCHEMA_VERSION


def test_the_program_uses_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == SCHEMA_VERSION


@pytest.mark.parametrize("version", [pytest.param("0000", id="older"), pytest.param("9999", id="newer")])
def test_tables_of_another_version_are_refused(vault: Vault, version: str) -> None:
    statement = text(f"UPDATE {VERSION_TABLE} SET version_num = :version")
    vault.database.run(lambda connection: connection.execute(statement, {"version": version}))
    with pytest.raises(VaultError, match=f"version {version}, this program needs {SCHEMA_VERSION}"):
        prepare(vault.database)


def test_the_file_of_a_vault_is_readable_by_its_owner_alone(tmp_path: Path, ring: KeyRing) -> None:
    open_vault(f"sqlite:///{tmp_path}/vault.db", ring, default_policy())
    assert (tmp_path / "vault.db").stat().st_mode & 0o777 == 0o600


def test_a_vault_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vault.db").touch(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        prepare(Database(f"sqlite:///{tmp_path}/vault.db"))

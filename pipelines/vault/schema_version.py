"""The version of the vault's tables: found, compared with this program's, and brought forward."""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text

from pipelines.database.database import Database
from pipelines.vault.tables import metadata
from schemas.errors import VaultError

SCHEMA_VERSION = "0001"
"""The newest migration; a test holds that it is."""

VERSION_TABLE = "logveil_version"
_versions = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32)))
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = "logveil_migration"
_LOCK_SECONDS = 60


def migrate(database: Database) -> str:
    """Bring the tables to this program's version and return it.

    Raises:
        VaultError: The database refused, or another process holds the migration up.
    """
    return database.run(_migrate)


def prepare(database: Database) -> None:
    """Make the tables of an empty database; refuse those of another version.

    Raises:
        VaultError: The tables are of another version.
    """
    found = database.run(_found_version)
    if found is None and not database.run(_has_tables):
        migrate(database)
        return
    if found != SCHEMA_VERSION:
        raise VaultError(
            f"{database.name} holds tables of version {found or 'none'}, this program needs {SCHEMA_VERSION}: "
            "run `logveil account migrate` of the newer of the two"
        )


def _migrate(connection: Connection) -> str:
    """Upgrade under a lock of the server; SQLite's transaction is one already."""
    # Here, as it takes a second to import and only an empty or old database needs it.
    from alembic import command
    from alembic.config import Config

    is_mysql = connection.dialect.name == "mysql"
    if is_mysql:
        locked = connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), _lock_parameters())
        if locked != 1:
            raise VaultError("another process is migrating the tables and does not come to an end")
    try:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes.update(connection=connection, version_table=VERSION_TABLE)
        command.upgrade(config, "head")
    finally:
        if is_mysql:
            connection.execute(text("DO RELEASE_LOCK(:name)"), {"name": _LOCK})
    return str(_found_version(connection))


def _lock_parameters() -> dict[str, str | int]:
    return {"name": _LOCK, "seconds": _LOCK_SECONDS}


def _found_version(connection: Connection) -> str | None:
    """Return the version that the database notes, if any."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(_versions.c.version_num))


def _has_tables(connection: Connection) -> bool:
    """Tell whether any of the vault's tables is there."""
    return bool(set(metadata.tables) & set(inspect(connection).get_table_names()))

"""Run the vault's migrations on the connection that `pipelines.vault.schema_version` hands over."""

from alembic import context

from pipelines.vault.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()

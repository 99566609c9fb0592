"""Where Alembic is told which connection and which tables. Run only by `storage/migrate.py`, inside its transaction."""

from alembic import context

from liulian.storage.every_table import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

"""The steps of migration lead to the tables of today, once, whoever starts first."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from liulian.base.errors import Unavailable
from liulian.storage.database import Database
from liulian.storage.every_table import metadata
from liulian.storage.migrate import HEAD, migrate
from tests.databases import opened


def is_described(name: str | None, kind: str, _: object) -> bool:
    """Tell whether a table can be described to SQLAlchemy. The index of words is of a kind that each database has."""
    return kind != "table" or not (name or "").startswith("link_words")


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True, "include_name": is_described}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def empty(database: Database) -> None:
    """Take all tables away."""
    async with database.write() as tx:
        for table in (*metadata.tables, "link_words", "alembic_version"):
            await tx.connection.exec_driver_sql(f"DROP TABLE {table}")


async def test_migrated_tables_are_the_tables_of_the_program(database: Database) -> None:
    async with database.read() as tx:
        assert await tx.connection.run_sync(differences) == []


async def test_processes_that_start_together_migrate_once(database: Database, neighbour: Database) -> None:
    await empty(database)

    done = await asyncio.gather(migrate(database), migrate(neighbour))

    assert sorted(done) == [False, True]
    assert not await migrate(database)
    async with database.read() as tx:
        assert await tx.connection.run_sync(differences) == []


async def test_current_database_needs_no_migration(database: Database) -> None:
    assert not await migrate(database)


async def test_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/nowhere/liulian.db") as database:
        with pytest.raises(Unavailable):
            await migrate(database)


async def test_postgres_that_is_away_is_unavailable(tmp_path: Path) -> None:
    async with opened(f"postgresql://nobody@/nothing?host={tmp_path}") as database:
        with pytest.raises(Unavailable):
            await migrate(database)


def test_head_is_the_newest_step() -> None:
    config = Config()
    config.set_main_option("script_location", "liulian.storage:migrations")

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_alembic_is_not_loaded_where_there_is_nothing_to_migrate() -> None:
    code = "import sys, liulian.storage.migrate, liulian.storage.changes; sys.exit('alembic' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})

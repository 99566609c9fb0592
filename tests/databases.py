"""Empty databases for tests, one of each kind, made once and emptied or copied for every test."""

import asyncio
import atexit
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from liulian.storage.database import Database
from liulian.storage.engines import parse_database_url
from liulian.storage.every_table import metadata
from liulian.storage.migrate import migrate
from tests.postgres import database_url, server_url
from tests.require import require_or_skip

KINDS = ("sqlite", "postgres")
POSTGRES_NAME = f"liulian_test_{os.getpid()}"

_EMPTY_SQLITE: dict[str, bytes] = {}


async def fresh_url(kind: str, folder: Path) -> str:
    """Return the address of a database with all tables and no rows. Skips the test when there is none of the kind."""
    return await _sqlite_url(folder) if kind == "sqlite" else await _postgres_url()


@asynccontextmanager
async def unused_postgres(name: str) -> AsyncIterator[str]:
    """Give the address of a database without any tables. Skips the test when there is no PostgreSQL."""
    server = server_url()
    if server is None:
        require_or_skip("PostgreSQL")
    await _run(server, f"CREATE DATABASE {name}")
    try:
        yield database_url(server, name)
    finally:
        await _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database.open(url)
    try:
        yield database
    finally:
        await database.close()


async def _sqlite_url(folder: Path) -> str:
    path = folder / "liulian.db"
    if not _EMPTY_SQLITE:
        async with opened(f"sqlite:///{path}") as database:
            await migrate(database)
        _EMPTY_SQLITE["bytes"] = path.read_bytes()
    path.write_bytes(_EMPTY_SQLITE["bytes"])
    return f"sqlite:///{path}"


async def _postgres_url() -> str:
    server = server_url()
    if server is None:
        require_or_skip("PostgreSQL")
    url = database_url(server, POSTGRES_NAME)
    if POSTGRES_NAME in await _databases(server):
        await _run(url, "TRUNCATE " + ", ".join([*metadata.tables, "link_words"]) + " RESTART IDENTITY")
        await _run(url, "INSERT INTO workspaces (id, name, created_at) VALUES (1, 'Liulian', 0)")
        return url
    await _run(server, f"CREATE DATABASE {POSTGRES_NAME}")
    atexit.register(lambda: asyncio.run(_run(server, f"DROP DATABASE IF EXISTS {POSTGRES_NAME} WITH (FORCE)")))
    async with opened(url) as database:
        await migrate(database)
    return url


async def _databases(server: str) -> list[str]:
    engine = create_async_engine(parse_database_url(server))
    async with engine.connect() as connection:
        names = list(await connection.scalars(text("SELECT datname FROM pg_database")))
    await engine.dispose()
    return names


async def _run(url: str, statement: str) -> None:
    engine = create_async_engine(parse_database_url(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()

"""Transactions on SQLite begin with their first statement, and leave nothing behind when they are given up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from liulian.storage.database import Database, Transaction
from tests.databases import fresh_url, opened

INSERT = "INSERT INTO link_changes (domain_id, slug) VALUES (1, 'tea')"
# Counts for far longer than it takes to cancel it.
LONG = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 3000000) SELECT COUNT(*) FROM n"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(await fresh_url("sqlite", tmp_path)) as database:
        yield database


@pytest.fixture
async def other(database: Database) -> AsyncIterator[Database]:
    """The same database in another process, as it were."""
    other = Database.open(f"sqlite:///{database.url.database}")
    yield other
    await other.close()


async def changes(tx: Transaction) -> int:
    return int(await tx.connection.scalar(text("SELECT COUNT(*) FROM link_changes")) or 0)


async def test_a_transaction_without_a_statement_keeps_nobody_from_writing(database: Database, other: Database) -> None:
    async with database.write(), other.write() as tx:
        await tx.connection.execute(text(INSERT))

    async with database.read() as tx:
        assert await changes(tx) == 1


async def test_a_reader_sees_the_moment_of_its_first_statement(database: Database, other: Database) -> None:
    async with database.read() as tx:
        before = await changes(tx)
        async with other.write() as writing:
            await writing.connection.execute(text(INSERT))
        meanwhile = await changes(tx)
    async with database.read() as tx:
        after = await changes(tx)

    assert (before, meanwhile, after) == (0, 0, 1)


async def write_and_fail(database: Database) -> None:
    async with database.write() as tx:
        await tx.connection.execute(text(INSERT))
        raise RuntimeError


async def test_what_raises_after_a_statement_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await write_and_fail(database)

    async with database.write() as tx:
        assert await changes(tx) == 0


async def test_a_transaction_cancelled_in_the_middle_of_a_statement_is_undone(database: Database) -> None:
    began = asyncio.Event()

    async def write() -> None:
        async with database.write() as tx:
            await tx.connection.execute(text(INSERT))
            began.set()
            await tx.connection.execute(text(LONG))

    writing = asyncio.create_task(write())
    await began.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    async with database.write() as tx:
        assert await changes(tx) == 0
